"""Block viewers: they can neither watch nor write, and their messages are deleted."""

from pydantic import Field

from footlight import clock, cursors, identities
from footlight.aws import background
from footlight.aws.logs import log
from footlight.chat import messages
from footlight.chat.room import ViewerPurged
from footlight.errors import BlockListFull, NotFound, Unavailable
from footlight.identities import Guest, Person, Viewer
from footlight.livekit import server
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.people import usernames
from footlight.tables import relations, users
from footlight.tables.items import batch_get, get, ref_of
from footlight.tables.relations import Block
from footlight.tables.transactions import (
    Operation,
    absent,
    add,
    commit,
    delete_existing,
    put_new,
    retry,
    update,
    write,
)
from footlight.tables.users import Stream
from footlight.wire import Instant, Wire

PAGE = 50
MAX_BLOCKS = 5_000
"""Blocks of one creator. Guests can have any number of ids, and each of them can be blocked."""
REMOVE_SECONDS = 0.65
"""Limit of each call to LiveKit: the event, the participants, the removal. A request has 3 s."""


class BlockedViewer(Wire):
    """A blocked user, with a username, or a blocked guest, with an id."""

    username: str | None
    guest_id: str | None
    name: str
    blocked_at: Instant


class BlockList(Wire):
    """A page of the viewers that a creator has blocked, newest block first."""

    blocks: list[BlockedViewer]
    next: str | None = Field(description="`cursor` of the next page; null on the last page")


def block(authority: Authority, viewer_id: str, reason: str | None = None) -> None:
    """Block a viewer: no tokens, no messages, and no follows in either direction. Idempotent.

    The viewer's recent messages are deleted, and the viewer is removed from the room. A guest stays
    blocked for as long as the browser keeps its guest id.
    """
    target = authority.target(viewer_id)
    retry(lambda: _write_block(authority, target, reason))
    messages.purge(authority.host_id, viewer_id)
    # From here on, the block holds even if LiveKit does not respond: no token is minted.
    try:
        authority.notify_room(ViewerPurged(viewer_id=viewer_id, at=clock.now_ms()), REMOVE_SECONDS)
    except Unavailable:
        log.warning("block event not sent", user_id=authority.host_id)
    try:
        _remove_from_room(authority.host_id, viewer_id)
    except Unavailable:
        log.warning("blocked viewer not removed", user_id=authority.host_id)
        background.check_channel(authority.host_id)


def _remove_from_room(host_id: str, viewer_id: str) -> None:
    room = identities.room_of(host_id)
    tabs = [
        (room, participant.identity)
        for participant in server.list_participants(room, REMOVE_SECONDS)
        if (identity := identities.parse(participant.identity)) and identity.viewer_id == viewer_id
    ]
    server.remove_participants(tabs, REMOVE_SECONDS)


def _write_block(authority: Authority, target: Viewer, reason: str | None) -> None:
    host_id = authority.host_id
    block_ref = relations.block(host_id, target.id)
    followed_ids = {
        relations.follow(host_id, target.id): target.id,
        relations.follow(target.id, host_id): host_id,
    }
    found = batch_get(block_ref, *followed_ids, consistent=True)
    is_blocked = block_ref in found
    if is_blocked and len(found) == 1:
        return
    operations: list[Operation] = []
    if not is_blocked:
        listing = relations.by_blocker(host_id, target.id)
        new_block = block_ref.new(created_at=clock.now(), name=target.name, **listing.attributes())
        operations += [
            put_new(new_block),
            audit_log.record(host_id, authority.me, "blocked", target, reason=reason),
            messages.fence(host_id, target.id),
        ]
    for follow_ref, followed_id in followed_ids.items():
        if follow_ref in found:
            operations += [
                delete_existing(follow_ref),
                add(users.profile(followed_id), follower_count=-1),
            ]
        else:  # and no follow was added since the read
            operations.append(absent(follow_ref))
    # The target may have just been appointed.
    dismissal = [] if identities.is_guest(target.id) else [Stream.moderators.delete({target.id})]
    if is_blocked:
        operations += [update(users.stream(host_id), *dismissal)] if dismissal else []
    else:
        operations.append(
            update(
                users.stream(host_id),
                Stream.block_count.set((Stream.block_count | 0) + 1),
                *dismissal,
                condition=Stream.block_count.does_not_exist() | (Stream.block_count < MAX_BLOCKS),
                or_raise=BlockListFull,
            )
        )
    write(*operations)


def unblock(authority: Authority, viewer_id: str) -> None:
    """Unblock a viewer, whose account may have been deleted since. Idempotent.

    Raises:
        NotFound: no viewer has this id.
        Oneself: the viewer is the caller.
        Forbidden: the caller may not moderate this viewer.
    """
    block = get(relations.block(authority.host_id, viewer_id), consistent=True)
    if block is None:
        authority.target(viewer_id)
        return
    authority.check_may_moderate(viewer_id)
    _unblock(authority, block)


def unblock_named(authority: Authority, username: str) -> None:
    """Unblock the user with this name, or a deleted account that had it. Idempotent.

    Raises:
        NotFound: no user has this name, and no blocked one had it.
        Oneself: it is the caller's own name.
    """
    name = usernames.parse(username)
    user_id = users.user_id_of(name) if name else None
    if user_id:
        unblock(authority, user_id)
        return
    former = [block for block in relations.blocks_of(authority.host_id) if block.name == name]
    if not former:
        raise NotFound
    for block in former:
        _unblock(authority, block)


def _unblock(authority: Authority, block: Block) -> None:
    host_id = authority.host_id
    target = Guest(block.sk) if identities.is_guest(block.sk) else Person(block.sk, block.name)
    commit(
        delete_existing(ref_of(block)),  # unblocked by another request: nothing is logged
        audit_log.record(host_id, authority.me, "unblocked", target),
        update(users.stream(host_id), Stream.block_count.set((Stream.block_count | 1) - 1)),
    )


def blocks_of(me: Person, cursor: str | None) -> BlockList:
    """Return a page of a creator's blocks, newest first.

    Each page reads all blocks, at most `MAX_BLOCKS`: their keys don't sort by time.
    """
    after = None
    if cursor is not None:
        match cursors.decode(cursor):
            case [created_at, viewer_id]:
                after = (created_at, viewer_id)
            case _:
                raise cursors.invalid()
    newest = sorted(relations.blocks_of(me.id), key=_place, reverse=True)
    following = [block for block in newest if after is None or _place(block) < after]
    page = following[:PAGE]
    return BlockList(
        blocks=[_view_of(block) for block in page],
        next=cursors.encode(*_place(page[-1])) if len(following) > PAGE else None,
    )


def _place(block: Block) -> tuple[str, str]:
    return clock.iso(block.created_at), block.sk


def _view_of(block: Block) -> BlockedViewer:
    is_guest = identities.is_guest(block.sk)
    return BlockedViewer(
        username=None if is_guest else block.name,
        guest_id=block.sk if is_guest else None,
        name=block.name,
        blocked_at=block.created_at,
    )
