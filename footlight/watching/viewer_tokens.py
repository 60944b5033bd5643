"""Viewer tokens: LiveKit access tokens, minted for those who watch and read again where they chat.

By PyJWT, since livekit-api doubles the cold start of a function that mints; a test holds them
against livekit-api's own `AccessToken` and `TokenVerifier`.
https://docs.livekit.io/home/get-started/authentication/
"""

import time
from dataclasses import dataclass
from typing import Any

import jwt
from pydantic import Field

from footlight import identities, settings
from footlight.aws import secrets
from footlight.errors import TokenExpired, Unauthorized
from footlight.identities import Viewer
from footlight.livekit.tokens import UnknownKey, claims_of
from footlight.wire import Wire

VALID_SECONDS = 600


class ViewerToken(Wire):
    """What a tab needs to join a host's room."""

    token: str = Field(description="LiveKit access token, valid for ten minutes")
    server_url: str = Field(description="LiveKit's address, `wss://…`")
    room: str
    identity: str
    name: str


def mint(viewer: Viewer, *, host_id: str, tab: str, hidden: bool) -> ViewerToken:
    """A viewer token, in the form of LiveKit's access tokens.

    Every grant is written out, because LiveKit takes those of publishing for granted where they are
    absent. `hidden`: the others in the room are not told of this viewer, which saves everyone in a
    huge room the news of their coming and going; safe only because no viewer may publish.
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


@dataclass(frozen=True)
class ViewerClaims:
    """Whoever holds a viewer token: in whose room, as whom, under which name."""

    host_id: str
    viewer_id: str
    identity: str
    name: str

    @property
    def is_host(self) -> bool:
        """Whether it is the creator in their own room."""
        return self.viewer_id == self.host_id


def verify(token: str) -> ViewerClaims:
    """The seat of a viewer token of ours, one that LiveKit has refreshed too.

    Raises TokenExpired, and Unauthorized for any other token that the same keys may have signed.
    """
    try:
        # Not `nbf`: LiveKit dates those that it refreshes by its own clock.
        claims = claims_of(token, require=["exp", "iss", "sub"], verify_nbf=False)
    except UnknownKey as error:
        raise Unauthorized("This is no viewer token of this site") from error
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The viewer token is not valid") from error
    seat = _viewer_claims(claims)
    if seat is None:
        raise Unauthorized("This is no viewer token of this site")
    return seat


def _viewer_claims(claims: dict[str, Any]) -> ViewerClaims | None:
    grants, name = claims.get("video"), claims.get("name")
    if not isinstance(grants, dict) or not isinstance(name, str):
        return None
    host_id = identities.host_of(str(grants.get("room", "")))
    if host_id is None or grants.get("roomJoin") is not True:
        return None
    viewer = identities.parse(claims["sub"])
    if viewer is None or viewer.is_host != (viewer.viewer_id == host_id):
        return None
    return ViewerClaims(host_id, viewer.viewer_id, claims["sub"], name)
