"""The log of moderation: items that are written once, with what they tell of, and never changed."""

from pynamodb.attributes import UnicodeAttribute

from footlight.literals import ModerationAction
from footlight.tables.attributes import IntegerAttribute, LiteralAttribute, optional
from footlight.tables.items import Item


class LogEntry(Item, discriminator="modlog"):
    """Who did what, to whom, when and why. Names as they were then."""

    at_ms = IntegerAttribute()
    by_id = UnicodeAttribute()
    by_name = UnicodeAttribute()
    action = LiteralAttribute[ModerationAction]()
    whom_id = optional(UnicodeAttribute())
    whom_name = optional(UnicodeAttribute())
    text = optional(UnicodeAttribute())
    until_ms = optional(IntegerAttribute())
    reason = optional(UnicodeAttribute())
    expires_at = IntegerAttribute()


def log_of(host: str) -> str:
    """`pk` of all entries about a host's channel, in their order."""
    return f"MODLOG#{host}"
