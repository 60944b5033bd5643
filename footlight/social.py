"""Follow, unfollow, block, unblock."""

from collections.abc import Callable

from pydantic import Field
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import beside, clock, cursors, identities, limits, usernames
from footlight.errors import NotFound, Oneself, Unavailable
from footlight.identities import Guest, Person
from footlight.tables import base, contention, graph, users
from footlight.telemetry import log
from footlight.wire import Instant, Wire

PAGE = 50
REMOVE_SECONDS = 1.2
"""Each of the two calls by which a blocked person is put out, within a request's three seconds."""


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


def follow(me: Person, username: str) -> None:
    """Follows; following already is as good. Raises RateLimited, NotFound, Oneself, Unavailable."""
    limits.take("write", me.id)
    host = _someone_else(me, username)
    now = clock.now()
    list_pk, list_sk = graph.listed_follower(me.id, host, now)
    edge = graph.Follow(
        *graph.follow_key(me.id, host),
        created_at=clock.iso(now),
        list_pk=list_pk,
        list_sk=list_sk,
    )

    def write(transaction: TransactWrite) -> None:
        _unless_blocked(transaction, me.id, host)
        transaction.save(edge, condition=graph.Follow.pk.does_not_exist())
        _count_follower(transaction, host, 1)

    _commit(write)


def unfollow(me: Person, username: str) -> None:
    """Ends a follow; none there is as good. Raises as `follow` does."""
    limits.take("write", me.id)
    host = _someone_else(me, username)
    edge = graph.Follow(*graph.follow_key(me.id, host))

    def write(transaction: TransactWrite) -> None:
        _unless_blocked(transaction, me.id, host)
        transaction.delete(edge, condition=graph.Follow.pk.exists())
        _count_follower(transaction, host, -1)

    _commit(write)


def _unless_blocked(transaction: TransactWrite, who: str, host: str) -> None:
    transaction.condition_check(
        graph.Block, *graph.block_key(host, who), condition=graph.Block.pk.does_not_exist()
    )


def _count_follower(transaction: TransactWrite, user_id: str, change: int) -> None:
    transaction.update(
        users.Profile(*users.profile_key(user_id)),
        actions=[users.Profile.follower_count.add(change)],
        condition=users.Profile.pk.exists(),
    )


def _commit(write: Callable[[TransactWrite], None]) -> None:
    try:
        contention.commit(write)
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:  # the check of a block, which is always first
            raise NotFound from error  # as if there were nobody of that name
        # Else the edge is, or is not, there already: a repeat.


def block_user(me: Person, username: str) -> None:
    """Keeps a person out, ends the follows between the two, and puts them out of the room.

    Raises RateLimited, NotFound, Oneself, Unavailable.
    """
    limits.take("write", me.id)
    whom = _someone_else(me, username)
    _block(me, whom, usernames.normalise(username))


def block_guest(me: Person, guest_id: str) -> None:
    """Keeps a guest out, for as long as their browser keeps its guest id. Raises RateLimited."""
    limits.take("write", me.id)
    _block(me, guest_id, Guest(guest_id).name)


def _block(me: Person, who: str, name: str) -> None:
    contention.retried(lambda: _write_block(me, who, name))
    # The block stands whether or not LiveKit answers: no token is minted any more.
    from footlight import livekit  # what only a block needs

    room = identities.room_of(me.id)
    try:
        there = livekit.participants([room], REMOVE_SECONDS)[room]
        theirs = [identity for identity in there if identities.viewer_id_of(identity) == who]
        livekit.put_out([(room, identity) for identity in theirs], REMOVE_SECONDS)
    except Unavailable:
        log.warning("blocked_but_not_removed", user_id=me.id)
        beside.look(me.id)


def _write_block(me: Person, who: str, name: str) -> None:
    edge = graph.block_key(me.id, who)
    follows = {graph.follow_key(me.id, who): who, graph.follow_key(who, me.id): me.id}
    found = base.batch_get([edge, *follows], consistent=True)
    now = clock.now()
    list_pk, list_sk = graph.listed_blocker(me.id, who)
    block = graph.Block(
        *edge, created_at=clock.iso(now), name=name, list_pk=list_pk, list_sk=list_sk
    )
    if edge in found and len(found) == 1:
        return

    try:
        with base.faults(), base.transaction() as transaction:
            if edge not in found:
                transaction.save(block, condition=graph.Block.pk.does_not_exist())
            for key, followed in follows.items():
                if key in found:
                    transaction.delete(graph.Follow(*key), condition=graph.Follow.pk.exists())
                    _count_follower(transaction, followed, -1)
                else:  # and none comes between what was read and the block
                    transaction.condition_check(
                        graph.Follow, *key, condition=graph.Follow.pk.does_not_exist()
                    )
    except TransactWriteError as error:
        raise contention.Overtaken from error


def unblock_user(me: Person, username: str) -> None:
    """Lets a person in again; not blocked is as good. Raises RateLimited, NotFound, Oneself."""
    limits.take("write", me.id)
    _unblock(me, _someone_else(me, username))


def unblock_guest(me: Person, guest_id: str) -> None:
    """Lets a guest in again; not blocked is as good. Raises RateLimited, Unavailable."""
    limits.take("write", me.id)
    _unblock(me, guest_id)


def _unblock(me: Person, who: str) -> None:
    with base.faults():
        graph.Block(*graph.block_key(me.id, who)).delete()


def blocks_of(me: Person, cursor: str | None) -> BlockList:
    """Whom a creator has blocked, newest first, a page at a time.

    All of them are read for each page: 2000 fit into one read, and few creators have as many.
    Raises InvalidRequest.
    """
    after = None
    if cursor is not None:
        match cursors.read(cursor):
            case [created_at, who]:
                after = (created_at, who)
            case _:
                raise cursors.wrong()
    with base.faults():
        blocks = list(graph.Block.query(graph.blocks_list(me.id), consistent_read=True))
    newest = sorted(blocks, key=_place, reverse=True)
    rest = [block for block in newest if after is None or _place(block) < after]
    page = rest[:PAGE]
    return BlockList(
        blocks=[_blocked(block) for block in page],
        next=cursors.write(*_place(page[-1])) if len(rest) > PAGE else None,
    )


def _place(block: graph.Block) -> tuple[str, str]:
    return block.created_at, block.sk


def _blocked(block: graph.Block) -> Blocked:
    is_guest = identities.is_guest(block.sk)
    return Blocked(
        username=None if is_guest else block.name,
        guest_id=block.sk if is_guest else None,
        name=block.name,
        blocked_at=clock.parse(block.created_at),
    )


def _someone_else(me: Person, username: str) -> str:
    named = usernames.named(username)
    if named == me.username:
        raise Oneself
    user_id = users.user_id_of(named) if named else None
    if user_id is None:
        raise NotFound
    return user_id
