"""Pages: their data, the HTML of a channel's page; and the API's description."""

from typing import Annotated, Any

from footlight.channels import search as channel_search
from footlight.channels.broadcasts import PastBroadcasts, past_broadcasts
from footlight.channels.home import Home, home
from footlight.channels.page import ChannelPage, channel_page, own_channel
from footlight.channels.search import Results
from footlight.channels.views import OwnChannel
from footlight.edge.auth import Anyone, CurrentCreator
from footlight.edge.fallback import Fallback, api_document
from footlight.errors import NotFound

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

app = Fallback("watching")
handler = app.resolve

Cursor = Annotated[str | None, Query(max_length=2048, description="`next` of the previous page")]


@app.get("/api/pages/home")
def get_home(caller: Anyone, cursor: Cursor = None) -> Home:
    """List channels, live ones first. Omit hosts that have blocked the viewer."""
    return home(caller, cursor)


@app.get("/api/pages/search")
def search(
    caller: Anyone,
    term: Annotated[str, Query(min_length=1, max_length=100)],
    cursor: Cursor = None,
) -> Results:
    """Search channels.

    Each word of the term must be the beginning of a word in the username or title.
    """
    return channel_search.search(caller, term, cursor)


@app.get("/api/pages/channels/<username>", NotFound)
def get_channel(caller: Anyone, username: Annotated[str, Path()]) -> ChannelPage:
    """Get a channel. Hosts that have blocked the viewer respond as if they didn't exist."""
    return channel_page(caller, username)


@app.get("/api/pages/dashboard", tag="creating")
def get_dashboard(me: CurrentCreator) -> OwnChannel:
    """Get your own channel. The stream's fields include the settings."""
    return own_channel(me)


@app.get("/api/pages/sessions", tag="creating")
def get_sessions(me: CurrentCreator, cursor: Cursor = None) -> PastBroadcasts:
    """List your past broadcasts, newest first."""
    return past_broadcasts(me, cursor)


SHELL_CACHE = "public, max-age=0, s-maxage=2, stale-while-revalidate=300"
"""CloudFront shares a page for 2 s. For 5 minutes more, it sends the old one and requests another.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
"""


@app.get("/index.html", tag="about")
def get_shell() -> Response[Any]:
    """Get the site's HTML.

    The header `x-footlight-page` names the channel whose card and public data are in it. CloudFront
    sets it from the path. The HTML for an unknown channel has the status 404. It is public and the
    same for everyone.
    """
    # The other routes' cold starts don't wait for it.
    from footlight.channels.shell import shell

    page = shell(app.event.headers.get("x-footlight-page"))
    return Response(
        status_code=200 if page.is_found else 404,
        content_type="text/html; charset=utf-8",
        headers={
            "Cache-Control": SHELL_CACHE if page.is_found else "public, max-age=0, s-maxage=2"
        },
        body=page.html,
    )


@app.get("/api/openapi.json", tag="about")
def get_openapi() -> Response[Any]:
    """Get this document. It is OpenAPI 3.1, generated from the code."""
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": "public, max-age=300"},
        body=api_document(),
    )
