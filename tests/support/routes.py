"""Every route of the API: who may call it, a good call, what it asks for, and its rate limit.

The tests in `tests/contract` read this table. A new route needs one line here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from tests.support.api import Answer, function_of
from tests.support.deployment import forget
from tests.support.webhook import event, joined, of_participant
from tests.support.world import (
    BLOCKED_GUEST,
    MESSAGE,
    NEW_MESSAGE,
    RETURNING_FROM_PROVIDER,
    TAB,
    WITH_SESSION,
    WITH_SESSION_TO_END_EVERYWHERE,
    Call,
    World,
    by,
    webhook,
    with_viewer_token,
)

Prepared = Callable[[], Answer]
Who = Literal["anyone", "signed in", "operator", "viewer token", "no bearer"]

ANYONE: Final = "anyone"
"""Guests, and people with an access token."""
SIGNED_IN: Final = "signed in"
"""People with an access token."""
OPERATOR: Final = "operator"
"""Operators, with an access token."""
VIEWER_TOKEN: Final = "viewer token"
"""Viewers, and guests too, with the token that opens a room."""
NO_BEARER: Final = "no bearer"
"""Callers whose `Authorization` header the route doesn't read as an access token."""


LIVEKIT_METHODS: Final = {
    *("ListRooms", "UpdateRoomMetadata", "ListParticipants", "RemoveParticipant", "SendData"),
    *("CreateIngress", "ListIngress", "UpdateIngress", "DeleteIngress"),
}


@dataclass(frozen=True)
class Route:
    """One good call of a route.

    `name` is `METHOD /path`. If a route has several rows, a comma and the difference follow.

    `calls` lists what the call asks for, in order: the operations of DynamoDB without `Item`, the
    methods of LiveKit, and the background tasks `check`, `remove`, `settle`, and `delete`. Only a
    function that has just started makes the calls in brackets.

    `limit` names the rate limit that counts the call. `empty` is the status of the call by a
    guest while the table is empty, for routes that guests may call.
    """

    name: str
    who: Who
    call: Call
    calls: str = ""
    limit: str = ""
    empty: int | None = None

    @property
    def route(self) -> str:
        """The method and the path."""
        return self.name.partition(",")[0]

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.route.partition(" ")[2]

    @property
    def function(self) -> str:
        """The function that answers."""
        return function_of(self.method, self.path)

    @property
    def calls_livekit(self) -> bool:
        return any(call in LIVEKIT_METHODS for call in self.calls.split())

    def prepared(self, world: World, *, cold: bool = True) -> Prepared:
        """Return the call, ready to be made by a function that starts cold, or by a warm one."""
        arguments = self.call.arguments(world, self.method, self.path)
        if cold:
            forget()
        return lambda: world.api.call(**arguments)

    def called(self, world: World) -> Answer:
        """Make the call with a cold function."""
        return self.prepared(world)()


def ingress_event(kind: str, started: int, updated: int) -> Call:
    """Return a webhook about ann's ingress."""
    return webhook(lambda people: event(kind, started, updated, ingress=people.ingress_id))


def join_event(viewer: str) -> Call:
    """Return a webhook about a viewer who joined ann's room."""
    return webhook(lambda people: joined(people.ann.id, f"{getattr(people, viewer).id}:{TAB}"))


