"""Eight users, one channel, and one guest: a small world in which every route succeeds."""

import uuid
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from livekit.protocol.ingress import IngressInfo

from footlight import identities
from footlight.ingress.suspension import settle_account
from footlight.tables.limits import Taken
from footlight.watching import viewer_tokens
from tests.support.api import Answer, Api, Person
from tests.support.deployment import forget
from tests.support.dynamodb import Stored, table
from tests.support.livekit import LiveKit
from tests.support.people import an_operator, has_streamed
from tests.support.stored import meaning, stored, without_limits
from tests.support.webhook import event, signature

MESSAGE = "11111111-2222-4333-8444-555555555555"
"""The id of bob's message."""
NEW_MESSAGE = "66666666-7777-4888-9999-aaaaaaaaaaaa"
GUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
BLOCKED_GUEST = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
TAB = "abcd1234"


@dataclass(frozen=True)
class People:
    """The users of the world."""

    ann: Person
    """The host. She is live and has an ingress."""
    bob: Person
    """A viewer in ann's room. He and ann follow each other, and he has sent one message."""
    carl: Person
    """A viewer whom ann has blocked."""
    eve: Person
    """A viewer whom mia has timed out."""
    mia: Person
    """Ann's moderator."""
    olga: Person
    """An operator, who has suspended sam."""
    sam: Person
    """A suspended user."""
    dora: Person
    """A newcomer: she can sign in, but has no username yet."""
    ingress_id: str
    """Of ann's ingress."""
    report_id: str
    """Of eve's report about bob's message."""


@dataclass(frozen=True)
class Snapshot:
    """Everything that a call can change."""

    items: Any
    """Of `Table.snapshot`."""
    rooms: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    ingresses: dict[str, IngressInfo] = field(default_factory=dict[str, IngressInfo])


@dataclass(frozen=True)
class Beginning:
    """The world right after it was made."""

    people: People
    snapshot: Snapshot
    stored: Stored
    meaning: set[str]


def begin(api: Api, livekit: LiveKit) -> Beginning:
    """Make the world in an empty table. Takes 17 requests, so it's done once per run."""
    ann, bob, carl, eve, mia = map(api.joins, ("ann", "bob", "carl", "eve", "mia"))
    olga, sam = map(api.joins, ("olga", "sam"))
    an_operator(olga.id)
    for user in (bob, carl, eve, mia):
        has_streamed(identities.Person(user.id, user.username))
    ingress = _done(api.post("/api/ingress", {}, signed_in_as=ann))
    ingress_id = ingress.body["ingressId"]
    _done(api.put("/api/follows/ann", signed_in_as=bob))
    _done(api.put("/api/follows/bob", signed_in_as=ann))
    _done(api.put("/api/blocks/carl", signed_in_as=ann))
    _done(api.put(f"/api/blocks/guests/{BLOCKED_GUEST}", signed_in_as=ann))
    livekit.rooms[ann.id] = [ann.id, f"{bob.id}:{TAB}", f"{GUEST}:{TAB}"]
    started = event("ingress_started", 100, 110, ingress=ingress_id)
    _done(api.post("/api/webhook/livekit", started, headers=webhook_headers(started)))
    _done(api.put("/api/moderators/mia", signed_in_as=ann))
    timeout = f"/api/chat/ann/timeouts/{eve.id}"
    _done(api.put(timeout, {"seconds": 600}, signed_in_as=mia))
    message = {"text": "hello", "id": MESSAGE}
    _done(api.post("/api/chat/ann", message, token=viewer_token(ann, bob)))
    report = {"username": "ann", "messageId": MESSAGE, "reason": "harassment"}
    report_id = _done(api.post("/api/reports", report, signed_in_as=eve)).body["id"]
    _done(api.put("/api/admin/suspensions/sam", {"reason": "spam"}, signed_in_as=olga))
    settle_account(sam.id)
    for pk, sk in stored():
        if pk.startswith("LIMIT#"):  # the requests above don't count
            Taken(pk, sk).delete()
    dora = Person("subject-of-dora")
    people = People(ann, bob, carl, eve, mia, olga, sam, dora, ingress_id, report_id)
    items = stored()
    return Beginning(people, snapshot(livekit), items, meaning(items, items))


def _done(answer: Answer) -> Answer:
    assert answer.status < 300, answer.text
    return answer


def snapshot(livekit: LiveKit) -> Snapshot:
    rest = deepcopy((livekit.rooms, livekit.metadata, livekit.ingresses))
    return Snapshot(table().snapshot(), *rest)


