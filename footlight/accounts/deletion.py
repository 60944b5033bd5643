"""Deletion of one's own account: one transaction hides it, and the rest is done in the background.

The transaction deletes the profile, the channel's settings, its search words, and the username's
claim. It marks the account as deleted and writes the outbox item of the rest
(`footlight.accounts.erasure`). From there, the deletion only goes forward.
"""

from footlight import clock, limits
from footlight.accounts.retention import RESERVED
from footlight.aws import background
from footlight.channels.words import channel_words
from footlight.people import usernames
from footlight.people.oidc import Claims
from footlight.tables import deletions, search, users
from footlight.tables.items import batch_get, get
from footlight.tables.standing import Standing, standing_ref, unchanged
from footlight.tables.transactions import (
    ChangedConcurrently,
    Operation,
    delete,
    put,
    put_new,
    retry,
    write,
)
from footlight.tables.users import Name, Profile, Skeleton, Stream, Subject


def delete_account(claims: Claims) -> None:
    """Delete the caller's account. Idempotent. No-op for a person without a username.

    When it returns, the account is invisible for everyone.
    """
    limits.count_or_refuse("write", claims.ref.pk)
    user_id = retry(lambda: _delete(claims))
    if user_id:
        background.finish_deletion(user_id)


def _delete(claims: Claims) -> str | None:
    """Write the deletion. Return the user id, or None if there is no account."""
    subject_ref = claims.ref
    subject = get(subject_ref, consistent=True)
    if subject is None:
        return None
    user_id, username = subject.user_id, subject.username
    profile_ref, stream_ref = users.profile(user_id), users.stream(user_id)
    found = batch_get(profile_ref, stream_ref, standing_ref(user_id), consistent=True)
    profile, stream = found.get(profile_ref), found.get(stream_ref)
    standing = found.get(standing_ref(user_id))
    if profile is None or stream is None:
        raise ChangedConcurrently  # Another request has deleted the account since.
    write(
        delete(subject_ref, condition=Subject.user_id == user_id),
        put(_former_user(subject_ref.pk, user_id, standing)),
        *_reserve_name(user_id, username),
        delete(profile_ref, condition=Profile.pk.exists()),
        # Another title has other words.
        delete(stream_ref, condition=Stream.title == stream.title),
        *(delete(search.word(word, user_id)) for word in channel_words(username, stream.title)),
        _mark_as_deleted(user_id, standing),
        put_new(_outbox_item(claims, user_id, username)),
    )
    return user_id


def _former_user(subject_key: str, user_id: str, standing: Standing | None) -> users.FormerUser:
    former = users.former_user(subject_key).new(user_id=user_id)
    if standing:
        former.suspend(standing)
    return former


def _reserve_name(user_id: str, username: str) -> list[Operation]:
    """Return the operations that turn the claim of a username into a reservation."""
    now = clock.now()
    skeleton = usernames.skeleton(username)
    until = now + RESERVED
    attributes = {"user_id": user_id, "until": until, "expires_at": until}
    return [
        delete(users.name(username), condition=Name.user_id == user_id),
        put(users.name_reservation(username).new(**attributes)),
        delete(users.skeleton(skeleton), condition=Skeleton.user_id == user_id),
        put(users.skeleton_reservation(skeleton).new(**attributes)),
    ]


def _mark_as_deleted(user_id: str, before: Standing | None) -> Operation:
    standing = standing_ref(user_id).new(user_id=user_id, state="deleted", at=clock.now())
    return put(standing, condition=unchanged(before))


def _outbox_item(claims: Claims, user_id: str, username: str) -> deletions.Deletion:
    now = clock.now()
    return deletions.deletion(user_id).new(
        user_id=user_id,
        username=username,
        subject=claims.subject,
        subject_key=claims.ref.pk,
        deleted_at=now,
        due_at=now,
        remaining=set(deletions.STEPS),
        **deletions.by_due(user_id, now).attributes(),
    )
