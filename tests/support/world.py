"""A small world in which every route succeeds, and one good call of each."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from livekit.protocol.ingress import IngressInfo

from footlight import identities
from footlight.tables import base
from footlight.tables.limits import Taken
from footlight.watching import viewer_tokens
from tests.support.api import Answer, Api, Person
from tests.support.deployment import forget, table
from tests.support.livekit import LiveKit
from tests.support.webhook import event, joined, signature

MESSAGE = "11111111-2222-4333-8444-555555555555"
"""What bob has said."""
NEW_MESSAGE = "66666666-7777-4888-9999-aaaaaaaaaaaa"
GUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
BLOCKED_GUEST = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
TAB = "abcd1234"

Stored = dict[base.Key, dict[str, Any]]
"""The table: items by their keys, in DynamoDB's own JSON."""


@dataclass(frozen=True)
class Snapshot:
    """All that a call can change."""

    stored: Stored
    items: Any
    rooms: dict[str, list[str]]
    metadata: dict[str, str]
    ingresses: dict[str, IngressInfo]


class World:
    """Ann is live; in her room are bob, who follows her, and a guest. She has blocked carl and
    another guest, timed out eve, and made mia her moderator. Bob has said something in her chat.
    Dora has signed in and chosen no username yet."""

    def __init__(self, api: Api, livekit: LiveKit) -> None:
        self.api, self.livekit = api, livekit
        self.ann, self.bob, self.carl = (api.joins(name) for name in ("ann", "bob", "carl"))
        self.eve, self.mia = (api.joins(name) for name in ("eve", "mia"))
        self.dora = Person("subject-of-dora")
        self.ingress_id = self._done(api.post("/api/ingress", {}, signed_in_as=self.ann)).body[
            "ingressId"
        ]
        self._done(api.put("/api/follows/ann", signed_in_as=self.bob))
        self._done(api.put("/api/follows/bob", signed_in_as=self.ann))
        self._done(api.put("/api/blocks/carl", signed_in_as=self.ann))
        self._done(api.put(f"/api/blocks/guests/{BLOCKED_GUEST}", signed_in_as=self.ann))
        livekit.rooms[self.ann.id] = [self.ann.id, f"{self.bob.id}:{TAB}", f"{GUEST}:{TAB}"]
        self._done(api.call(**webhook("ingress_started", 100, 110)(self)))
        self._done(api.put("/api/moderators/mia", signed_in_as=self.ann))
        eve = f"/api/chat/ann/timeouts/{self.eve.id}"
        self._done(api.put(eve, {"seconds": 600}, signed_in_as=self.mia))
        said = {"text": "hello", "id": MESSAGE}
        self._done(api.post("/api/chat/ann", said, token=self.seat_of_bob()))
        for pk, sk in stored():
            if pk.startswith("LIMIT#"):  # what it took to come so far counts for nothing
                Taken(pk, sk).delete()
        self.begun = self.snapshot()

    def _done(self, answer: Answer) -> Answer:
        assert answer.status < 300, answer.text
        return answer

    def seat_of_bob(self) -> str:
        """His viewer token."""
        bob = identities.Person(self.bob.id, "bob")
        return viewer_tokens.mint(bob, host_id=self.ann.id, tab=TAB, hidden=False).token

    def snapshot(self) -> Snapshot:
        """What there is now."""
        livekit = self.livekit
        return deepcopy(
            Snapshot(stored(), table().items, livekit.rooms, livekit.metadata, livekit.ingresses)
        )

    def as_begun(self, *, cold: bool = True) -> None:
        """Everything as it was, in a function that has just been started; or in a warm one."""
        was, livekit = deepcopy(self.begun), self.livekit
        table().items = was.items
        livekit.rooms, livekit.metadata = was.rooms, was.metadata
        livekit.ingresses = was.ingresses
        livekit.before = livekit.after = None
        livekit.made.clear()
        livekit.heard.clear()
        self.api.jar.clear()
        if cold:
            forget()

    def is_as_begun(self) -> bool:
        """Whether nothing has happened, but that limits have counted."""
        was, now = self.begun, self.snapshot()
        return (
            without_limits(now.stored) == without_limits(was.stored)
            and (now.rooms, now.metadata) == (was.rooms, was.metadata)
            and now.ingresses == was.ingresses
        )

    def call(self, name: str) -> Answer:
        """One good call of a route."""
        return self.prepared(name)()

    def prepared(self, name: str, *, cold: bool = True) -> Callable[[], Answer]:
        """The same, with what comes before it done already."""
        wanted = CALLS[name](self)
        if cold:
            forget()
        method, path = route_of(name).split(" ")
        names = {
            "{username}": wanted.pop("username", "ann"),
            "{guestId}": GUEST,
            "{viewerId}": wanted.pop("viewer", GUEST),
            "{messageId}": MESSAGE,
        }
        for written, meant in names.items():
            path = path.replace(written, meant)
        asked: dict[str, Any] = {"method": method, "path": path} | wanted
        return lambda: self.api.call(**asked)


