"""May this viewer watch, and with which grants."""

import time

import jwt
from pydantic import Field

from footlight import admission, clock, identities, limits, secrets, settings
from footlight.errors import HostNotFound
from footlight.identities import Guest, Viewer
from footlight.live.repair import repair_if_stale
from footlight.signin import Caller, guest_of, host_and_viewer
from footlight.tables import base, live
from footlight.wire import Wire

VALID_SECONDS = 600

VISIBLE_VIEWERS = 200
"""In a room of more, those signed in are hidden too: each visible one is news to everybody else."""


class ViewerToken(Wire):
    """What a tab needs to join a host's room."""

    token: str = Field(description="LiveKit access token, valid for ten minutes")
    server_url: str = Field(description="LiveKit's address, `wss://…`")
    room: str
    identity: str
    name: str


def admit(caller: Caller, *, host: str, tab: str | None) -> tuple[ViewerToken, Guest | None]:
    """A token for one tab of a viewer into one host's room, and the guest where one watches.

    Where it can't be read whether the host has blocked the viewer, there is no token. Raises
    RateLimited, HostNotFound, Blocked, SignedInOnly, UsernameRequired, Unavailable.
    """
    _limit(caller)
    host_id, person = host_and_viewer(caller, host)
    viewer = person or _guest(caller)
    if host_id is None:
        raise HostNotFound
    state = live.live_key(host_id)
    found = base.batch_get([state, *admission.keys(host_id, viewer.id)], consistent=True)
    if refused := admission.refusal(host_id, viewer.id, found, clock.now()):
        raise refused
    known = found.get(state)
    repair_if_stale(known)
    is_crowded = isinstance(known, live.Live) and known.viewers >= VISIBLE_VIEWERS
    is_guest = isinstance(viewer, Guest)
    token = mint(
        viewer,
        host_id=host_id,
        tab=tab or identities.new_tab(),
        hidden=is_guest or (is_crowded and viewer.id != host_id),
    )
    return token, viewer if isinstance(viewer, Guest) else None


def _limit(caller: Caller) -> None:
    if caller.claims:
        limits.take("token", caller.claims.key[0])
    else:  # not by the guest's cookie, which can be thrown away
        limits.take("guest_token", limits.of_address(caller.address, secrets.cookie_key()))


def _guest(caller: Caller) -> Guest:
    return guest_of(caller.cookies, secrets.cookie_key()) or Guest(identities.new_guest_id())


def mint(viewer: Viewer, *, host_id: str, tab: str, hidden: bool) -> ViewerToken:
    """A viewer token, in the form of LiveKit's access tokens.

    Made with PyJWT, since livekit-api doubles this function's cold start; a test holds it against
    livekit-api's own `AccessToken` and `TokenVerifier`. Every grant is written out, because LiveKit
    takes those of publishing for granted where they are absent. `hidden`: the others in the room
    are not told of this viewer, which saves everyone in a huge room the news of their coming and
    going; safe only because no viewer may publish.
    https://docs.livekit.io/home/get-started/authentication/
    """
    keys = secrets.livekit_keys()
    room = identities.room_of(host_id)
    identity = identities.viewer_identity(viewer, tab, host_id=host_id)
    now = int(time.time())
    claims = {
        "iss": keys.key,
        "sub": identity,
        "name": viewer.name,
        "nbf": now,
        "exp": now + VALID_SECONDS,
        "video": {
            "roomJoin": True,
            "room": room,
            "canSubscribe": True,
            "canPublish": False,
            "canPublishData": False,
            "hidden": hidden,
        },
    }
    return ViewerToken(
        token=jwt.encode(claims, keys.secret, algorithm="HS256"),
        server_url=settings.livekit_url(),
        room=room,
        identity=identity,
        name=viewer.name,
    )
