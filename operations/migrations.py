"""The migrations of the table, oldest first. `operations.migrate` runs them.

A migration gets one item after the other and returns what to write, if anything. It must be
idempotent, and must read what it decides on. Its writes have conditions on what it read, so that a
write of the running site wins. A migration is never changed after a release: add another one, and
say in CHANGELOG.md which release needs it.

Deploy the release first. The site then writes new items as the release does, so only older items
need the migration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from footlight.channels.words import channel_words
from footlight.tables import live, search, users
from footlight.tables.items import Item, batch_get, newest
from footlight.tables.live import LiveState, PastBroadcast
from footlight.tables.search import Word
from footlight.tables.transactions import (
    Operation,
    absent,
    check,
    delete,
    put,
    put_new,
    update,
)
from footlight.tables.users import Profile, Stream


@dataclass(frozen=True)
class Migration:
    """A change of older items. `changes` returns what one item of `models` needs."""

    name: str
    title: str
    models: tuple[type[Item], ...]
    changes: Callable[[Item], list[Operation]]


def rebuild_index(item: Item) -> list[Operation]:
    """Return what corrects a channel's search words, and its place in the list of channels.

    Both follow from the username, the title, and the last change. A release that splits titles into
    other words (`footlight/channels/words.py`) leaves old words behind, which no later change of
    the title would remove. Python's Unicode tables decide which characters are letters, so the same
    is true of a new Python in the functions.
    """
    match item:
        case Stream():
            return _complete(item.user_id)
        case Word():
            return _without_stale(item)
        case _:
            raise TypeError(f"{type(item).__name__} is no part of the index")


def _complete(user_id: str) -> list[Operation]:
    """Add words that a channel lacks, and list it by its last change."""
    stream, profile = _channel(user_id)
    if stream is None or profile is None:
        return []
    words = channel_words(profile.username, stream.title)
    items = [search.word_item(word, user_id, words) for word in words]
    stored = batch_get(*(search.word(word, user_id) for word in words), consistent=True)
    missing: list[Operation] = []
    for word, item in zip(words, items, strict=True):
        existing = stored.get(search.word(word, user_id))
        if existing is None or existing.words != item.words:
            missing.append(put(item))
    is_unchanged = (Stream.title == stream.title) & (Stream.updated_at == stream.updated_at)
    listing = users.by_last_change(user_id, stream.updated_at)
    stream_ref = users.stream(user_id)
    if (stream.list_pk, stream.list_sk) != listing:
        place = [Stream.list_pk.set(listing.list_pk), Stream.list_sk.set(listing.list_sk)]
        return [update(stream_ref, *place, condition=is_unchanged), *missing]
    return [check(stream_ref, is_unchanged), *missing] if missing else []


def _without_stale(word: Word) -> list[Operation]:
    """Delete a word that its channel no longer has, or whose channel is gone."""
    stream, profile = _channel(word.user_id)
    stream_ref = users.stream(word.user_id)
    removal = delete(search.word(word.word, word.user_id))
    if stream is None or profile is None:
        return [absent(stream_ref if stream is None else users.profile(word.user_id)), removal]
    if word.word in channel_words(profile.username, stream.title):
        return []
    return [check(stream_ref, Stream.title == stream.title), removal]


def _channel(user_id: str) -> tuple[Stream | None, Profile | None]:
    """Return the items of a channel from which its words follow."""
    stream_ref, profile_ref = users.stream(user_id), users.profile(user_id)
    found = batch_get(stream_ref, profile_ref, consistent=True)
    return found.get(stream_ref), found.get(profile_ref)


def list_streamed(item: Item) -> list[Operation]:
    """Return what lists a channel on home that streamed before the site wrote that list.

    The site writes a broadcast's start itself, so a channel that is listed already needs nothing.
    """
    match item:
        case LiveState():
            return _list_streamed(item.user_id)
        case PastBroadcast():
            return _list_streamed(item.pk.partition("#")[2])
        case _:
            raise TypeError(f"{type(item).__name__} is no broadcast")


def _list_streamed(user_id: str) -> list[Operation]:
    last_ref, state_ref = live.last_broadcast(user_id), live.live_state(user_id)
    stream_ref = users.stream(user_id)
    found = batch_get(last_ref, state_ref, stream_ref, consistent=True)
    if last_ref in found or stream_ref not in found:
        return []
    state = found.get(state_ref)
    started_at = state.session_started_at if state else None
    if started_at is None:
        past, _ = newest(PastBroadcast, live.past_broadcasts(user_id), None, 1, consistent=True)
        started_at = past[0].started_at if past else None
    if started_at is None:
        return []
    # A deletion of the account, which deletes the stream, erases the rest later.
    return [
        put_new(live.last_broadcast_item(user_id, started_at)),
        check(stream_ref, Stream.pk.exists()),
    ]


MIGRATIONS: Final = (
    Migration(
        "0001-index",
        "Rebuild the words of the search and the list of channels",
        (Stream, Word),
        rebuild_index,
    ),
    Migration(
        "0002-streamed",
        "List the channels that have streamed",
        (LiveState, PastBroadcast),
        list_streamed,
    ),
)
