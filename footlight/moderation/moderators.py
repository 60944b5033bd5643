"""A creator's moderators."""

from footlight import limits, standing
from footlight.aws import background
from footlight.errors import InvalidRequest, NotFound, Unavailable
from footlight.identities import Person
from footlight.moderation import audit_log
from footlight.people.follows import find_other_user
from footlight.tables import relations, users
from footlight.tables.items import batch_get, get
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import absent, commit, update
from footlight.tables.users import Stream, has_room_for_moderator
from footlight.wire import Wire

MAX_MODERATORS = 50
"""Each viewer's page gets the whole list."""


class Moderator(Wire):
    """A moderator of the creator's channel."""

    id: str
    username: str
    image: str | None


class ModeratorList(Wire):
    """A creator's moderators, sorted by username."""

    moderators: list[Moderator]


def appoint(me: Person, username: str) -> None:
    """Make a user a moderator. Idempotent.

    The user must not be blocked, and the creator must have fewer than `MAX_MODERATORS`.
    """
    limits.count_or_refuse("write", me.id)
    user = find_other_user(me, username)
    is_appointed = commit(
        absent(relations.block(me.id, user.id), or_raise=_user_is_blocked),
        standing.in_good_standing(user.id, or_raise=NotFound),
        update(
            users.stream(me.id),
            Stream.moderators.add({user.id}),
            condition=has_room_for_moderator(user.id, MAX_MODERATORS),
        ),
        audit_log.record(me.id, me, "appointed", user),
    )
    if not is_appointed and user.id not in _moderator_ids(me):
        raise InvalidRequest({"username": f"You already have {MAX_MODERATORS} moderators"})
    background.check_channel(me.id)


def _user_is_blocked() -> InvalidRequest:
    return InvalidRequest({"username": "Unblock this user first"})


def dismiss(me: Person, username: str) -> None:
    """Remove a moderator. Idempotent."""
    limits.count_or_refuse("write", me.id)
    user = find_other_user(me, username)
    is_dismissed = commit(
        update(
            users.stream(me.id),
            Stream.moderators.delete({user.id}),
            condition=Stream.moderators.contains(user.id),
        ),
        audit_log.record(me.id, me, "dismissed", user),
    )
    if is_dismissed:
        background.check_channel(me.id)


def moderators_of(me: Person) -> ModeratorList:
    """Return a creator's moderators, without suspended ones."""
    refs = {user_id: users.profile(user_id) for user_id in _moderator_ids(me)}
    found = batch_get(*refs.values(), *map(standing_ref, refs))
    profiles = [
        profile
        for user_id, ref in refs.items()
        if (profile := found.get(ref)) and standing.is_in_good_standing(user_id, found)
    ]
    return ModeratorList(
        moderators=[
            Moderator(id=profile.user_id, username=profile.username, image=profile.image)
            for profile in sorted(profiles, key=lambda profile: profile.username)
        ]
    )


def _moderator_ids(me: Person) -> set[str]:
    stream = get(users.stream(me.id), consistent=True)
    if stream is None:
        raise Unavailable  # it was written together with the username
    return set(stream.moderators or ())