ROUTES: Final = (
    # watching
    Route(
        "POST /api/token",
        ANYONE,
        by("bob", {"host": "ann", "tab": TAB}),
        calls="Update (BatchGet) BatchGet",
        limit="token",
        empty=404,
    ),
    Route(
        "POST /api/token, a guest",
        ANYONE,
        by("guest", {"host": "ann", "tab": TAB}),
        calls="Update (BatchGet) BatchGet",
        limit="guest_token",
    ),
    Route(
        "GET /api/pages/live/{username}",
        NO_BEARER,
        by("guest"),
        calls="(BatchGet) BatchGet",
        empty=404,
    ),
    # pages
    Route(
        "GET /api/pages/home",
        ANYONE,
        by("bob"),
        calls="(BatchGet) Query Query Query Query BatchGet",
        empty=200,
    ),
    Route("GET /api/pages/home, a guest", ANYONE, by("guest"), calls="Query Query BatchGet"),
    Route(
        "GET /api/pages/search",
        ANYONE,
        by("bob", query={"term": "ann"}),
        calls="(BatchGet) Query Query BatchGet",
        empty=200,
    ),
    Route(
        "GET /api/pages/channels/{username}",
        ANYONE,
        by("bob"),
        calls="(BatchGet) BatchGet",
        empty=404,
    ),
    Route(
        "GET /api/pages/channels/{username}, a guest",
        ANYONE,
        by("guest"),
        calls="(BatchGet) BatchGet",
    ),
    Route("GET /api/pages/dashboard", SIGNED_IN, by("ann"), calls="(BatchGet) BatchGet"),
    Route("GET /api/pages/sessions", SIGNED_IN, by("ann"), calls="(BatchGet) Query"),
    Route("GET /api/openapi.json", NO_BEARER, by("guest"), empty=200),
    Route(
        "GET /index.html",
        NO_BEARER,
        Call(prepare=lambda _: {"headers": {"x-footlight-page": "ann"}}),
        calls="(BatchGet) BatchGet",
        empty=200,
    ),
    # creating
    Route(
        "GET /api/ingress",
        SIGNED_IN,
        by("ann"),
        calls="(BatchGet) Update BatchGet ListIngress",
        limit="ingress",
    ),
    Route(
        "POST /api/ingress",
        SIGNED_IN,
        by("ann", {}),
        calls="(BatchGet) Update Update BatchGet CreateIngress BatchGet Transact ListIngress"
        " UpdateIngress DeleteIngress Delete check",
        limit="reset",
    ),
    Route(
        "POST /api/ingress, the first",
        SIGNED_IN,
        by("bob", {}),
        calls="(BatchGet) Update Update BatchGet CreateIngress BatchGet Transact ListIngress"
        " Delete check",
        limit="reset",
    ),
    Route(
        "PATCH /api/ingress, off",
        SIGNED_IN,
        by("ann", {"armed": "off"}),
        calls="(BatchGet) Update BatchGet Update Get ListIngress BatchGet Transact UpdateIngress"
        " Delete check",
        limit="write",
    ),
    Route(
        "PATCH /api/ingress, half an hour",
        SIGNED_IN,
        by("ann", {"armed": "half_hour"}),
        calls="(BatchGet) Update BatchGet Update Get ListIngress BatchGet Transact BatchGet Delete",
        limit="write",
    ),
    Route(
        "DELETE /api/ingress",
        SIGNED_IN,
        by("ann"),
        calls="(BatchGet) Update Update BatchGet BatchGet Transact ListIngress UpdateIngress"
        " DeleteIngress Delete check",
        limit="write",
    ),
    Route(
        "DELETE /api/ingress, none exists",
        SIGNED_IN,
        by("bob"),
        calls="(BatchGet) Update Update BatchGet ListIngress Delete check",
        limit="write",
    ),
    Route(
        "POST /api/stream/end",
        SIGNED_IN,
        by("ann"),
        calls="(BatchGet) Update BatchGet Transact Update Get UpdateIngress Delete check",
        limit="write",
    ),
    Route(
        "POST /api/stream/catch-up",
        SIGNED_IN,
        by("ann"),
        calls="(BatchGet) Update Update BatchGet Get UpdateIngress Delete check",
        limit="write",
    ),
    Route(
        "PATCH /api/stream, a title",
        SIGNED_IN,
        by("ann", {"title": "Another title, other words"}),
        calls="(BatchGet) Update BatchGet Transact check",
        limit="write",
    ),
    Route(
        "PATCH /api/stream, a setting",
        SIGNED_IN,
        by("ann", {"isChatDelayed": True}),
        calls="(BatchGet) Update BatchGet Update check",
        limit="write",
    ),
    # LiveKit's webhook
    Route(
        "POST /api/webhook/livekit, started",
        NO_BEARER,
        ingress_event("ingress_started", 200, 210),
        calls="Get Get Put",
        empty=401,
    ),
    Route(
        "POST /api/webhook/livekit, ended",
        NO_BEARER,
        ingress_event("ingress_ended", 100, 120),
        calls="Get Get Put check",
    ),
    Route("POST /api/webhook/livekit, bob joined", NO_BEARER, join_event("bob"), calls="BatchGet"),
    Route(
        "POST /api/webhook/livekit, carl joined",
        NO_BEARER,
        join_event("carl"),
        calls="BatchGet remove",
    ),
    Route(
        "POST /api/webhook/livekit, media gone",
        NO_BEARER,
        webhook(lambda people: of_participant("track_unpublished", people.ann.id, people.ann.id)),
        calls="check",
    ),
    # people
    Route("GET /api/me", SIGNED_IN, by("bob"), calls="(BatchGet) BatchGet"),
    Route(
        "DELETE /api/me",
        SIGNED_IN,
        by("bob"),
        calls="Update Get BatchGet Transact delete",
        limit="write",
    ),
    Route("DELETE /api/me, no account", SIGNED_IN, by("dora"), calls="Update Get", limit="write"),
    Route(
        "GET /api/me/export",
        SIGNED_IN,
        by("bob"),
        calls="Update Get BatchGet Get Query BatchGet Query Query Query Query BatchGet Query Query",
        limit="export",
    ),
    Route(
        "PUT /api/me, a username",
        SIGNED_IN,
        by("dora", {"username": "dora", "bio": "new here"}),
        calls="Update BatchGet Transact",
        limit="write",
    ),
    Route(
        "PUT /api/me, a bio",
        SIGNED_IN,
        by("bob", {"bio": "a bio"}),
        calls="Update BatchGet BatchGet Update",
        limit="write",
    ),
    Route(
        "PUT /api/follows/{username}",
        SIGNED_IN,
        by("carl", username="bob"),
        calls="(BatchGet) Update BatchGet Transact",
        limit="write",
    ),
    Route(
        "DELETE /api/follows/{username}",
        SIGNED_IN,
        by("bob"),
        calls="(BatchGet) Update BatchGet Transact",
        limit="write",
    ),
    Route(
        "PUT /api/blocks/{username}",
        SIGNED_IN,
        by("ann", username="bob"),
        calls="(BatchGet) Update BatchGet BatchGet Get BatchGet Transact Query BatchWrite"
        " SendData ListParticipants RemoveParticipant",
        limit="write",
    ),
    Route(
        "DELETE /api/blocks/{username}",
        SIGNED_IN,
        by("ann", username="carl"),
        calls="(BatchGet) Update BatchGet Get Get Transact",
        limit="write",
    ),
    Route(
        "PUT /api/blocks/guests/{guestId}",
        SIGNED_IN,
        by("ann"),
        calls="(BatchGet) Update BatchGet BatchGet Transact Query SendData"
        " ListParticipants RemoveParticipant",
        limit="write",
    ),
    Route(
        "DELETE /api/blocks/guests/{guestId}",
        SIGNED_IN,
        by("ann", guest=BLOCKED_GUEST),
        calls="(BatchGet) Update BatchGet Get Transact",
        limit="write",
    ),
    Route("GET /api/blocks", SIGNED_IN, by("ann"), calls="(BatchGet) Query"),
    # the chat. It counts its messages itself, so `limit` is empty.
    Route(
        "POST /api/chat/{username}",
        VIEWER_TOKEN,
        with_viewer_token({"text": "hello again", "id": NEW_MESSAGE}),
        calls="BatchGet Transact SendData",
    ),
    Route(
        "POST /api/chat/{username}, the same id again",
        VIEWER_TOKEN,
        with_viewer_token({"text": "hello", "id": MESSAGE}),
        calls="BatchGet Update Get SendData",
    ),
    Route("GET /api/chat/{username}", VIEWER_TOKEN, with_viewer_token(), calls="BatchGet Query"),
    # moderating
    Route(
        "DELETE /api/chat/{username}/{messageId}",
        SIGNED_IN,
        by("mia"),
        calls="(BatchGet) Update Get BatchGet Get Get Transact SendData",
        limit="write",
    ),
    Route(
        "POST /api/chat/{username}/clear",
        SIGNED_IN,
        by("mia"),
        calls="(BatchGet) Update Get BatchGet Transact SendData",
        limit="write",
    ),
    Route(
        "GET /api/chat/{username}/timeouts",
        SIGNED_IN,
        by("mia"),
        calls="(BatchGet) Get BatchGet Query",
    ),
    Route(
        "PUT /api/chat/{username}/timeouts/{viewerId}",
        SIGNED_IN,
        by("mia", {"seconds": 60}, viewer="bob"),
        calls="(BatchGet) Update Get BatchGet Get Transact Query BatchWrite SendData",
        limit="write",
    ),
    Route(
        "DELETE /api/chat/{username}/timeouts/{viewerId}",
        SIGNED_IN,
        by("mia", viewer="eve"),
        calls="(BatchGet) Update Get BatchGet Get Transact SendData",
        limit="write",
    ),
    Route(
        "PUT /api/chat/{username}/blocks/{viewerId}",
        SIGNED_IN,
        by("mia", {"reason": "spam"}, viewer="bob"),
        calls="(BatchGet) Update Get BatchGet Get BatchGet Transact Query BatchWrite"
        " SendData ListParticipants RemoveParticipant",
        limit="write",
    ),
    Route(
        "PUT /api/chat/{username}/blocks/{viewerId}, a guest",
        SIGNED_IN,
        by("mia"),
        calls="(BatchGet) Update Get BatchGet BatchGet Transact Query SendData"
        " ListParticipants RemoveParticipant",
        limit="write",
    ),
    Route(
        "DELETE /api/chat/{username}/blocks/{viewerId}",
        SIGNED_IN,
        by("mia", viewer="carl"),
        calls="(BatchGet) Update Get BatchGet Get Transact",
        limit="write",
    ),
    Route("GET /api/moderators", SIGNED_IN, by("ann"), calls="(BatchGet) Get BatchGet"),
    Route(
        "PUT /api/moderators/{username}",
        SIGNED_IN,
        by("ann", username="bob"),
        calls="(BatchGet) Update BatchGet Transact check",
        limit="write",
    ),
    Route(
        "DELETE /api/moderators/{username}",
        SIGNED_IN,
        by("ann", username="mia"),
        calls="(BatchGet) Update BatchGet Transact check",
        limit="write",
    ),
    Route("GET /api/moderation/log", SIGNED_IN, by("ann"), calls="(BatchGet) Query"),
    # reporting
    Route(
        "POST /api/reports",
        ANYONE,
        by("bob", {"username": "ann", "reason": "spam", "text": "Look at this"}),
        calls="Update (BatchGet) BatchGet Transact",
        limit="report",
        empty=404,
    ),
    Route(
        "POST /api/reports, a message",
        ANYONE,
        by("mia", {"username": "ann", "messageId": MESSAGE, "reason": "harassment"}),
        calls="Update (BatchGet) BatchGet Get Transact",
        limit="report",
    ),
    Route(
        "POST /api/reports, a guest",
        ANYONE,
        by("guest", {"username": "ann", "reason": "other"}),
        calls="Update (BatchGet) BatchGet Transact",
        limit="guest_report",
    ),
    # operating
    Route(
        "PUT /api/admin/suspensions/{username}",
        OPERATOR,
        by("olga", {"reason": "spam", "until": "2100-01-01T00:00:00Z"}),
        calls="(BatchGet) BatchGet Update Get Get Transact settle",
        limit="write",
    ),
    Route(
        "DELETE /api/admin/suspensions/{username}",
        OPERATOR,
        by("olga", username="sam"),
        calls="(BatchGet) BatchGet Update Get Get Transact settle",
        limit="write",
    ),
    Route(
        "PUT /api/admin/streamers/{username}",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Update Get Transact settle",
        limit="write",
    ),
    Route(
        "DELETE /api/admin/streamers/{username}",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Update Get Transact settle",
        limit="write",
    ),
    Route(
        "GET /api/admin/people",
        OPERATOR,
        by("olga", query={"term": "ann"}),
        calls="(BatchGet) BatchGet Query BatchGet",
    ),
    Route(
        "GET /api/admin/people, suspended",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Query BatchGet",
    ),
    Route(
        "GET /api/admin/usage",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Query Query BatchGet",
    ),
    Route(
        "GET /api/admin/reports",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Query BatchGet BatchGet",
    ),
    Route(
        "PATCH /api/admin/reports/{id}",
        OPERATOR,
        by("olga", {"decision": "warned", "note": "A first warning"}),
        calls="(BatchGet) BatchGet Update Get Transact BatchGet",
        limit="write",
    ),
    Route(
        "PATCH /api/admin/reports/{id}, suspended",
        OPERATOR,
        by("olga", {"decision": "suspended"}),
        calls="(BatchGet) BatchGet Update Get Get Transact settle Get Transact BatchGet",
        limit="write",
    ),
    Route(
        "PUT /api/admin/notice",
        OPERATOR,
        by("olga", {"text": "Maintenance at 22:00 UTC"}),
        calls="(BatchGet) BatchGet Update Transact",
        limit="write",
    ),
    Route(
        "DELETE /api/admin/notice",
        OPERATOR,
        by("olga"),
        calls="(BatchGet) BatchGet Update Transact",
        limit="write",
    ),
    Route("GET /api/admin/log", OPERATOR, by("olga"), calls="(BatchGet) BatchGet Query"),
    # sessions. They call the identity provider.
    Route("GET /api/session/login", NO_BEARER, by("guest"), empty=302),
    Route(
        "GET /api/session/callback",
        NO_BEARER,
        RETURNING_FROM_PROVIDER,
        calls="Update",
        limit="session",
        empty=302,
    ),
    Route(
        "GET /api/session/passkey", NO_BEARER, by("guest", query={"result": "success"}), empty=302
    ),
    Route(
        "POST /api/session/token",
        NO_BEARER,
        WITH_SESSION,
        calls="Update Get",
        limit="session",
        empty=401,
    ),
    Route(
        "DELETE /api/session", NO_BEARER, WITH_SESSION, calls="Update", limit="session", empty=200
    ),
    Route(
        "DELETE /api/session, everywhere",
        NO_BEARER,
        WITH_SESSION_TO_END_EVERYWHERE,
        calls="Update Update",
        limit="session",
        empty=200,
    ),
)


def callable_by(*who: Who) -> dict[str, Route]:
    """Return the first row of each route that these callers may use, by method and path."""
    rows: dict[str, Route] = {}
    for row in ROUTES:
        if row.who in who:
            rows.setdefault(row.route, row)
    return rows
