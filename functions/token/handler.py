"""Watching: whether a channel is live, and a viewer token for one tab of a viewer in its room.

A page asks both, one after the other. In one function, the second request never starts cold.
"""

from typing import Annotated

from footlight.edge.auth import Anyone
from footlight.edge.guests import keep_guest
from footlight.edge.http import Api
from footlight.errors import (
    Blocked,
    HostNotFound,
    NotFound,
    RateLimited,
    RoomFull,
    SignedInOnly,
    Suspended,
)
from footlight.identities import TAB_PATTERN
from footlight.watching.admit import admit
from footlight.watching.live_status import LiveStatus, live_status
from footlight.watching.viewer_tokens import ViewerToken
from footlight.wire import Request

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import Field

app = Api("watching")
handler = app.resolve


class TokenRequest(Request):
    """The channel to watch, and the tab."""

    host: Annotated[str, Field(max_length=64, description="The host's username")]
    tab: Annotated[
        str | None,
        Field(pattern=TAB_PATTERN, description="Distinguishes the tabs of one viewer"),
    ] = None


SHARED_SECONDS = 1
"""How long CloudFront may answer everyone with the same live status."""


@app.get("/api/pages/live/<username>", NotFound)
def get_live_status(username: Annotated[str, Path()]) -> Response[LiveStatus]:
    """Get whether a channel is live.

    The response is public and the same for everyone, signed in or not. CloudFront caches it.
    """
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": f"public, max-age=0, s-maxage={SHARED_SECONDS}"},
        body=live_status(username),
    )


@app.post("/api/token", Blocked, SignedInOnly, Suspended, HostNotFound, RateLimited, RoomFull)
def post_token(request: TokenRequest, caller: Anyone) -> ViewerToken:
    """Get a token to watch a channel.

    Anyone may watch, signed in or not, live or not. Viewers that the host has blocked and suspended
    people may not.
    """
    token = admit(caller, host=request.host.lower(), tab=request.tab)
    keep_guest(app, token.identity)
    return token
