"""May this viewer watch, and with which grants."""

import time

import jwt
from pydantic import Field

from footlight import identities, secrets, settings
from footlight.errors import Blocked, HostNotFound
from footlight.identities import Guest, Person, Viewer
from footlight.signin import Caller, guest_of, host_and_viewer
from footlight.tables import base, graph
from footlight.wire import Wire

VALID_SECONDS = 600


class ViewerToken(Wire):
    """What a tab needs to join a host's room."""

    token: str = Field(description="LiveKit access token, valid for ten minutes")
    server_url: str = Field(description="LiveKit's address, `wss://…`")
    room: str
    identity: str
    name: str


def admit(caller: Caller, *, host: str, tab: str | None) -> tuple[ViewerToken, Guest | None]:
    """A token for one tab of a viewer into one host's room, and the guest where one watches.

    Two reads: who the two are, then whether the host has blocked the viewer. Where the second can't
    be read there is no token. Raises HostNotFound, Blocked, UsernameRequired, Unavailable.
    """
    host_id, person = host_and_viewer(caller, host, consistent=False)
    viewer = person or _guest(caller)
    if host_id is None:
        raise HostNotFound
    if viewer.id != host_id and base.get(graph.block_key(host_id, viewer.id), consistent=True):
        raise Blocked
    token = mint(viewer, host_id=host_id, tab=tab or identities.new_tab())
    return token, viewer if isinstance(viewer, Guest) else None


def _guest(caller: Caller) -> Guest:
    return guest_of(caller.cookies, secrets.cookie_key()) or Guest(identities.new_guest_id())


def mint(viewer: Viewer, *, host_id: str, tab: str) -> ViewerToken:
    """A viewer token, in the form of LiveKit's access tokens.

    Made with PyJWT, since livekit-api doubles this function's cold start; a test holds it against
    livekit-api's own `AccessToken` and `TokenVerifier`. Every grant is written out, because LiveKit
    takes those of publishing for granted where they are absent. Guests are hidden, which saves
    everyone in a huge room the news of their coming and going.
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
            "hidden": not isinstance(viewer, Person),
        },
    }
    return ViewerToken(
        token=jwt.encode(claims, keys.secret, algorithm="HS256"),
        server_url=settings.livekit_url(),
        room=room,
        identity=identity,
        name=viewer.name,
    )