def stored() -> Stored:
    """The table as it is."""
    items = [item.to_json()["Attributes"] for item in table().all_items()]
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}


def without_limits(items: Stored) -> Stored:
    return {key: item for key, item in items.items() if not key[0].startswith("LIMIT#")}


_VOLATILE = {"version", "last_updated", "last_four", "list_sk", "window"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\b1\d{9}(?:\d{3})?\b")
"""An instant, or so many seconds or milliseconds since 1970."""
_ID = re.compile(r"\b(?:[0-9a-f]{32,}|IN_[0-9a-f]+)\b|(?<=<time>#)[0-9a-f]{8}\b(?!-)")


def meant(now: Stored, before: Stored) -> set[str]:
    """What the table says, without limits and leases, times, and what ids new things were given."""
    known = set(_ID.findall(json.dumps(list(before.values()))))
    items = [
        json.dumps({name: v for name, v in item.items() if name not in _VOLATILE}, sort_keys=True)
        for (pk, _), item in without_limits(now).items()
        if not pk.startswith("LEASE#")
    ]
    timeless = [_TIME.sub("<time>", item) for item in items]
    return {
        _ID.sub(lambda found: found[0] if found[0] in known else "<new>", item) for item in timeless
    }


# --- a good call of each route: what `Api.call` is given besides the route ---

Prepare = Callable[[World], dict[str, Any]]


def by(who: str, body: Any = None, **rest: Any) -> Prepare:
    """Called by one of the people; by a guest where that is `guest`."""

    def prepare(world: World) -> dict[str, Any]:
        person = None if who == "guest" else getattr(world, who)
        return {"signed_in_as": person, "body": body} | rest

    return prepare


def seated(body: Any = None, **rest: Any) -> Prepare:
    """Called by bob with his viewer token."""
    return lambda world: {"token": world.seat_of_bob(), "body": body} | rest


def upon(who: str, body: Any = None) -> Prepare:
    """What mia does about one of the people."""

    def prepare(world: World) -> dict[str, Any]:
        viewer = getattr(world, who).id
        return {"signed_in_as": world.mia, "body": body, "viewer": viewer}

    return prepare


def signed(write: Callable[[World], str]) -> Prepare:
    """A webhook, with its signature."""

    def prepare(world: World) -> dict[str, Any]:
        body = write(world)
        return {
            "method": "POST",
            "path": "/api/webhook/livekit",
            "body": body,
            "headers": {
                "content-type": "application/webhook+json",
                "authorization": signature(body),
            },
        }

    return prepare


def webhook(kind: str, started: int, updated: int) -> Prepare:
    """An event of ann's ingress."""
    return signed(lambda world: event(kind, started, updated, ingress=world.ingress_id))


def back_from_the_provider(world: World) -> dict[str, Any]:
    """A browser that has signed in at the provider and comes back."""
    world.api.provider.signs_in = "somebody"
    begun = world.api.get("/api/session/login", query={"return": "/ann"})
    back = httpx2.get(begun.headers["location"], verify=False).headers["location"]
    return {"query": {name: v[0] for name, v in parse_qs(urlsplit(back).query).items()}}


def with_a_session(world: World) -> dict[str, Any]:
    """A browser in which somebody is signed in."""
    back = world.api.call("GET", "/api/session/callback", **back_from_the_provider(world))
    assert "footlight_session" in back.cookies
    return {}


CALLS: dict[str, Prepare] = {
    "POST /api/token": by("bob", {"host": "ann", "tab": TAB}),
    "POST /api/token, a guest": by("guest", {"host": "ann", "tab": TAB}),
    "GET /api/ingress": by("ann"),
    "POST /api/ingress": by("ann", {}),
    "POST /api/ingress, the first": by("bob", {}),
    "PATCH /api/ingress, off": by("ann", {"armed": "off"}),
    "PATCH /api/ingress, half an hour": by("ann", {"armed": "half_hour"}),
    "DELETE /api/ingress": by("ann"),
    "DELETE /api/ingress, none there": by("bob"),
    "POST /api/stream/end": by("ann"),
    "POST /api/webhook/livekit, started": webhook("ingress_started", 200, 210),
    "POST /api/webhook/livekit, ended": webhook("ingress_ended", 100, 120),
    "POST /api/webhook/livekit, bob joined": signed(
        lambda world: joined(world.ann.id, f"{world.bob.id}:{TAB}")
    ),
    "POST /api/webhook/livekit, carl joined": signed(
        lambda world: joined(world.ann.id, f"{world.carl.id}:{TAB}")
    ),
    "GET /api/pages/home": by("bob"),
    "GET /api/pages/home, a guest": by("guest"),
    "GET /api/pages/search": by("bob", query={"term": "ann"}),
    "GET /api/pages/channels/{username}": by("bob"),
    "GET /api/pages/channels/{username}, a guest": by("guest"),
    "GET /api/pages/dashboard": by("ann"),
    "GET /api/pages/sessions": by("ann"),
    "GET /api/openapi.json": by("guest"),
    "GET /api/me": by("bob"),
    "PUT /api/me, a username": by("dora", {"username": "dora", "bio": "new here"}),
    "PUT /api/me, a bio": by("bob", {"bio": "a bio"}),
    "PATCH /api/stream, a title": by("ann", {"title": "Another title, other words"}),
    "PATCH /api/stream, a setting": by("ann", {"isChatDelayed": True}),
    "PUT /api/follows/{username}": by("carl", username="bob"),
    "DELETE /api/follows/{username}": by("bob"),
    "PUT /api/blocks/{username}": by("ann", username="bob"),
    "DELETE /api/blocks/{username}": by("ann", username="carl"),
    "PUT /api/blocks/guests/{guestId}": by("ann"),
    "DELETE /api/blocks/guests/{guestId}": by("ann", path=f"/api/blocks/guests/{BLOCKED_GUEST}"),
    "GET /api/blocks": by("ann"),
    "POST /api/chat/{username}": seated({"text": "hello again", "id": NEW_MESSAGE}),
    "POST /api/chat/{username}, once more": seated({"text": "hello", "id": MESSAGE}),
    "GET /api/chat/{username}": seated(),
    "DELETE /api/chat/{username}/{messageId}": by("mia"),
    "POST /api/chat/{username}/clear": by("mia"),
    "GET /api/chat/{username}/timeouts": by("mia"),
    "PUT /api/chat/{username}/timeouts/{viewerId}": upon("bob", {"seconds": 60}),
    "DELETE /api/chat/{username}/timeouts/{viewerId}": upon("eve"),
    "PUT /api/chat/{username}/blocks/{viewerId}": upon("bob", {"reason": "spam"}),
    "PUT /api/chat/{username}/blocks/{viewerId}, a guest": by("mia"),
    "DELETE /api/chat/{username}/blocks/{viewerId}": upon("carl"),
    "GET /api/moderators": by("ann"),
    "PUT /api/moderators/{username}": by("ann", username="bob"),
    "DELETE /api/moderators/{username}": by("ann", username="mia"),
    "GET /api/moderation/log": by("ann"),
    "GET /api/session/login": by("guest"),
    "GET /api/session/callback": back_from_the_provider,
    "POST /api/session/token": with_a_session,
    "DELETE /api/session": with_a_session,
}
"""`METHOD path`, and what is special about the call where a route has several."""


def route_of(name: str) -> str:
    """The route that a call is of."""
    return name.partition(",")[0]
