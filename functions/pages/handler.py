"""The data of pages: home, search, a channel, the dashboard; and the API's description."""

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


@app.get("/api/openapi.json", tag="about")
def get_openapi() -> Response[Any]:
    """Get this document. It is OpenAPI 3.1, generated from the code."""
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": "public, max-age=300"},
        body=api_document(),
    )
