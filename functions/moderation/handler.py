"""Moderating: messages, time-outs, blocks, moderators, and the log of it all."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field

from footlight.edge.auth import CurrentCreator, CurrentUser
from footlight.edge.http import Api, answers, no_content
from footlight.errors import (
    Forbidden,
    NotFound,
    Oneself,
    RateLimited,
    Unauthorized,
    UsernameRequired,
)
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

app = Api()

Host = Annotated[str, Path(alias="username", description="The host's")]
Username = Annotated[str, Path()]
GuestId = Annotated[
    str,
    Path(
        alias="guestId",
        pattern=GUEST_ID_PATTERN,
        description="A UUID with its dashes: what stands before `:` in a guest's identity",
    ),
]
ViewerId = Annotated[
    str,
    Path(
        alias="viewerId",
        pattern=VIEWER_ID_PATTERN,
        description="What stands before `:` in an identity: a user id or a guest id",
    ),
]
MessageId = Annotated[str, Path(alias="messageId", max_length=64)]
Cursor = Annotated[str | None, Query(max_length=1024)]

TO_MODERATORS = (Unauthorized, UsernameRequired, Forbidden, NotFound)
BY_MODERATORS = (*TO_MODERATORS, RateLimited)
BY_THE_CREATOR = (Unauthorized, UsernameRequired, RateLimited)


class ReasonRequest(Request):
    """Why; for the log alone."""

    reason: Reason | None = None


class TimeoutRequest(ReasonRequest):
    """How long, and why."""

    seconds: Annotated[int, Field(ge=MIN_SECONDS, le=MAX_SECONDS)]


# --- on a channel, by its creator and their moderators ---


@app.delete(
    "/api/chat/<username>/<messageId>",
    summary="Delete a message",
    operation_id="deleteMessage",
    responses=answers(*BY_MODERATORS, ok=204),
    tags=["moderating"],
)
def delete_message(
    host: Host,
    message_id: MessageId,
    me: CurrentUser,
    reason: Annotated[Reason | None, Query()] = None,
) -> Response[None]:
    """It disappears for everyone, also for those who come later. Safe to repeat."""
    messages.delete_message(authorize(me, host), message_id.lower(), reason)
    return no_content()


@app.post(
    "/api/chat/<username>/clear",
    summary="Clear the chat",
    operation_id="clearChat",
    responses=answers(*BY_MODERATORS, ok=204),
    tags=["moderating"],
)
def clear_chat(host: Host, me: CurrentUser) -> Response[None]:
    """All that was written until now disappears for everyone."""
    messages.clear_chat(authorize(me, host))
    return no_content()


@app.get(
    "/api/chat/<username>/timeouts",
    summary="Who may not write for a while",
    operation_id="getTimeouts",
    responses=answers(*TO_MODERATORS, body=TimeoutList, says="Those that are not over"),
    tags=["moderating"],
)
def get_timeouts(host: Host, me: CurrentUser) -> TimeoutList:
    """Those that are not over."""
    return timeouts.running_timeouts(authorize_read(me, host))


@app.put(
    "/api/chat/<username>/timeouts/<viewerId>",
    summary="Keep somebody from writing for a while",
    operation_id="putTimeout",
    responses=answers(*BY_MODERATORS, Oneself, ok=204),
    tags=["moderating"],
)
def put_timeout(
    host: Host, viewer_id: ViewerId, request: TimeoutRequest, me: CurrentUser
) -> Response[None]:
    """From now on; what they wrote lately disappears. Again, it counts from then."""
    authority = authorize(me, host)
    timeouts.time_out(authority, viewer_id, request.seconds, request.reason)
    return no_content()


@app.delete(
    "/api/chat/<username>/timeouts/<viewerId>",
    summary="Let somebody write again",
    operation_id="deleteTimeout",
    responses=answers(*BY_MODERATORS, Oneself, ok=204),
    tags=["moderating"],
)
def delete_timeout(host: Host, viewer_id: ViewerId, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    timeouts.end_timeout(authorize(me, host), viewer_id)
    return no_content()


@app.put(
    "/api/chat/<username>/blocks/<viewerId>",
    summary="Block somebody from a channel",
    operation_id="putChannelBlock",
    responses=answers(*BY_MODERATORS, Oneself, ok=204),
    tags=["moderating"],
)
def put_channel_block(
    host: Host, viewer_id: ViewerId, me: CurrentUser, request: ReasonRequest | None = None
) -> Response[None]:
    """They are out of the room and can't come back; what they wrote disappears. Safe to repeat."""
    blocks.block(authorize(me, host), viewer_id, request.reason if request else None)
    return no_content()


