"""Follows and blocks."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from footlight import social
from footlight.errors import NotFound, Oneself, RateLimited, Unauthorized, UsernameRequired
from footlight.http import Api, answers, no_content
from footlight.signin import CurrentCreator, CurrentUser
from footlight.social import BlockList

app = Api()

Username = Annotated[str, Path()]
GuestId = Annotated[
    str,
    Path(
        alias="guestId",
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="A UUID with its dashes: what stands before `:` in a guest's identity",
    ),
]
REFUSALS = (Unauthorized, NotFound, Oneself, UsernameRequired, RateLimited)


@app.put(
    "/api/follows/<username>",
    summary="Follow a channel",
    operation_id="putFollow",
    responses=answers(*REFUSALS, ok=204),
    tags=["people"],
)
def put_follow(username: Username, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    social.follow(me, username)
    return no_content()


@app.delete(
    "/api/follows/<username>",
    summary="Follow a channel no more",
    operation_id="deleteFollow",
    responses=answers(*REFUSALS, ok=204),
    tags=["people"],
)
def delete_follow(username: Username, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    social.unfollow(me, username)
    return no_content()


@app.put(
    "/api/blocks/<username>",
    summary="Block a person",
    operation_id="putBlock",
    responses=answers(*REFUSALS, ok=204),
    tags=["moderating"],
)
def put_block(username: Username, me: CurrentCreator) -> Response[None]:
    """They are put out of the room and can't come back. Safe to repeat."""
    social.block_user(me, username)
    return no_content()


@app.delete(
    "/api/blocks/<username>",
    summary="Block a person no more",
    operation_id="deleteBlock",
    responses=answers(*REFUSALS, ok=204),
    tags=["moderating"],
)
def delete_block(username: Username, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    social.unblock_user(me, username)
    return no_content()


@app.put(
    "/api/blocks/guests/<guestId>",
    summary="Block a guest",
    operation_id="putGuestBlock",
    responses=answers(Unauthorized, UsernameRequired, RateLimited, ok=204),
    tags=["moderating"],
)
def put_guest_block(guest_id: GuestId, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    social.block_guest(me, guest_id)
    return no_content()


@app.delete(
    "/api/blocks/guests/<guestId>",
    summary="Block a guest no more",
    operation_id="deleteGuestBlock",
    responses=answers(Unauthorized, UsernameRequired, RateLimited, ok=204),
    tags=["moderating"],
)
def delete_guest_block(guest_id: GuestId, me: CurrentCreator) -> Response[None]:
    """Safe to repeat."""
    social.unblock_guest(me, guest_id)
    return no_content()


@app.get(
    "/api/blocks",
    summary="Whom you have blocked",
    operation_id="getBlocks",
    responses=answers(Unauthorized, UsernameRequired, body=BlockList, says="A page of them"),
    tags=["moderating"],
)
def get_blocks(
    me: CurrentCreator, cursor: Annotated[str | None, Query(max_length=1024)] = None
) -> BlockList:
    """A page at a time."""
    return social.blocks_of(me, cursor)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
