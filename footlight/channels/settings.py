"""A creator changes the settings of their channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from footlight import clock, limits
from footlight.aws import background
from footlight.channels.views import OwnStream, own_stream_view
from footlight.channels.words import channel_words
from footlight.identities import Person
from footlight.standing import require_good_caller
from footlight.tables import live, search, users
from footlight.tables.attributes import Changes
from footlight.tables.items import assign_place, batch_get
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import Operation, delete, put, retry, update, write
from footlight.tables.users import Stream

SignedInOnly = Literal["off", "hour", "always"]
"""Whether only signed-in viewers can watch: no, for the next hour, or until it is changed."""


@dataclass(frozen=True)
class StreamChanges:
    """Changes to a channel's settings. None leaves a setting as it is."""

    title: str | None = None
    is_chat_enabled: bool | None = None
    is_chat_delayed: bool | None = None
    is_chat_followers_only: bool | None = None
    chat_delay_seconds: int | None = None
    chat_followers_minutes: int | None = None
    is_chat_signed_in_only: bool | None = None
    are_chat_links_blocked: bool | None = None
    are_chat_repeats_blocked: bool | None = None
    chat_blocked_words: frozenset[str] | None = None
    signed_in_only: SignedInOnly | None = None
    is_for_adults: bool | None = None


def change_stream(creator: Person, changes: StreamChanges) -> OwnStream:
    """Change settings, and the words by which the channel is found. Idempotent.

    A background check then updates the room's metadata and removes guests who may no longer watch.
    """
    limits.count_or_refuse("write", creator.id)
    stream = retry(lambda: _change_stream(creator, changes))
    if changes != StreamChanges():
        background.check_channel(creator.id)
    return stream


def _change_stream(creator: Person, changes: StreamChanges) -> OwnStream:
    stream_ref, state_ref = users.stream(creator.id), live.live_state(creator.id)
    found = batch_get(stream_ref, state_ref, standing_ref(creator.id), consistent=True)
    require_good_caller(creator.id, found)
    stream, live_state = found.require(stream_ref), found.get(state_ref)
    if changes == StreamChanges():
        return own_stream_view(stream, live_state)
    title_before = stream.title
    applied = _apply(changes, stream)
    # The words to write follow from the title that was read, so it must be unchanged.
    is_unchanged = Stream.title == title_before
    write(
        update(stream_ref, *applied.actions, condition=is_unchanged),
        *_rewrite_words(creator, before=title_before, after=stream.title),
    )
    return own_stream_view(stream, live_state)


def _apply(changes: StreamChanges, stream: Stream) -> Changes:
    """Apply the changes to the item, and return them as update actions."""
    now = clock.now()
    applied = Changes(stream)
    applied.assign(Stream.title, stream.title if changes.title is None else changes.title)
    applied.assign(Stream.updated_at, now)
    assign_place(applied, users.by_last_change(stream.user_id, now))
    applied.assign_given(Stream.is_chat_enabled, changes.is_chat_enabled)
    applied.assign_given(Stream.is_chat_delayed, changes.is_chat_delayed)
    applied.assign_given(Stream.is_chat_followers_only, changes.is_chat_followers_only)
    applied.assign_given(Stream.chat_delay_seconds, changes.chat_delay_seconds)
    applied.assign_given(Stream.chat_followers_minutes, changes.chat_followers_minutes)
    applied.assign_given(Stream.is_chat_signed_in_only, changes.is_chat_signed_in_only)
    applied.assign_given(Stream.are_chat_links_blocked, changes.are_chat_links_blocked)
    applied.assign_given(Stream.are_chat_repeats_blocked, changes.are_chat_repeats_blocked)
    if changes.chat_blocked_words is not None:
        applied.assign(Stream.chat_blocked_words, set(changes.chat_blocked_words))
    applied.assign_given(Stream.is_for_adults, changes.is_for_adults)
    if changes.signed_in_only is not None:
        applied.assign(Stream.signed_in_only_until, _until(changes.signed_in_only, now))
    return applied


def _until(signed_in_only: SignedInOnly, now: datetime) -> datetime | Literal["always"] | None:
    match signed_in_only:
        case "off":
            return None
        case "hour":
            return now + timedelta(hours=1)
        case "always":
            return users.ALWAYS


def _rewrite_words(creator: Person, *, before: str, after: str) -> list[Operation]:
    """Return the operations that replace the search words of one title by those of another."""
    old, new = channel_words(creator.username, before), channel_words(creator.username, after)
    if old == new:
        return []
    return [
        *(put(search.word_item(word, creator.id, new)) for word in new),
        *(delete(search.word(word, creator.id)) for word in set(old) - set(new)),
    ]
