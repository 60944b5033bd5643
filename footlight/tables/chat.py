"""The chat of each host: its messages, and what is known of those who write. Gone by their time."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from footlight.tables.base import Item, Key


class Message(Item, discriminator="message"):
    """A message, in the order of the chat. Of one that was deleted the text is gone.

    `links`: start, end and address of each, as `footlight.chat.links` found them.
    """

    message_id = UnicodeAttribute()
    sent_ms = NumberAttribute()
    text = UnicodeAttribute()
    links: JSONAttribute = JSONAttribute(null=True)
    viewer_id = UnicodeAttribute()
    identity = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    deleted = BooleanAttribute(default=False)
    expires_at = NumberAttribute()


class MessageId(Item, discriminator="message_id"):
    """Whose message it is that has this id, and where it stands: a repeat is known by it."""

    viewer_id = UnicodeAttribute()
    place = UnicodeAttribute()
    expires_at = NumberAttribute()


class Chatter(Item, discriminator="chatter"):
    """What somebody wrote last in a chat, and how often lately: `times` within `window`."""

    last_sent_ms = NumberAttribute()
    last_text = UnicodeAttribute()
    window = NumberAttribute()
    times = NumberAttribute()
    expires_at = NumberAttribute()


class Timeout(Item, discriminator="timeout"):
    """Somebody who may not write for a while; `name` as they were called then."""

    until_ms = NumberAttribute()
    name = UnicodeAttribute()
    by_name = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


def messages_list(host: str) -> str:
    """`pk` of all messages in a host's chat."""
    return f"CHAT#{host}"


def place(sent_ms: int, message_id: str) -> str:
    """`sk` of a message: by time, and by id within a millisecond."""
    return f"{sent_ms:013d}#{message_id}"


def message_id_key(host: str, message_id: str) -> Key:
    return f"CHATID#{host}", message_id


def chatter_key(host: str, who: str) -> Key:
    return f"CHATTER#{host}", who


def timeout_key(host: str, who: str) -> Key:
    return timeouts_list(host), who


def timeouts_list(host: str) -> str:
    """`pk` of all whom a host's moderators have timed out."""
    return f"TIMEOUT#{host}"