@app.delete(
    "/api/chat/<username>/blocks/<viewerId>",
    summary="Block somebody from a channel no more",
    operation_id="deleteChannelBlock",
    responses=answers(*BY_MODERATORS, Oneself, ok=204),
    tags=["moderating"],
)
def delete_channel_block(host: Host, viewer_id: ViewerId, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    blocks.unblock(authorize(me, host), viewer_id)
    return no_content()


# --- on one's own channel ---


@app.put(
    "/api/blocks/<username>",
    summary="Block a person",
    operation_id="putBlock",
    responses=answers(*BY_THE_CREATOR, NotFound, Oneself, ok=204),
    tags=["moderating"],
)
def put_block(username: Username, me: CurrentCreator) -> Response[None]:
    """They are put out of the room and can't come back. Safe to repeat."""
    authority = authorize_owner(me)
    blocks.block(authority, follows.find_other_user(me, username).id)
    return no_content()


@app.delete(
    "/api/blocks/<username>",
    summary="Block a person no more",
    operation_id="deleteBlock",
    responses=answers(*BY_THE_CREATOR, NotFound, Oneself, ok=204),
    tags=["moderating"],
)
def delete_block(username: Username, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    authority = authorize_owner(me)
    blocks.unblock(authority, follows.find_other_user(me, username).id)
    return no_content()


@app.put(
    "/api/blocks/guests/<guestId>",
    summary="Block a guest",
    operation_id="putGuestBlock",
    responses=answers(*BY_THE_CREATOR, ok=204),
    tags=["moderating"],
)
def put_guest_block(guest_id: GuestId, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    blocks.block(authorize_owner(me), guest_id)
    return no_content()


@app.delete(
    "/api/blocks/guests/<guestId>",
    summary="Block a guest no more",
    operation_id="deleteGuestBlock",
    responses=answers(*BY_THE_CREATOR, ok=204),
    tags=["moderating"],
)
def delete_guest_block(guest_id: GuestId, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    blocks.unblock(authorize_owner(me), guest_id)
    return no_content()


@app.get(
    "/api/blocks",
    summary="Whom you have blocked",
    operation_id="getBlocks",
    responses=answers(Unauthorized, UsernameRequired, body=BlockList, says="A page of them"),
    tags=["moderating"],
)
def get_blocks(me: CurrentCreator, cursor: Cursor = None) -> BlockList:
    """A page at a time."""
    return blocks.blocks_of(me, cursor)


@app.get(
    "/api/moderators",
    summary="Your moderators",
    operation_id="getModerators",
    responses=answers(Unauthorized, UsernameRequired, body=ModeratorList, says="All of them"),
    tags=["moderating"],
)
def get_moderators(me: CurrentCreator) -> ModeratorList:
    """By name."""
    return moderators.moderators_of(me)


@app.put(
    "/api/moderators/<username>",
    summary="Make somebody a moderator",
    operation_id="putModerator",
    responses=answers(*BY_THE_CREATOR, NotFound, Oneself, ok=204),
    tags=["moderating"],
)
def put_moderator(username: Username, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    moderators.appoint(me, username)
    return no_content()


@app.delete(
    "/api/moderators/<username>",
    summary="Make somebody a moderator no more",
    operation_id="deleteModerator",
    responses=answers(*BY_THE_CREATOR, NotFound, Oneself, ok=204),
    tags=["moderating"],
)
def delete_moderator(username: Username, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    moderators.dismiss(me, username)
    return no_content()


@app.get(
    "/api/moderation/log",
    summary="What moderators did on your channel",
    operation_id="getModerationLog",
    responses=answers(Unauthorized, UsernameRequired, body=ModerationLog, says="A page of it"),
    tags=["moderating"],
)
def get_log(me: CurrentCreator, cursor: Cursor = None) -> ModerationLog:
    """Newest first, a page at a time."""
    return audit_log.read_log(me, cursor)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
