"""A host's chat: its messages, the chatters' counters, and timeouts. All of them expire."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from footlight.literals import Role
from footlight.tables.attributes import (
    ExpiryAttribute,
    IntegerAttribute,
    LiteralAttribute,
    MillisecondsAttribute,
    optional,
)
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Ref, pages


class Message(Item, discriminator="message"):
    """A message. `sk` is its place: messages sort by time.

    `links` are the start, end, and URL of each link, as `footlight.chat.links` found them. A
    deleted message has neither text nor links.
    """

    message_id = UnicodeAttribute()
    sent_ms = IntegerAttribute()
    text = UnicodeAttribute()
    links: JSONAttribute = JSONAttribute(null=True)
    viewer_id = UnicodeAttribute()
    identity = UnicodeAttribute()
    name = UnicodeAttribute()
    role = LiteralAttribute[Role]()
    deleted = BooleanAttribute(default=False)
    expires_at = ExpiryAttribute()


class MessageId(Item, discriminator="message_id"):
    """The sender and the place of the message with an id. It makes a repeated post idempotent."""

    viewer_id = UnicodeAttribute()
    place = UnicodeAttribute()
    expires_at = ExpiryAttribute()


class Chatter(Item, discriminator="chatter"):
    """A viewer's recent messages in all chats, and the number of them in the rate-limit window.

    `window` is the number of the window since 1970. `chats` maps the id of a host to the time of
    the viewer's last message in that chat, in milliseconds, and to its fingerprint.

    `fences` counts the fences, see `footlight.chat.messages.fence`. `fenced` are the hosts in whose
    chats no message has been stored since a fence. `fenced_ms` is the time of the last fence.
    """

    window = IntegerAttribute()
    times = IntegerAttribute()
    chats: JSONAttribute = JSONAttribute(null=True)
    fences = IntegerAttribute()
    fenced = optional(UnicodeSetAttribute())
    fenced_ms = optional(IntegerAttribute())
    expires_at = ExpiryAttribute()

    def last_messages(self) -> dict[str, tuple[int, str]]:
        """Return the time and the fingerprint of the last message in each recent chat, by host."""
        return {host_id: (sent_ms, text) for host_id, (sent_ms, text) in (self.chats or {}).items()}


class WrittenChat(Item, discriminator="written_chat"):
    """A chat in which a user has written. `sk` is the host's id. It outlives the messages.

    The export and the deletion of an account find the user's messages by it. The first message of
    a day writes it, so most messages cost nothing more.
    """

    expires_at = ExpiryAttribute()


class Timeout(Item, discriminator="timeout"):
    """A viewer who can't write for a while. `name` is the viewer's name at that time."""

    until = MillisecondsAttribute(attr_name="until_ms")
    name = UnicodeAttribute()
    by_name = UnicodeAttribute()
    reason = optional(UnicodeAttribute())
    expires_at = ExpiryAttribute()


def message(host_id: str, place: str) -> Ref[Message]:
    return Ref(Message, messages_list(host_id), place)


def message_place(sent_ms: int, message_id: str) -> str:
    """Return the place of a message: by time, and by id within a millisecond."""
    return f"{sent_ms:013d}#{message_id}"


def message_id(host_id: str, id_: str) -> Ref[MessageId]:
    return Ref(MessageId, message_ids(host_id), id_)


def chatter(viewer_id: str) -> Ref[Chatter]:
    return Ref(Chatter, f"CHATTER#{viewer_id}", "CHATTER")


def timeout(host_id: str, viewer_id: str) -> Ref[Timeout]:
    return Ref(Timeout, timeouts_list(host_id), viewer_id)


def written_chat(user_id: str, host_id: str) -> Ref[WrittenChat]:
    return Ref(WrittenChat, written_chats(user_id), host_id)


def written_chats(user_id: str) -> str:
    """Return the `pk` of all chats in which a user has written."""
    return f"WROTE#{user_id}"


def timeouts_list(host_id: str) -> str:
    """Return the `pk` of all timeouts in a host's chat. `sk` is the viewer's id."""
    return f"TIMEOUT#{host_id}"


def message_ids(host_id: str) -> str:
    """Return the `pk` of the ids of all messages in a host's chat."""
    return f"CHATID#{host_id}"


def messages_list(host_id: str) -> str:
    """Return the `pk` of all messages in a host's chat."""
    return f"CHAT#{host_id}"


def messages_between(host_id: str, first: str, last: str, page_size: int) -> Iterator[Message]:
    """Yield the messages from place `first` to place `last`, newest first."""
    with unavailable_on_faults():
        yield from Message.query(
            messages_list(host_id),
            Message.sk.between(first, last),
            consistent_read=True,
            scan_index_forward=False,
            page_size=page_size,
        )


def message_pages_of(host_id: str, viewer_id: str) -> Iterator[list[Message]]:
    """Yield all messages of a viewer in a host's chat, newest first.

    A page has the matches among the messages that DynamoDB read for it, so it may be empty.
    """
    return pages(Message, messages_list(host_id), filter_condition=Message.viewer_id == viewer_id)


def newest_messages_of(
    host_id: str, viewer_id: str, *, page_size: int, max_pages: int, limit: int
) -> list[Message]:
    """Return up to `limit` messages of a viewer that aren't deleted, newest first.

    The search ends after `max_pages` queries, each of `page_size` messages of the chat.
    """
    with unavailable_on_faults():
        pages = Message.query(
            messages_list(host_id),
            filter_condition=(Message.viewer_id == viewer_id) & Message.deleted.is_in(False),
            consistent_read=True,
            scan_index_forward=False,
            page_size=page_size,
        ).page_iter
        items = (item for page in islice(pages, max_pages) for item in page["Items"])
        return [Message.from_raw_data(item) for item in islice(items, limit)]


def erase(messages: Iterable[Message]) -> None:
    """Mark messages as deleted and remove their text and links, 25 in one BatchWriteItem."""
    with unavailable_on_faults(), Message.batch_write() as batch:
        for message in messages:
            message.deleted, message.text, message.links = True, "", None
            batch.save(message)


def running_timeouts(host_id: str, now: datetime, limit: int) -> list[Timeout]:
    """Return up to `limit` timeouts in a host's chat that end after `now`."""
    with unavailable_on_faults():
        return list(
            Timeout.query(
                timeouts_list(host_id),
                filter_condition=Timeout.until > now,
                consistent_read=True,
                limit=limit,
            )
        )
