"""`/api/chat/{username}`: post to a channel's chat, and read its messages."""

import uuid
from typing import Annotated

from footlight import text
from footlight.chat import posting
from footlight.chat.posting import ChatPage
from footlight.chat.room import ChatMessage
from footlight.edge.http import Api, caller_address
from footlight.edge.viewer_auth import CurrentViewer
from footlight.errors import (
    Blocked,
    ChatDisabled,
    FollowersOnly,
    HostNotFound,
    HostOffline,
    NotAllowed,
    RateLimited,
    SignedInOnly,
    SlowMode,
    Suspended,
    TextTooLong,
    TimedOut,
)
from footlight.wire import Request

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

app = Api("chat")
handler = app.resolve

Username = Annotated[str, Path(description="The host's username")]


class MessageRequest(Request):
    """A message to post."""

    text: text.Line
    id: Annotated[
        uuid.UUID, Field(strict=False, description="A new UUID, unique per sender and room")
    ]


@app.post(
    "/api/chat/<username>",
    HostNotFound,
    HostOffline,
    ChatDisabled,
    Blocked,
    Suspended,
    TimedOut,
    SignedInOnly,
    FollowersOnly,
    SlowMode,
    RateLimited,
    TextTooLong,
    NotAllowed,
    ok=201,
)
def post_message(
    username: Username, request: MessageRequest, viewer: CurrentViewer
) -> Response[ChatMessage]:
    """Post a message to a channel's chat.

    Idempotent: a repeat with the same id returns the same message with status 200.
    """
    address = caller_address(app.event.raw_event)
    message, is_new = posting.post(viewer, username.lower(), request.text, request.id, address)
    status = 201 if is_new else 200
    return Response(status_code=status, content_type="application/json", body=message)


@app.get("/api/chat/<username>", HostNotFound, Blocked, SignedInOnly)
def get_messages(
    username: Username,
    viewer: CurrentViewer,
    before: Annotated[
        str | None, Query(max_length=1024, description="`before` of the page after this one")
    ] = None,
) -> ChatPage:
    """Read a channel's chat, newest page first. Works while the host is offline, too."""
    return posting.history(viewer, username.lower(), before)
