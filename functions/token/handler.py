"""`POST /api/token`: a token for one tab of one viewer into one host's room."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from footlight.aws import secrets
from footlight.edge.auth import Anyone
from footlight.edge.http import Api, answers, site_cookie
from footlight.errors import (
    Blocked,
    HostNotFound,
    RateLimited,
    SignedInOnly,
    Unauthorized,
    UsernameRequired,
)
from footlight.identities import TAB_PATTERN
from footlight.people.guests import GUEST_COOKIE, GUEST_SECONDS, guest_cookie
from footlight.watching.admit import admit
from footlight.watching.viewer_tokens import ViewerToken
from footlight.wire import Request

app = Api()


class TokenRequest(Request):
    """Whom to watch, in which tab."""

    host: Annotated[str, Field(max_length=64, description="The host's username")]
    tab: Annotated[
        str | None,
        Field(pattern=TAB_PATTERN, description="Tells two tabs of one viewer apart; kept by it"),
    ] = None


@app.post(
    "/api/token",
    summary="Get a token to watch a channel",
    operation_id="postToken",
    responses=answers(
        Unauthorized,
        Blocked,
        SignedInOnly,
        HostNotFound,
        UsernameRequired,
        RateLimited,
        body=ViewerToken,
        says="Admitted",
    ),
    tags=["watching"],
)
def post_token(request: TokenRequest, caller: Anyone) -> Response[ViewerToken]:
    """Anyone may watch whom the host has not blocked, signed in or not, live or not."""
    admitted, guest = admit(caller, host=request.host.lower(), tab=request.tab)
    cookies = []
    if guest:
        value = guest_cookie(guest, secrets.cookie_key())
        cookies.append(site_cookie(GUEST_COOKIE, value, GUEST_SECONDS))
    return Response(
        status_code=200, content_type="application/json", body=admitted, cookies=cookies
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
