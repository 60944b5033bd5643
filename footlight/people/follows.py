"""Follow and unfollow."""

from collections.abc import Callable

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock, limits
from footlight.errors import NotFound, Oneself
from footlight.identities import Person
from footlight.people import usernames
from footlight.tables import base, legacy, relations, users


def follow(me: Person, username: str) -> None:
    """Follows; following already is as good. Raises RateLimited, NotFound, Oneself, Unavailable."""
    limits.count_or_refuse("write", me.id)
    host = find_other_user(me, username).id
    now = clock.now()
    list_pk, list_sk = relations.listed_follower(me.id, host, now)
    edge = relations.Follow(
        *relations.follow_key(me.id, host),
        created_at=now,
        list_pk=list_pk,
        list_sk=list_sk,
    )

    def write(transaction: TransactWrite) -> None:
        _unless_blocked(transaction, me.id, host)
        transaction.save(edge, condition=relations.Follow.pk.does_not_exist())
        count_follower(transaction, host, 1)

    _commit(write)


def unfollow(me: Person, username: str) -> None:
    """Ends a follow; none there is as good. Raises as `follow` does."""
    limits.count_or_refuse("write", me.id)
    host = find_other_user(me, username).id
    edge = relations.Follow(*relations.follow_key(me.id, host))

    def write(transaction: TransactWrite) -> None:
        _unless_blocked(transaction, me.id, host)
        transaction.delete(edge, condition=relations.Follow.pk.exists())
        count_follower(transaction, host, -1)

    _commit(write)


def _unless_blocked(transaction: TransactWrite, who: str, host: str) -> None:
    transaction.condition_check(
        relations.Block,
        *relations.block_key(host, who),
        condition=relations.Block.pk.does_not_exist(),
    )


def count_follower(transaction: TransactWrite, user_id: str, change: int) -> None:
    """Adds to a transaction that somebody has one follower more, or one less."""
    transaction.update(
        users.Profile(*users.profile_key(user_id)),
        actions=[users.Profile.follower_count.add(change)],
        condition=users.Profile.pk.exists(),
    )


def _commit(write: Callable[[TransactWrite], None]) -> None:
    try:
        legacy.commit(write)
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:  # the check of a block, which is always first
            raise NotFound from error  # as if there were nobody of that name
        # Else the edge is, or is not, there already: a repeat.


def find_other_user(me: Person, username: str) -> Person:
    """Somebody by their name. Raises Oneself, NotFound."""
    named = usernames.parse(username)
    if named == me.username:
        raise Oneself
    user_id = users.user_id_of(named) if named else None
    if named is None or user_id is None:
        raise NotFound
    return Person(user_id, named)
