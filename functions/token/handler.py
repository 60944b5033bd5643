"""`POST /api/token`: a viewer token for one tab of a viewer in a host's room."""

from typing import Annotated

from pydantic import Field

from footlight.edge.auth import Anyone
from footlight.edge.guests import keep_guest
from footlight.edge.http import Api
from footlight.errors import Blocked, HostNotFound, RateLimited, SignedInOnly
from footlight.identities import TAB_PATTERN
from footlight.watching.admit import admit
from footlight.watching.viewer_tokens import ViewerToken
from footlight.wire import Request

app = Api("watching")
handler = app.resolve


class TokenRequest(Request):
    """The channel to watch, and the tab."""

    host: Annotated[str, Field(max_length=64, description="The host's username")]
    tab: Annotated[
        str | None,
        Field(pattern=TAB_PATTERN, description="Distinguishes the tabs of one viewer"),
    ] = None


@app.post("/api/token", Blocked, SignedInOnly, HostNotFound, RateLimited)
def post_token(request: TokenRequest, caller: Anyone) -> ViewerToken:
    """Get a token to watch a channel.

    Anyone may watch, signed in or not, live or not, except viewers that the host has blocked.
    """
    token = admit(caller, host=request.host.lower(), tab=request.tab)
    keep_guest(app, token.identity)
    return token
