"""Follow, unfollow, block, unblock."""

import random
import time
from collections.abc import Callable

from pydantic import Field
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock, identities
from footlight.channels import read_cursor, write_cursor
from footlight.errors import InvalidRequest, NotFound, Oneself, Unavailable
from footlight.identities import Guest, Person
from footlight.tables import base, graph, users
from footlight.telemetry import log
from footlight.wire import Instant, Wire

PAGE = 50
TRIES = 4


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
    """Follows; following already is as good. Raises NotFound, Oneself."""
    host = _someone_else(me, username)
    edge = graph.follow_key(me.id, host)
    found = base.batch_get([edge, graph.block_key(host, me.id)], consistent=True)
    if graph.block_key(host, me.id) in found:
        raise NotFound  # as if there were nobody of that name
    if edge in found:
        return
    now = clock.now()
    list_pk, list_sk = graph.listed_follower(me.id, host, now)

    def write(transaction: TransactWrite) -> None:
        transaction.save(
            graph.Follow(*edge, created_at=clock.iso(now), list_pk=list_pk, list_sk=list_sk),
            condition=graph.Follow.pk.does_not_exist(),
        )
        _count_follower(transaction, host, 1)

    _commit(write)


def unfollow(me: Person, username: str) -> None:
    """Ends a follow; none there is as good. Raises NotFound, Oneself."""
    host = _someone_else(me, username)
    _end_follow(me.id, host)


def _end_follow(who: str, whom: str) -> None:
    edge = graph.follow_key(who, whom)
    if base.get(edge, consistent=True) is None:
        return

    def write(transaction: TransactWrite) -> None:
        transaction.delete(graph.Follow(*edge), condition=graph.Follow.pk.exists())
        _count_follower(transaction, whom, -1)

    _commit(write)


def _count_follower(transaction: TransactWrite, user_id: str, change: int) -> None:
    transaction.update(
        users.Profile(*users.profile_key(user_id)),
        actions=[users.Profile.follower_count.add(change)],
        condition=users.Profile.pk.exists(),
    )


def _commit(write: Callable[[TransactWrite], None]) -> None:
    """A transaction, again where it met another one; a lost condition means it is done already."""
    for tried in range(TRIES):
        try:
            with base.faults(), base.transaction() as transaction:
                write(transaction)
        except TransactWriteError:
            return
        except Unavailable as error:
            met = isinstance(error.__cause__, TransactWriteError)
            if not met or tried == TRIES - 1:
                raise
            time.sleep(random.uniform(0.01, 0.1) * (tried + 1))  # noqa: S311 - spreads retries, no secret
        else:
            return


def block_user(me: Person, username: str) -> None:
    """Keeps a person out, ends the follows between the two, and puts them out of the room.

    Raises NotFound, Oneself.
    """
    whom = _someone_else(me, username)
    _block(me, whom, username)


def block_guest(me: Person, guest_id: str) -> None:
    """Keeps a guest out, for as long as their browser keeps its guest id."""
    _block(me, guest_id, Guest(guest_id).name)


def _block(me: Person, who: str, name: str) -> None:
    edge = graph.block_key(me.id, who)
    found = base.batch_get(
        [edge, graph.follow_key(me.id, who), graph.follow_key(who, me.id)], consistent=True
    )
    if edge not in found:
        now = clock.now()
        list_pk, list_sk = graph.listed_blocker(me.id, who)

        def write(transaction: TransactWrite) -> None:
            transaction.save(
                graph.Block(
                    *edge, created_at=clock.iso(now), name=name, list_pk=list_pk, list_sk=list_sk
                ),
                condition=graph.Block.pk.does_not_exist(),
            )
            for follower, followed in ((me.id, who), (who, me.id)):
                key = graph.follow_key(follower, followed)
                if key in found:
                    transaction.delete(graph.Follow(*key), condition=graph.Follow.pk.exists())
                    _count_follower(transaction, followed, -1)

        _commit(write)
    # The block stands whether or not LiveKit answers: no token is minted any more.
    from footlight import livekit  # what only a block needs

    try:
        livekit.remove_from_room(identities.room_of(me.id), who)
    except Unavailable:
        log.warning("blocked_but_not_removed", user_id=me.id)


def unblock_user(me: Person, username: str) -> None:
    """Lets a person in again; not blocked is as good. Raises NotFound, Oneself."""
    _unblock(me, _someone_else(me, username))


def unblock_guest(me: Person, guest_id: str) -> None:
    """Lets a guest in again; not blocked is as good."""
    _unblock(me, guest_id)


def _unblock(me: Person, who: str) -> None:
    with base.faults():
        graph.Block(*graph.block_key(me.id, who)).delete()


def blocks_of(me: Person, cursor: str | None) -> BlockList:
    """Whom a creator has blocked, a page at a time."""
    position = None
    if cursor is not None:
        match read_cursor(cursor):
            case [str(last)]:
                position = {"pk": {"S": f"BLOCK#{me.id}"}, "sk": {"S": last}}
            case _:
                raise InvalidRequest({"cursor": "This is no cursor"})
    with base.faults():
        page = graph.Block.query(f"BLOCK#{me.id}", limit=PAGE, last_evaluated_key=position)
        blocks = list(page)
        last = page.last_evaluated_key
    return BlockList(
        blocks=[
            Blocked(
                username=None if "-" in block.sk else block.name,
                guest_id=block.sk if "-" in block.sk else None,
                name=block.name,
                blocked_at=clock.parse(block.created_at),
            )
            for block in blocks
        ],
        next=write_cursor(last["sk"]["S"]) if last else None,
    )


def _someone_else(me: Person, username: str) -> str:
    user_id = users.user_id_of(username)
    if user_id is None:
        raise NotFound
    if user_id == me.id:
        raise Oneself
    return user_id
