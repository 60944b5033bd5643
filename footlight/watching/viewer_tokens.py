"""Viewer tokens: LiveKit access tokens, minted for viewers and verified in the chat."""

from dataclasses import dataclass
from typing import Any

import jwt
from pydantic import Field

from footlight import identities, settings
from footlight.errors import TokenExpired, Unauthorized
from footlight.identities import Viewer
from footlight.livekit import tokens
from footlight.wire import Wire

VALID_SECONDS = 600

OTHERS = 20
"""Places in a room besides those of viewers: the encoder's, and those of the host's tabs."""

_FOREIGN_TOKEN = "This is not a viewer token of this site"  # noqa: S105 - a message


class ViewerToken(Wire):
    """A tab's access to a host's room."""

    token: str = Field(description="LiveKit access token, valid for ten minutes")
    server_url: str = Field(description="LiveKit's address, `wss://…`")
    room: str
    identity: str
    name: str


def mint(viewer: Viewer, *, host_id: str, tab: str, hidden: bool) -> ViewerToken:
    """Return a viewer token for one tab.

    It lists every grant, because LiveKit grants publishing by default. `hidden` viewers aren't
    announced to the others in the room, which saves messages in huge rooms. It is safe only
    because no viewer may publish.
    """
    room = identities.room_of(host_id)
    identity = identities.viewer_identity(viewer, tab, host_id=host_id)
    grants = {
        "roomJoin": True,
        "room": room,
        "canSubscribe": True,
        "canPublish": False,
        "canPublishData": False,
        "hidden": hidden,
    }
    return ViewerToken(
        token=tokens.sign(
            grants,
            seconds=VALID_SECONDS,
            identity=identity,
            name=viewer.name,
            max_participants=settings.max_viewers() + OTHERS,
        ),
        server_url=settings.livekit_url(),
        room=room,
        identity=identity,
        name=viewer.name,
    )


@dataclass(frozen=True)
class ViewerClaims:
    """The claims of a verified viewer token: the room's host, the viewer, and their name."""

    host_id: str
    viewer_id: str
    identity: str
    name: str

    @property
    def is_host(self) -> bool:
        """True for the creator in their own room."""
        return self.viewer_id == self.host_id


def verify(token: str) -> ViewerClaims:
    """Return the claims of a viewer token, including tokens that LiveKit has refreshed.

    Refuses other tokens signed with the same keys.
    """
    try:
        # LiveKit sets `nbf` of refreshed tokens by its own clock, so it is ignored.
        claims = tokens.verify(token, require=["exp", "iss", "sub"], verify_nbf=False)
    except tokens.UnknownKey as error:
        raise Unauthorized(_FOREIGN_TOKEN) from error
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The viewer token is not valid") from error
    viewer = _viewer_claims(claims)
    if viewer is None:
        raise Unauthorized(_FOREIGN_TOKEN)
    return viewer


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
