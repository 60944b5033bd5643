"""`/api/chat/{username}`: write in a channel's chat, and read what was written."""

import uuid
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from footlight import text
from footlight.chat import posting
from footlight.chat.posting import ChatPage
from footlight.chat.room import ChatMessage
from footlight.edge.http import Api, answers, caller_address
from footlight.edge.viewer_auth import CurrentViewer
from footlight.errors import (
    Blocked,
    ChatDisabled,
    FollowersOnly,
    HostOffline,
    NotAllowed,
    RateLimited,
    SignedInOnly,
    SlowMode,
    TextTooLong,
    TimedOut,
    Unauthorized,
)
from footlight.wire import Request

app = Api()

Username = Annotated[str, Path(description="The host's")]


class MessageRequest(Request):
    """What to say."""

    text: text.Line
    id: Annotated[
        uuid.UUID, Field(strict=False, description="Unique for its sender and room; a new UUID")
    ]


@app.post(
    "/api/chat/<username>",
    summary="Write in a channel's chat",
    operation_id="postMessage",
    responses=answers(
        Unauthorized,
        HostOffline,
        ChatDisabled,
        Blocked,
        TimedOut,
        SignedInOnly,
        FollowersOnly,
        SlowMode,
        RateLimited,
        TextTooLong,
        NotAllowed,
        ok=201,
        body=ChatMessage,
        says="Posted; 200 for the same id again",
    ),
    tags=["chat"],
)
def post_message(
    username: Username, request: MessageRequest, viewer: CurrentViewer
) -> Response[ChatMessage]:
    """Safe to repeat with the same id: there is one message, ever."""
    address = caller_address(app.current_event.raw_event)
    message, is_new = posting.post(viewer, username.lower(), request.text, request.id, address)
    status = 201 if is_new else 200
    return Response(status_code=status, content_type="application/json", body=message)


@app.get(
    "/api/chat/<username>",
    summary="Read a channel's chat",
    operation_id="getMessages",
    responses=answers(Unauthorized, Blocked, SignedInOnly, body=ChatPage, says="A page of it"),
    tags=["chat"],
)
def get_messages(
    username: Username,
    viewer: CurrentViewer,
    before: Annotated[
        str | None, Query(max_length=1024, description="As the page after this one had it")
    ] = None,
) -> ChatPage:
    """The newest page, or the one before; while the host is offline too."""
    return posting.history(viewer, username.lower(), before)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
