"""Who am I; the claim of a username; a channel's settings."""

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from footlight import clock, identities, limits
from footlight.channels.views import user_of
from footlight.channels.words import channel_words
from footlight.errors import (
    InvalidRequest,
    Unavailable,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.people import usernames
from footlight.people.oidc import Claims
from footlight.tables import base, legacy, search, users
from footlight.wire import Instant, Wire


class Me(Wire):
    """Who is signed in; before a username is chosen there is nobody yet, and all is null."""

    id: str | None
    username: str | None
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant | None


NOBODY_YET = Me(id=None, username=None, image=None, bio="", follower_count=0, created_at=None)


def me_of(claims: Claims) -> Me:
    """Who is signed in."""
    subject = _subject_of(claims)
    return _me(_profile_of(subject)) if subject else NOBODY_YET


def change_me(claims: Claims, *, username: str | None, bio: str | None) -> Me:
    """Chooses a username, once, and changes the bio. Safe to repeat.

    Raises RateLimited, InvalidRequest, UsernameTaken, UsernameFixed, UsernameRequired.
    """
    limits.count_or_refuse("write", claims.key[0])
    subject = _subject_of(claims)
    if username is not None:
        wanted = usernames.normalize(username)
        if subject is None:
            if problem := usernames.problem(wanted):
                raise InvalidRequest({"username": problem})
            profile = _claim(claims, wanted, bio or "")
            if profile:
                return _me(profile)
            subject = _subject_of(claims)  # another tab of the same person was faster
        if subject is None or subject.username != wanted:
            raise UsernameFixed
    if subject is None:
        if bio is not None:
            raise UsernameRequired
        return NOBODY_YET
    return _me(_profile_of(subject) if bio is None else _set_bio(subject.user_id, bio))


def _subject_of(claims: Claims) -> users.Subject | None:
    subject = base.get(claims.key, consistent=True)
    return subject if isinstance(subject, users.Subject) else None


def _profile_of(subject: users.Subject) -> users.Profile:
    profile = base.get(users.profile_key(subject.user_id), consistent=True)
    if not isinstance(profile, users.Profile):
        raise Unavailable  # both were written in one transaction
    return profile


def _set_bio(user_id: str, bio: str) -> users.Profile:
    profile = users.Profile(*users.profile_key(user_id))

    def attempt() -> None:
        with base.faults():
            profile.update(
                actions=[users.Profile.bio.set(bio)], condition=users.Profile.pk.exists()
            )

    try:
        legacy.retried(attempt)
    except UpdateError as error:
        raise Unavailable from error
    return profile


def _me(profile: users.Profile) -> Me:
    return Me(**dict(user_of(profile)))


def _claim(claims: Claims, username: str, bio: str) -> users.Profile | None:
    """One transaction for all that a person is: of two who want a name at once, one gets it.

    None where this person has chosen a username meanwhile. Raises UsernameTaken.
    """
    now = clock.now()
    user_id = identities.new_user_id()
    title = f"{username}'s stream"
    list_pk, list_sk = users.listed_by_change(user_id, now)
    profile = users.Profile(
        *users.profile_key(user_id),
        user_id=user_id,
        username=username,
        bio=bio,
        created_at=now,
    )
    stream = users.Stream(
        *users.stream_key(user_id),
        user_id=user_id,
        title=title,
        created_at=now,
        updated_at=now,
        list_pk=list_pk,
        list_sk=list_sk,
    )
    found = channel_words(username, title)
    items = [
        users.Subject(*claims.key, user_id=user_id, username=username),
        users.Name(*users.name_key(username), user_id=user_id),
        users.Skeleton(*users.skeleton_key(usernames.skeleton(username)), user_id=user_id),
        profile,
        stream,
        *(search.word_item(word, user_id, found) for word in found),
    ]

    def write(transaction: TransactWrite) -> None:
        for item in items:
            transaction.save(item, condition=base.Item.pk.does_not_exist())

    try:
        legacy.commit(write)
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:  # the Subject
            return None
        raise UsernameTaken from error
    return profile
