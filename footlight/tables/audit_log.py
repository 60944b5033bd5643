"""The log of moderation: items that are written once, with what they tell of, and never changed."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from footlight.tables.base import Item


class LogEntry(Item, discriminator="modlog"):
    """Who did what, to whom, when and why. Names as they were then."""

    at_ms = NumberAttribute()
    by_id = UnicodeAttribute()
    by_name = UnicodeAttribute()
    action = UnicodeAttribute()
    whom_id = UnicodeAttribute(null=True)
    whom_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    until_ms = NumberAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


def log_of(host: str) -> str:
    """`pk` of all entries about a host's channel, in their order."""
    return f"MODLOG#{host}"
