"""Moderation: messages, timeouts, blocks, moderators, and the moderation log."""

from typing import Annotated

from footlight.edge.auth import CurrentCreator, CurrentUser
from footlight.edge.http import Api
from footlight.errors import BlockListFull, Forbidden, NotFound, Oneself, RateLimited
from footlight.identities import GUEST_ID_PATTERN, VIEWER_ID_PATTERN
from footlight.moderation import audit_log, blocks, messages, moderators, timeouts
from footlight.moderation.audit_log import ModerationLog
from footlight.moderation.blocks import BlockList
from footlight.moderation.moderators import ModeratorList
from footlight.moderation.rights import authorize, authorize_owner, authorize_read
from footlight.moderation.timeouts import MAX_SECONDS, MIN_SECONDS, TimeoutList
from footlight.people import follows
from footlight.text import Reason
from footlight.wire import Request

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

app = Api("moderating")
handler = app.resolve

Host = Annotated[str, Path(alias="username", description="The host's username")]
Username = Annotated[str, Path()]
GuestId = Annotated[
    str,
    Path(
        alias="guestId",
        pattern=GUEST_ID_PATTERN,
        description="A UUID with dashes: the part before `:` in a guest's identity",
    ),
]
ViewerId = Annotated[
    str,
    Path(
        alias="viewerId",
        pattern=VIEWER_ID_PATTERN,
        description="The part before `:` in an identity: a user id or a guest id",
    ),
]
MessageId = Annotated[str, Path(alias="messageId", max_length=64)]
Cursor = Annotated[str | None, Query(max_length=1024)]


class ReasonRequest(Request):
    """The reason, which only the moderation log shows."""

    reason: Reason | None = None


class TimeoutRequest(ReasonRequest):
    """How long the timeout lasts, and its reason."""

    seconds: Annotated[int, Field(ge=MIN_SECONDS, le=MAX_SECONDS)]


# --- for a channel's creator and moderators ---


@app.delete("/api/chat/<username>/<messageId>", Forbidden, NotFound, RateLimited)
def delete_message(
    host: Host,
    message_id: MessageId,
    me: CurrentUser,
    reason: Annotated[Reason | None, Query()] = None,
) -> None:
    """Delete a message for everyone, including viewers who join later. Idempotent."""
    messages.delete_message(authorize(me, host), message_id.lower(), reason)


@app.post("/api/chat/<username>/clear", Forbidden, NotFound, RateLimited)
def clear_chat(host: Host, me: CurrentUser) -> None:
    """Delete all messages of a chat, for everyone."""
    messages.clear_chat(authorize(me, host))


@app.get("/api/chat/<username>/timeouts", Forbidden, NotFound)
def get_timeouts(host: Host, me: CurrentUser) -> TimeoutList:
    """List the active timeouts of a channel."""
    return timeouts.running_timeouts(authorize_read(me, host))


@app.put("/api/chat/<username>/timeouts/<viewerId>", Forbidden, NotFound, Oneself, RateLimited)
def put_timeout(host: Host, viewer_id: ViewerId, request: TimeoutRequest, me: CurrentUser) -> None:
    """Time out a viewer.

    Starts now and deletes their recent messages. Repeating it restarts the timeout.
    """
    timeouts.time_out(authorize(me, host), viewer_id, request.seconds, request.reason)


@app.delete("/api/chat/<username>/timeouts/<viewerId>", Forbidden, NotFound, Oneself, RateLimited)
def delete_timeout(host: Host, viewer_id: ViewerId, me: CurrentUser) -> None:
    """End a viewer's timeout. Idempotent."""
    timeouts.end_timeout(authorize(me, host), viewer_id)


@app.put(
    "/api/chat/<username>/blocks/<viewerId>",
    Forbidden,
    NotFound,
    BlockListFull,
    Oneself,
    RateLimited,
)
def put_channel_block(
    host: Host, viewer_id: ViewerId, me: CurrentUser, request: ReasonRequest | None = None
) -> None:
    """Block a viewer from a channel. Idempotent.

    Removes them from the room, keeps them out, and deletes their messages.
    """
    blocks.block(authorize(me, host), viewer_id, request.reason if request else None)


@app.delete("/api/chat/<username>/blocks/<viewerId>", Forbidden, NotFound, Oneself, RateLimited)
def delete_channel_block(host: Host, viewer_id: ViewerId, me: CurrentUser) -> None:
    """Unblock a viewer from a channel. Idempotent."""
    blocks.unblock(authorize(me, host), viewer_id)


# --- for the creator ---


@app.put("/api/blocks/<username>", NotFound, BlockListFull, Oneself, RateLimited)
def put_block(username: Username, me: CurrentCreator) -> None:
    """Block a user. Removes them from your room and keeps them out. Idempotent."""
    authority = authorize_owner(me)
    blocks.block(authority, follows.find_other_user(me, username).id)


@app.delete("/api/blocks/<username>", NotFound, Oneself, RateLimited)
def delete_block(username: Username, me: CurrentCreator) -> None:
    """Unblock a user, whose account may have been deleted since. Idempotent."""
    blocks.unblock_named(authorize_owner(me), username)


@app.put("/api/blocks/guests/<guestId>", BlockListFull, RateLimited)
def put_guest_block(guest_id: GuestId, me: CurrentCreator) -> None:
    """Block a guest. Idempotent."""
    blocks.block(authorize_owner(me), guest_id)


@app.delete("/api/blocks/guests/<guestId>", RateLimited)
def delete_guest_block(guest_id: GuestId, me: CurrentCreator) -> None:
    """Unblock a guest. Idempotent."""
    blocks.unblock(authorize_owner(me), guest_id)


@app.get("/api/blocks")
def get_blocks(me: CurrentCreator, cursor: Cursor = None) -> BlockList:
    """List the viewers that you have blocked."""
    return blocks.blocks_of(me, cursor)


@app.get("/api/moderators")
def get_moderators(me: CurrentCreator) -> ModeratorList:
    """List your moderators, sorted by name."""
    return moderators.moderators_of(me)


@app.put("/api/moderators/<username>", NotFound, Oneself, RateLimited)
def put_moderator(username: Username, me: CurrentCreator) -> None:
    """Make a user a moderator. Idempotent."""
    moderators.appoint(me, username)


@app.delete("/api/moderators/<username>", NotFound, Oneself, RateLimited)
def delete_moderator(username: Username, me: CurrentCreator) -> None:
    """Remove a moderator. Idempotent."""
    moderators.dismiss(me, username)


@app.get("/api/moderation/log")
def get_moderation_log(me: CurrentCreator, cursor: Cursor = None) -> ModerationLog:
    """List what moderators did on your channel, newest first."""
    return audit_log.read_log(me, cursor)
