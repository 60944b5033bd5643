"""Stored messages: pages of the chat, and the deletion of messages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import NamedTuple

from footlight import clock, cursors, settings
from footlight.chat.room import ChatLink, ChatMessage, MessageSender
from footlight.tables import chat
from footlight.tables.chat import Chatter, Message
from footlight.tables.items import get
from footlight.tables.transactions import Operation, update, upsert

PAGE = 50

MAX_READ = 1000
"""Messages read for one page. If most of them are deleted, the page is short and has a cursor."""

MAX_PURGE_QUERIES, MAX_PURGED = 5, 500
"""So that a purge ends within a request: each query reads `MAX_READ` messages, and each write
deletes 25."""

CHATTER_LIFETIME = timedelta(hours=24)
RECORD_MARGIN = timedelta(hours=24)
"""How much longer than a day's first message the record of a chat is kept. It must outlive all
messages of that day."""
"""Longer than the longest slow mode."""

_LAST_MS = 10**13 - 1
"""The latest time that a place can contain."""


def expires_at(now: datetime) -> datetime:
    """Return when a message that is posted now expires."""
    return now + timedelta(hours=settings.chat_history_hours())


def message_of(stored: Message) -> ChatMessage:
    """Return a stored message as it is sent to pages."""
    return ChatMessage(
        id=stored.message_id,
        text=stored.text,
        sent_at=stored.sent_ms,
        sender=MessageSender(identity=stored.identity, name=stored.name, role=stored.role),
        links=[ChatLink(start=start, end=end, url=url) for start, end, url in stored.links or ()],
    )


def page(host_id: str, before: str | None, cleared_ms: int) -> tuple[list[ChatMessage], str | None]:
    """Return a page of messages, oldest first, and the cursor of the previous page.

    Without the cursor `before`, it is the newest page. Messages up to `cleared_ms` are hidden.
    """
    first = chat.message_place(cleared_ms + 1, "")
    last = (
        chat.message_place(_LAST_MS, "") if before is None else cursors.decode_one(before, "before")
    )
    if last < first:
        return [], None
    entries = list(islice(_newest_first(host_id, first, last), PAGE + 1))
    shown = [entry.message for entry in entries[:PAGE] if entry.message]
    following = entries[len(shown) :]
    messages = [message_of(message) for message in reversed(shown)]
    return messages, cursors.encode(following[0].cursor) if following else None


class _Entry(NamedTuple):
    """A message, or None at `MAX_READ`. `cursor` is that of a page that begins with this entry."""

    cursor: str
    message: Message | None


def _newest_first(host_id: str, first: str, last: str) -> Iterator[_Entry]:
    """Yield messages that are neither deleted nor expired, from just before `last` to `first`."""
    now, cursor = clock.now(), last
    # DynamoDB deletes expired messages late. All messages before an expired one have expired, too.
    unexpired = takewhile(
        lambda message: message.expires_at > now,
        chat.messages_between(host_id, first, last, page_size=PAGE + 2),
    )
    for number, message in enumerate(unexpired, 1):
        if message.sk != last and not message.deleted:
            yield _Entry(cursor, message)
            cursor = message.sk
        if number == MAX_READ:
            yield _Entry(message.sk, None)
            return


def find_message(host_id: str, message_id: str) -> Message | None:
    """Return a message by its id, or None if it doesn't exist or has expired."""
    claim = get(chat.message_id(host_id, message_id), consistent=True)
    return get(chat.message(host_id, claim.place), consistent=True) if claim else None


def deletion(host_id: str, message: Message) -> Operation:
    """Return the operation that deletes a message. Its condition fails if it is deleted already."""
    return update(
        chat.message(host_id, message.sk),
        Message.deleted.set(True),
        Message.text.set(""),
        Message.links.remove(),
        condition=Message.deleted.is_in(False),
    )


def fence(host_id: str, viewer_id: str) -> Operation:
    """Return the operation that makes messages in flight from a viewer be checked again.

    A post that read the counter before the fence fails its condition, and retries. Write the fence
    in the transaction of a timeout or block, before `purge`.
    """
    now = clock.now()
    return upsert(
        chat.chatter(viewer_id),
        Chatter.window.set(Chatter.window | 0),
        Chatter.times.set(Chatter.times | 0),
        Chatter.fences.set((Chatter.fences | 0) + 1),
        Chatter.fenced.add({host_id}),
        Chatter.fenced_ms.set(clock.ms(now)),
        Chatter.expires_at.set(now + CHATTER_LIFETIME),
    )


def purge(host_id: str, viewer_id: str) -> None:
    """Delete a viewer's recent messages. Idempotent.

    It reaches the newest 5,000 messages of the chat and 500 of the viewer's. Older messages are
    beyond what current viewers have on their pages.
    """
    recent = chat.newest_messages_of(
        host_id, viewer_id, page_size=MAX_READ, max_pages=MAX_PURGE_QUERIES, limit=MAX_PURGED
    )
    chat.erase(recent)
