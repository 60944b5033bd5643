"""What pages show: home, search, a channel, the dashboard; and the API's own description."""

import json
import re
from functools import cache
from pathlib import Path as FilePath
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from footlight.channels.broadcasts import PastBroadcasts, past_broadcasts
from footlight.channels.home import Home, home
from footlight.channels.page import ChannelPage, channel_page, own_channel
from footlight.channels.search import Results, search
from footlight.channels.views import OwnChannel
from footlight.edge.auth import Anyone, CurrentCreator
from footlight.edge.http import Api, answers
from footlight.errors import MethodNotAllowed, NotFound, Unauthorized, UsernameRequired

OPENAPI = FilePath(__file__).parents[2] / "openapi.json"


@cache
def _methods() -> list[tuple[re.Pattern[str], list[str]]]:
    """Which methods each path of the API has, from its own description."""
    paths: dict[str, dict[str, Any]] = json.loads(OPENAPI.read_text())["paths"]
    return [
        (
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))),
            sorted(method.upper() for method in methods),
        )
        for path, methods in paths.items()
    ]


class Pages(Api):
    """The gateway sends here whatever no function has a route for."""

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """All guests are shown the same, so CloudFront may keep it for as long as nobody minds."""
        answer = super().resolve(event, context)
        headers = {name.lower() for name in event.get("headers") or {}}
        is_page = str(event.get("rawPath", "")).startswith("/api/pages/")
        if is_page and answer["statusCode"] == 200 and "authorization" not in headers:
            answer["headers"] |= {
                "Cache-Control": "public, max-age=0, s-maxage=2",
                "Vary": "Authorization",
            }
        return answer

    def refuse_unknown(self) -> Response[Any]:
        """405 where the path has other methods, 404 where there is no such path.

        Also 404 where something in the path is spelt with signs that no route takes, such as `"`.
        """
        path, method = self.current_event.path, self.current_event.http_method
        for pattern, methods in _methods():
            if pattern.fullmatch(path) and method not in methods:
                return self.refuse(MethodNotAllowed(methods))
        return self.refuse(NotFound())


app = Pages()

Cursor = Annotated[str | None, Query(max_length=2048, description="`next` of the page before")]


@app.get(
    "/api/pages/home",
    summary="Channels: live first, then the rest",
    operation_id="getHome",
    responses=answers(Unauthorized, UsernameRequired, body=Home, says="A page of channels"),
    tags=["watching"],
)
def get_home(caller: Anyone, cursor: Cursor = None) -> Home:
    """Never anyone who blocked the viewer."""
    return home(caller, cursor)


@app.get(
    "/api/pages/search",
    summary="Find channels",
    operation_id="search",
    responses=answers(Unauthorized, UsernameRequired, body=Results, says="A page of channels"),
    tags=["watching"],
)
def get_search(
    caller: Anyone,
    term: Annotated[str, Query(min_length=1, max_length=100)],
    cursor: Cursor = None,
) -> Results:
    """Each word of the term is the beginning of a word of the username or the title."""
    return search(caller, term, cursor)


@app.get(
    "/api/pages/channels/<username>",
    summary="A channel",
    operation_id="getChannel",
    responses=answers(
        Unauthorized, NotFound, UsernameRequired, body=ChannelPage, says="The channel"
    ),
    tags=["watching"],
)
def get_channel(caller: Anyone, username: Annotated[str, Path()]) -> ChannelPage:
    """Unknown, and a host who blocked the viewer, are answered alike."""
    return channel_page(caller, username)


@app.get(
    "/api/pages/dashboard",
    summary="Your own channel",
    operation_id="getDashboard",
    responses=answers(Unauthorized, UsernameRequired, body=OwnChannel, says="The channel"),
    tags=["creating"],
)
def get_dashboard(me: CurrentCreator) -> OwnChannel:
    """The settings are fields of the stream."""
    return own_channel(me)


@app.get(
    "/api/pages/sessions",
    summary="Your past broadcasts",
    operation_id="getSessions",
    responses=answers(Unauthorized, UsernameRequired, body=PastBroadcasts, says="A page of them"),
    tags=["creating"],
)
def get_sessions(me: CurrentCreator, cursor: Cursor = None) -> PastBroadcasts:
    """Newest first."""
    return past_broadcasts(me, cursor)


@app.get(
    "/api/openapi.json",
    summary="This description",
    operation_id="getOpenapi",
    responses=answers(says="OpenAPI 3.1"),
    tags=["about"],
)
def get_openapi() -> Response[Any]:
    """Made from the code, kept in the repository."""
    return Response(
        status_code=200,
        content_type="application/json",
        headers={"Cache-Control": "public, max-age=300"},
        body=OPENAPI.read_text(),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
