"""The chat of each host: its messages, and what is known of those who write. Gone by their time."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from footlight.literals import Role
from footlight.tables.attributes import IntegerAttribute, LiteralAttribute, optional
from footlight.tables.items import Item, Ref

Key = tuple[str, str]


class Message(Item, discriminator="message"):
    """A message, in the order of the chat. Of one that was deleted the text is gone.

    `links`: start, end and address of each, as `footlight.chat.links` found them.
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
    expires_at = IntegerAttribute()


class MessageId(Item, discriminator="message_id"):
    """Whose message it is that has this id, and where it stands: a repeat is known by it."""

    viewer_id = UnicodeAttribute()
    place = UnicodeAttribute()
    expires_at = IntegerAttribute()


class Chatter(Item, discriminator="chatter"):
    """What somebody wrote last in a chat, and how often lately: `times` within `window`."""

    last_sent_ms = IntegerAttribute()
    last_text = UnicodeAttribute()
    window = IntegerAttribute()
    times = IntegerAttribute()
    expires_at = IntegerAttribute()


class Timeout(Item, discriminator="timeout"):
    """Somebody who may not write for a while; `name` as they were called then."""

    until_ms = IntegerAttribute()
    name = UnicodeAttribute()
    by_name = UnicodeAttribute()
    reason = optional(UnicodeAttribute())
    expires_at = IntegerAttribute()


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


def message(host_id: str, place_: str) -> Ref[Message]:
    return Ref(Message, messages_list(host_id), place_)


def message_id(host_id: str, id_: str) -> Ref[MessageId]:
    return Ref(MessageId, f"CHATID#{host_id}", id_)


def chatter(host_id: str, viewer_id: str) -> Ref[Chatter]:
    return Ref(Chatter, f"CHATTER#{host_id}", viewer_id)


def timeout(host_id: str, viewer_id: str) -> Ref[Timeout]:
    return Ref(Timeout, timeouts_list(host_id), viewer_id)
