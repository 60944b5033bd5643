"""Whom a creator trusts with their chat."""

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import size
from pynamodb.transactions import TransactWrite

from footlight import limits
from footlight.aws import background
from footlight.errors import InvalidRequest, Unavailable
from footlight.identities import Person
from footlight.moderation import audit_log
from footlight.people.follows import find_other_user
from footlight.tables import base, legacy, relations, users
from footlight.wire import Wire

MOST = 50
"""The list of them is told to everybody in the room."""


class Appointed(Wire):
    """A moderator."""

    id: str
    username: str
    image: str | None


class ModeratorList(Wire):
    """A creator's moderators, by name."""

    moderators: list[Appointed]


def appoint(me: Person, username: str) -> None:
    """Makes somebody a moderator; one already is as good.

    Raises RateLimited, NotFound, Oneself, InvalidRequest for one too many and for somebody who is
    blocked, Unavailable.
    """
    limits.count_or_refuse("write", me.id)
    whom = find_other_user(me, username)
    stream = users.Stream(*users.stream_key(me.id))
    moderators = users.Stream.moderators
    entry = audit_log.entry(me.id, me, "appointed", whom)

    def write(transaction: TransactWrite) -> None:
        transaction.condition_check(
            relations.Block,
            *relations.block_key(me.id, whom.id),
            condition=relations.Block.pk.does_not_exist(),
        )
        transaction.update(
            stream,
            actions=[moderators.add({whom.id})],
            condition=moderators.does_not_exist()
            | (~moderators.contains(whom.id) & (size(moderators) < MOST)),
        )
        transaction.save(entry)

    try:
        legacy.commit(write)
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:
            raise InvalidRequest({"username": "They are blocked: unblock them first"}) from error
        if whom.id not in _moderators(me):
            raise InvalidRequest({"username": f"You have {MOST} moderators already"}) from error
    background.check_channel(me.id)


def dismiss(me: Person, username: str) -> None:
    """Makes somebody no moderator; none already is as good. Raises as `appoint` does."""
    limits.count_or_refuse("write", me.id)
    whom = find_other_user(me, username)
    stream = users.Stream(*users.stream_key(me.id))
    moderators = users.Stream.moderators
    entry = audit_log.entry(me.id, me, "dismissed", whom)

    def write(transaction: TransactWrite) -> None:
        transaction.update(
            stream,
            actions=[moderators.delete({whom.id})],
            condition=moderators.contains(whom.id),
        )
        transaction.save(entry)

    try:
        legacy.commit(write)
    except TransactWriteError:
        return
    background.check_channel(me.id)


def moderators_of(me: Person) -> ModeratorList:
    """A creator's moderators. Raises Unavailable."""
    found = base.batch_get(users.profile_key(user_id) for user_id in _moderators(me))
    profiles = [profile for profile in found.values() if isinstance(profile, users.Profile)]
    return ModeratorList(
        moderators=[
            Appointed(id=profile.user_id, username=profile.username, image=profile.image)
            for profile in sorted(profiles, key=lambda profile: profile.username)
        ]
    )


def _moderators(me: Person) -> set[str]:
    stream = base.get(users.stream_key(me.id), consistent=True)
    if not isinstance(stream, users.Stream):
        raise Unavailable  # it was written with the username
    return set(stream.moderators or ())