def viewer_token(host: Person, viewer: Person) -> str:
    """Return a viewer token for a host's room."""
    person = identities.Person(viewer.id, viewer.username)
    return viewer_tokens.mint(person, host_id=host.id, tab=TAB, hidden=False).token


def webhook_headers(body: str) -> dict[str, str]:
    """Return the headers with which LiveKit sends a webhook."""
    return {"content-type": "application/webhook+json", "authorization": signature(body)}


class World:
    """The world in one test: makes requests, and returns to the beginning before each."""

    def __init__(self, api: Api, livekit: LiveKit, begun: Beginning) -> None:
        self.api, self.livekit, self.begun, self.people = api, livekit, begun, begun.people
        self.as_begun()

    def as_begun(self, *, cold: bool = True) -> None:
        """Restore the beginning, for a function that starts cold, or for a warm one."""
        was, livekit = self.begun.snapshot, self.livekit
        table().restore(was.items)
        livekit.rooms, livekit.metadata = deepcopy((was.rooms, was.metadata))
        livekit.ingresses = deepcopy(was.ingresses)
        livekit.before = livekit.after = None
        livekit.made.clear()
        livekit.heard.clear()
        self.api.jar.clear()
        if cold:
            forget()

    def meaning(self) -> set[str]:
        """Return what the table means now."""
        return meaning(stored(), self.begun.stored)

    def is_as_begun(self) -> bool:
        """Return True if nothing has changed except counters of limits."""
        was, livekit = self.begun.snapshot, self.livekit
        return (
            without_limits(stored()) == without_limits(self.begun.stored)
            and (livekit.rooms, livekit.metadata) == (was.rooms, was.metadata)
            and livekit.ingresses == was.ingresses
        )


# --- good calls ---


@dataclass(frozen=True)
class Call:
    """A good call of a route, made by one of the people.

    `prepare` returns what is only known in the world, as arguments of `Api.call`.
    """

    person: str = ""
    body: Any = None
    query: dict[str, str] | None = None
    username: str = "ann"
    viewer: str = ""
    guest: str = GUEST
    prepare: Callable[[World], dict[str, Any]] | None = None

    def path(self, template: str, people: People) -> str:
        """Return the path with its parameters filled in."""
        viewer_id = getattr(people, self.viewer).id if self.viewer else GUEST
        parameters = {"username": self.username, "guestId": self.guest, "messageId": MESSAGE}
        return template.format(**parameters, viewerId=viewer_id, id=people.report_id)

    def arguments(self, world: World, method: str, template: str) -> dict[str, Any]:
        """Return the arguments of `Api.call`. Prepares the world, which may take requests."""
        return {
            "method": method,
            "path": self.path(template, world.people),
            "body": self.body,
            "query": self.query,
            "signed_in_as": getattr(world.people, self.person) if self.person else None,
        } | (self.prepare(world) if self.prepare else {})


def by(person: str, body: Any = None, **parameters: Any) -> Call:
    """Return a call by a person of the world, or by a "guest"."""
    return Call("" if person == "guest" else person, body, **parameters)


def with_viewer_token(body: Any = None) -> Call:
    """Return a call by bob with his viewer token."""
    return Call(
        body=body, prepare=lambda world: {"token": viewer_token(world.people.ann, world.people.bob)}
    )


def webhook(write: Callable[[People], str]) -> Call:
    """Return a signed webhook."""

    def prepare(world: World) -> dict[str, Any]:
        body = write(world.people)
        return {"body": body, "headers": webhook_headers(body)}

    return Call(prepare=prepare)


def _returns_from_provider(world: World) -> dict[str, Any]:
    world.api.provider.signs_in = "a-subject"
    login = world.api.get("/api/session/login", query={"return": "/ann"})
    back = httpx2.get(login.headers["location"], verify=False).headers["location"]
    return {"query": {name: v[0] for name, v in parse_qs(urlsplit(back).query).items()}}


def _has_session(world: World) -> dict[str, Any]:
    query = _returns_from_provider(world)
    # From another address each time, because calls of the provider count toward a limit.
    address = uuid.uuid4().hex
    back = world.api.call("GET", "/api/session/callback", address=address, **query)
    assert "__Host-footlight_session" in back.cookies
    return {}


RETURNING_FROM_PROVIDER = Call(prepare=_returns_from_provider)
"""A browser that has signed in at the identity provider and returns to the site."""
WITH_SESSION = Call(prepare=_has_session)
"""A browser in which someone is signed in."""
WITH_SESSION_TO_END_EVERYWHERE = Call(query={"everywhere": "true"}, prepare=_has_session)
"""The same, for a request that signs out every browser."""
