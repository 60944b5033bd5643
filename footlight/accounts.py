"""Who am I; the claim of a username; a channel's settings."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from footlight import admission, beside, clock, identities, limits, usernames
from footlight.channels import OwnStream, own_stream_of, user_of
from footlight.errors import (
    InvalidRequest,
    Unavailable,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.identities import Person
from footlight.signin import Claims
from footlight.tables import base, contention, live, users, words
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
    limits.take("write", claims.key[0])
    subject = _subject_of(claims)
    if username is not None:
        wanted = usernames.normalise(username)
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
        contention.retried(attempt)
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
        created_at=clock.iso(now),
    )
    stream = users.Stream(
        *users.stream_key(user_id),
        user_id=user_id,
        title=title,
        created_at=clock.iso(now),
        updated_at=clock.iso(now),
        list_pk=list_pk,
        list_sk=list_sk,
    )
    found = words.channel_words(username, title)
    items = [
        users.Subject(*claims.key, user_id=user_id, username=username),
        users.Name(*users.name_key(username), user_id=user_id),
        users.Skeleton(*users.skeleton_key(usernames.skeleton(username)), user_id=user_id),
        profile,
        stream,
        *(words.word_item(word, user_id, found) for word in found),
    ]

    def write(transaction: TransactWrite) -> None:
        for item in items:
            transaction.save(item, condition=base.Item.pk.does_not_exist())

    try:
        contention.commit(write)
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:  # the Subject
            return None
        raise UsernameTaken from error
    return profile


SignedInOnly = Literal["off", "hour", "always"]
"""Whether guests are kept out: not, for the next hour, until it is changed."""


Setting = bool | int | str | set[str] | None


def change_stream(
    creator: Person,
    *,
    title: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    signed_in_only: SignedInOnly | None = None,
) -> OwnStream:
    """Changes what is given, and the words by which the channel is found. Safe to repeat.

    Who is in the room is told of it, and guests are put out where they are kept out from now on.
    `settings`: new values of the attributes of `users.Stream`; an empty set or None takes one away.
    Raises RateLimited, Unavailable.
    """
    limits.take("write", creator.id)
    changes: dict[str, Setting] = dict(settings or {})
    if signed_in_only is not None:
        changes["signed_in_only_until"] = _until(signed_in_only)
    stream, is_changed = contention.retried(lambda: _change_stream(creator, title, changes))
    if is_changed:
        beside.look(creator.id)
    return stream


def _until(signed_in_only: SignedInOnly) -> str | None:
    match signed_in_only:
        case "off":
            return None
        case "hour":
            return clock.iso(clock.now() + timedelta(hours=1))
        case "always":
            return admission.ALWAYS


def _change_stream(
    creator: Person, title: str | None, changes: Mapping[str, Setting]
) -> tuple[OwnStream, bool]:
    key, live_key = users.stream_key(creator.id), live.live_key(creator.id)
    found = base.batch_get([key, live_key], consistent=True)
    stream = found.get(key)
    if not isinstance(stream, users.Stream):
        raise Unavailable  # it was written with the username
    if title is None and not changes:
        return own_stream_of(stream, found.get(live_key)), False
    known = stream.title
    title = known if title is None else title
    now = clock.now()
    stream.title, stream.updated_at = title, clock.iso(now)
    stream.list_pk, stream.list_sk = users.listed_by_change(creator.id, now)
    actions: list[Action] = [
        users.Stream.title.set(title),
        users.Stream.updated_at.set(stream.updated_at),
        users.Stream.list_pk.set(stream.list_pk),
        users.Stream.list_sk.set(stream.list_sk),
    ]
    for name, value in changes.items():
        is_gone = value is None or value == set()
        setattr(stream, name, None if is_gone else value)
        attribute = getattr(users.Stream, name)
        actions.append(attribute.remove() if is_gone else attribute.set(value))
    before = words.channel_words(creator.username, known)
    after = words.channel_words(creator.username, title)
    # The words to write follow from the title that was read, so it must be that still.
    unchanged: Condition = users.Stream.title == known

    try:
        if before == after:
            with base.faults():
                users.Stream(*key).update(actions=actions, condition=unchanged)
        else:
            with base.faults(), base.transaction() as transaction:
                transaction.update(users.Stream(*key), actions=actions, condition=unchanged)
                for word in after:
                    transaction.save(words.word_item(word, creator.id, after))
                for word in set(before) - set(after):
                    transaction.delete(words.Word(*words.word_key(word, creator.id)))
    except (TransactWriteError, UpdateError) as error:
        raise contention.Overtaken from error
    return own_stream_of(stream, found.get(live_key)), True
