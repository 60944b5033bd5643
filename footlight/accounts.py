"""Who am I; the claim of a username; a channel's settings."""

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.update import Action

from footlight import clock, identities, usernames
from footlight.channels import StreamView, stream_of
from footlight.errors import (
    InvalidRequest,
    Unavailable,
    UsernameFixed,
    UsernameRequired,
    UsernameTaken,
)
from footlight.identities import Person
from footlight.signin import Claims
from footlight.tables import base, live, users, words
from footlight.wire import Instant, Wire

MAX_WORDS = 40
"""Words of one channel that search finds; a transaction holds 100 items."""


class Me(Wire):
    """Who is signed in; all null before a username is chosen."""

    id: str | None
    username: str | None
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant | None


NOBODY_YET = Me(id=None, username=None, image=None, bio="", follower_count=0, created_at=None)


def me_of(claims: Claims) -> Me:
    """Who is signed in."""
    subject = base.get(claims.key, consistent=True)
    if not isinstance(subject, users.Subject):
        return NOBODY_YET
    profile = base.get(users.profile_key(subject.user_id), consistent=True)
    if not isinstance(profile, users.Profile):
        return NOBODY_YET
    return _me(profile)


def _me(profile: users.Profile) -> Me:
    return Me(
        id=profile.user_id,
        username=profile.username,
        image=profile.image,
        bio=profile.bio or "",
        follower_count=max(0, int(profile.follower_count or 0)),
        created_at=clock.parse(profile.created_at),
    )


def change_me(claims: Claims, *, username: str | None, bio: str | None) -> Me:
    """Chooses a username, once, and changes the bio. Safe to repeat.

    Raises InvalidRequest, UsernameTaken, UsernameFixed, UsernameRequired.
    """
    subject = base.get(claims.key, consistent=True)
    if username is not None:
        username = usernames.normalise(username)
        problem = usernames.problem(username)
        if problem:
            raise InvalidRequest({"username": problem})
        if isinstance(subject, users.Subject):
            if subject.username != username:
                raise UsernameFixed
        else:
            _claim(claims, username)
            subject = base.get(claims.key, consistent=True)
    if not isinstance(subject, users.Subject):
        raise UsernameRequired
    if bio is not None:
        with base.faults():
            users.Profile(*users.profile_key(subject.user_id)).update(
                actions=[users.Profile.bio.set(bio)], condition=users.Profile.pk.exists()
            )
    return me_of(claims)


def _claim(claims: Claims, username: str) -> None:
    """One transaction for all that a person is: of two who want a name at once, one gets it."""
    now = clock.now()
    user_id = identities.new_user_id()
    title = f"{username}'s stream"
    list_pk, list_sk = users.listed_by_change(user_id, now)
    absent = base.Item.pk.does_not_exist()
    found = words.words_of(username, title)[:MAX_WORDS]
    try:
        with base.faults(), base.transaction() as write:
            write.save(
                users.Subject(*claims.key, user_id=user_id, username=username), condition=absent
            )
            write.save(users.Name(*users.name_key(username), user_id=user_id), condition=absent)
            write.save(
                users.Skeleton(*users.skeleton_key(usernames.skeleton(username)), user_id=user_id),
                condition=absent,
            )
            write.save(
                users.Profile(
                    *users.profile_key(user_id),
                    user_id=user_id,
                    username=username,
                    created_at=clock.iso(now),
                )
            )
            write.save(
                users.Stream(
                    *users.stream_key(user_id),
                    user_id=user_id,
                    title=title,
                    created_at=clock.iso(now),
                    updated_at=clock.iso(now),
                    list_pk=list_pk,
                    list_sk=list_sk,
                )
            )
            for word in found:
                write.save(_word(word, user_id, found))
    except TransactWriteError as error:
        subject_taken = base.lost_conditions(error)[0]
        if subject_taken:  # another tab of the same person was faster
            subject = base.get(claims.key, consistent=True)
            if isinstance(subject, users.Subject) and subject.username == username:
                return
            raise UsernameFixed from error
        raise UsernameTaken from error


def _word(word: str, user_id: str, all_words: list[str]) -> words.Word:
    return words.Word(*words.word_key(word, user_id), user_id=user_id, words=" ".join(all_words))


def change_stream(
    creator: Person,
    *,
    title: str | None,
    is_chat_enabled: bool | None,
    is_chat_delayed: bool | None,
    is_chat_followers_only: bool | None,
) -> StreamView:
    """Changes what is given, and the words by which the channel is found. Safe to repeat."""
    key = users.stream_key(creator.id)
    found = base.batch_get([key, live.live_key(creator.id)], consistent=True)
    stream = found.get(key)
    if not isinstance(stream, users.Stream):
        raise Unavailable
    now = clock.now()
    list_pk, list_sk = users.listed_by_change(creator.id, now)
    model = users.Stream
    actions: list[Action] = [
        model.updated_at.set(clock.iso(now)),
        model.list_pk.set(list_pk),
        model.list_sk.set(list_sk),
    ]
    if title is not None:
        actions.append(model.title.set(title))
    if is_chat_enabled is not None:
        actions.append(model.is_chat_enabled.set(is_chat_enabled))
    if is_chat_delayed is not None:
        actions.append(model.is_chat_delayed.set(is_chat_delayed))
    if is_chat_followers_only is not None:
        actions.append(model.is_chat_followers_only.set(is_chat_followers_only))
    before = words.words_of(creator.username, stream.title)[:MAX_WORDS]
    after = words.words_of(creator.username, title or stream.title)[:MAX_WORDS]
    if before == after:
        try:
            with base.faults():
                stream.update(actions=actions, condition=model.pk.exists())
        except UpdateError as error:
            raise Unavailable from error
        return stream_of(stream, found.get(live.live_key(creator.id)))
    try:
        with base.faults(), base.transaction() as write:
            # The words follow from the title that was read: who changed it since makes us repeat.
            write.update(stream, actions=actions, condition=model.title == stream.title)
            for word in after:
                write.save(_word(word, creator.id, after))
            for word in set(before) - set(after):
                write.delete(words.Word(*words.word_key(word, creator.id)))
    except TransactWriteError as error:
        raise Unavailable from error
    changed = base.get(key, consistent=True)
    return stream_of(
        changed if isinstance(changed, users.Stream) else stream,
        found.get(live.live_key(creator.id)),
    )
