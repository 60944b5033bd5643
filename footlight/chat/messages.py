"""The messages of a chat as they are kept: a page of them, one of them, none of somebody's."""

from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock, cursors, settings
from footlight.chat.room import ChatLink, ChatMessage, Sender
from footlight.chat.rules import Role
from footlight.tables import base, legacy
from footlight.tables.chat import (
    Chatter,
    Message,
    MessageId,
    chatter_key,
    message_id_key,
    messages_list,
    place,
)

PAGE = 50

MOST_READ = 1000
"""Of a chat in which most was deleted: a page may then be short, and the next one goes on."""

PURGED_PAGES, MOST_PURGED = 5, 500
"""Within a request's time: each page of `MOST_READ` is a query, 25 of the purged are a write."""

CHATTER_KEPT_SECONDS = 24 * 3600
"""Longer than the longest slow mode."""


def expires_at(now_ms: int) -> int:
    """When what is written now is forgotten, in seconds since 1970."""
    return now_ms // 1000 + settings.chat_history_hours() * 3600


def message_of(stored: Message) -> ChatMessage:
    """A message as the wire has it."""
    role: Role = stored.role  # pyright: ignore[reportAssignmentType] - as `posting` wrote it
    return ChatMessage(
        id=stored.message_id,
        text=stored.text,
        sent_at=int(stored.sent_ms),
        sender=Sender(identity=stored.identity, name=stored.name, role=role),
        links=[ChatLink(start=start, end=end, url=url) for start, end, url in stored.links or ()],
    )


def page(host_id: str, before: str | None, cleared_ms: int) -> tuple[list[ChatMessage], str | None]:
    """The newest page, or the one before a cursor: oldest first, and the cursor of the one before.

    `cleared_ms`: what was said until then is not shown. Raises InvalidRequest.
    """
    begin = place(cleared_ms + 1, "")
    end = place(10**13 - 1, "") if before is None else cursors.decode_one(before, "before")
    if end < begin:
        return [], None
    now = clock.now_ms() // 1000
    shown: list[Message] = []
    next_end: str | None = None
    with base.faults():
        newest_first = Message.query(
            messages_list(host_id),
            Message.sk.between(begin, end),
            consistent_read=True,
            scan_index_forward=False,
            page_size=PAGE + 2,
        )
        for number, message in enumerate(newest_first, 1):
            if message.expires_at <= now:  # which DynamoDB deletes late, and all before it
                break
            if message.sk != end and not message.deleted:  # `between` takes in its ends
                if len(shown) == PAGE:
                    next_end = shown[-1].sk
                    break
                shown.append(message)
            if number == MOST_READ:
                next_end = message.sk
                break
    messages = [message_of(message) for message in reversed(shown)]
    return messages, next_end and cursors.encode(next_end)


def delete(message: Message, add: Callable[[TransactWrite], None]) -> None:
    """Takes a message's text away, in one transaction with what `add` puts to it.

    Nothing is done where that was done before. Raises Unavailable.
    """

    def write(transaction: TransactWrite) -> None:
        transaction.update(
            Message(message.pk, message.sk),
            actions=[Message.deleted.set(True), Message.text.set(""), Message.links.remove()],
            condition=Message.deleted.is_in(False),
        )
        add(transaction)

    with suppress(TransactWriteError):  # another moderator was faster
        legacy.commit(write)


def find(host_id: str, message_id: str) -> Message | None:
    """A message by its id; None where there is none, or no more."""
    known = base.get(message_id_key(host_id, message_id), consistent=True)
    if not isinstance(known, MessageId):
        return None
    message = base.get((messages_list(host_id), known.place), consistent=True)
    return message if isinstance(message, Message) else None


def overtake(transaction: TransactWrite, host_id: str, viewer_id: str) -> None:
    """Part of a transaction by which somebody may not write any more, before `purge`.

    A message of theirs that was let through before and is not stored yet is not stored any more:
    it is held to the window that it has read, and is decided again.
    """
    now_ms = clock.now_ms()
    transaction.update(
        Chatter(*chatter_key(host_id, viewer_id)),
        actions=[
            Chatter.kind.set(Chatter),
            Chatter.window.set(-now_ms),  # that of no message
            Chatter.times.set(0),
            Chatter.last_sent_ms.set(Chatter.last_sent_ms | 0),
            Chatter.last_text.set(Chatter.last_text | ""),
            Chatter.expires_at.set(now_ms // 1000 + CHATTER_KEPT_SECONDS),
        ],
    )


def is_overtaken(chatter: base.Item | None) -> bool:
    """Whether nothing has been stored of somebody since `overtake`."""
    return isinstance(chatter, Chatter) and chatter.window < 0


def purge(host_id: str, viewer_id: str) -> None:
    """Takes away the text of what somebody has written lately. Safe to repeat. Raises Unavailable.

    Of the newest 5000 messages of the chat, and 500 of theirs at most: further back nobody looks
    who is there now.
    """
    with base.faults():
        newest = Message.query(
            messages_list(host_id),
            filter_condition=(Message.viewer_id == viewer_id) & Message.deleted.is_in(False),
            consistent_read=True,
            scan_index_forward=False,
            page_size=MOST_READ,
        ).page_iter
        found = (item for page in islice(newest, PURGED_PAGES) for item in page["Items"])
        theirs = [Message.from_raw_data(item) for item in islice(found, MOST_PURGED)]
        with Message.batch_write() as batch:
            for message in theirs:
                message.deleted, message.text, message.links = True, "", None
                batch.save(message)
