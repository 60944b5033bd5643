"""A channel's settings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from footlight import clock, limits
from footlight.aws import background
from footlight.channels.views import OwnStream, own_stream_of
from footlight.channels.words import channel_words
from footlight.errors import (
    Unavailable,
)
from footlight.identities import Person
from footlight.tables import base, legacy, live, search, users
from footlight.watching import admission

SignedInOnly = Literal["off", "hour", "always"]
"""Whether guests are kept out: not, for the next hour, until it is changed."""


Setting = bool | int | str | set[str] | datetime | None


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
    limits.count_or_refuse("write", creator.id)
    changes: dict[str, Setting] = dict(settings or {})
    if signed_in_only is not None:
        changes["signed_in_only_until"] = _until(signed_in_only)
    stream, is_changed = legacy.retried(lambda: _change_stream(creator, title, changes))
    if is_changed:
        background.check_channel(creator.id)
    return stream


def _until(signed_in_only: SignedInOnly) -> datetime | Literal["always"] | None:
    match signed_in_only:
        case "off":
            return None
        case "hour":
            return clock.now() + timedelta(hours=1)
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
    stream.title, stream.updated_at = title, now
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
    before = channel_words(creator.username, known)
    after = channel_words(creator.username, title)
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
                    transaction.save(search.word_item(word, creator.id, after))
                for word in set(before) - set(after):
                    transaction.delete(search.Word(*search.word_key(word, creator.id)))
    except (TransactWriteError, UpdateError) as error:
        raise legacy.Overtaken from error
    return own_stream_of(stream, found.get(live_key)), True
