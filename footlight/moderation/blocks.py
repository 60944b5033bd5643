"""Keep somebody out: they may not watch, nor write, and what they wrote is gone."""

from contextlib import suppress

from pydantic import Field
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock, cursors, identities
from footlight.aws import background
from footlight.aws.logs import log as logger
from footlight.chat import messages
from footlight.chat.room import Purged
from footlight.errors import Unavailable
from footlight.identities import Person, Viewer
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.people.follows import count_follower
from footlight.tables import base, legacy, relations, users
from footlight.wire import Instant, Wire

PAGE = 50
REMOVE_SECONDS = 0.65
"""Each of the calls by which somebody is put out and the room told of it, within a request's three
seconds."""


class Blocked(Wire):
    """Somebody kept out: a person by username, or a guest by id."""

    username: str | None
    guest_id: str | None
    name: str
    blocked_at: Instant


class BlockList(Wire):
    """Whom a creator has blocked."""

    blocks: list[Blocked]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def block(authority: Authority, viewer_id: str, reason: str | None = None) -> None:
    """Keeps somebody out: no token any more, out of the room, no follows between them and the host.

    A guest is kept out for as long as their browser keeps its guest id. Raises Oneself, Forbidden,
    NotFound, Unavailable.
    """
    whom = authority.whom(viewer_id)
    legacy.retried(lambda: _write(authority, whom, reason))
    messages.purge(authority.host_id, viewer_id)
    # The block stands whether or not LiveKit answers: no token is minted any more.
    try:
        authority.tell(Purged(viewer_id=viewer_id, at=clock.now_ms()), REMOVE_SECONDS)
    except Unavailable:
        logger.warning("blocked_but_not_told", user_id=authority.host_id)
    from footlight.livekit import server  # what only a block needs

    room = identities.room_of(authority.host_id)
    try:
        there = server.list_participants([room], REMOVE_SECONDS)[room]
        parsed = {identity: identities.parse(identity) for identity in there}
        theirs = [
            name for name, viewer in parsed.items() if viewer and viewer.viewer_id == viewer_id
        ]
        server.remove_participants([(room, identity) for identity in theirs], REMOVE_SECONDS)
    except Unavailable:
        logger.warning("blocked_but_not_removed", user_id=authority.host_id)
        background.check_channel(authority.host_id)


def _write(authority: Authority, whom: Viewer, reason: str | None) -> None:
    host_id, who = authority.host_id, whom.id
    edge = relations.block_key(host_id, who)
    follows = {relations.follow_key(host_id, who): who, relations.follow_key(who, host_id): host_id}
    found = base.batch_get([edge, *follows], consistent=True)
    if edge in found and len(found) == 1:
        return
    now = clock.now()
    list_pk, list_sk = relations.listed_blocker(host_id, who)
    kept_out = relations.Block(
        *edge, created_at=now, name=whom.name, list_pk=list_pk, list_sk=list_sk
    )
    entry = audit_log.entry(host_id, authority.me, "blocked", whom, reason=reason)

    try:
        with base.faults(), base.transaction() as transaction:
            if edge not in found:
                transaction.save(kept_out, condition=relations.Block.pk.does_not_exist())
                transaction.save(entry)
                messages.overtake(transaction, host_id, who)
            for key, followed in follows.items():
                if key in found:
                    transaction.delete(
                        relations.Follow(*key), condition=relations.Follow.pk.exists()
                    )
                    count_follower(transaction, followed, -1)
                else:  # and none comes between what was read and the block
                    transaction.condition_check(
                        relations.Follow, *key, condition=relations.Follow.pk.does_not_exist()
                    )
            if not identities.is_guest(who):  # who may have been appointed a moment ago
                transaction.update(
                    users.Stream(*users.stream_key(host_id)),
                    actions=[users.Stream.moderators.delete({who})],
                )
    except TransactWriteError as error:
        raise legacy.Overtaken from error


def unblock(authority: Authority, viewer_id: str) -> None:
    """Lets somebody in again; not blocked is as good.

    Raises Oneself, Forbidden, NotFound, Unavailable.
    """
    host_id, whom = authority.host_id, authority.whom(viewer_id)
    entry = audit_log.entry(host_id, authority.me, "unblocked", whom)

    def write(transaction: TransactWrite) -> None:
        transaction.delete(
            relations.Block(*relations.block_key(host_id, viewer_id)),
            condition=relations.Block.pk.exists(),
        )
        transaction.save(entry)

    with suppress(TransactWriteError):  # they were not blocked
        legacy.commit(write)


def blocks_of(me: Person, cursor: str | None) -> BlockList:
    """Whom a creator has blocked, newest first, a page at a time.

    All of them are read for each page: 2000 fit into one read, and few creators have as many.
    Raises InvalidRequest.
    """
    after = None
    if cursor is not None:
        match cursors.decode(cursor):
            case [created_at, who]:
                after = (created_at, who)
            case _:
                raise cursors.invalid()
    with base.faults():
        blocks = list(relations.Block.query(relations.blocks_list(me.id), consistent_read=True))
    newest = sorted(blocks, key=_place, reverse=True)
    rest = [block for block in newest if after is None or _place(block) < after]
    page = rest[:PAGE]
    return BlockList(
        blocks=[_blocked(block) for block in page],
        next=cursors.encode(*_place(page[-1])) if len(rest) > PAGE else None,
    )


def _place(block: relations.Block) -> tuple[str, str]:
    return clock.iso(block.created_at), block.sk


def _blocked(block: relations.Block) -> Blocked:
    is_guest = identities.is_guest(block.sk)
    return Blocked(
        username=None if is_guest else block.name,
        guest_id=block.sk if is_guest else None,
        name=block.name,
        blocked_at=block.created_at,
    )
