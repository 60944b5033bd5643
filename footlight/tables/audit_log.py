"""The moderation log: entries are written together with the actions, and never changed."""

import secrets
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from footlight import clock
from footlight.literals import ModerationAction
from footlight.tables.attributes import (
    ExpiryAttribute,
    LiteralAttribute,
    MillisecondsAttribute,
    optional,
)
from footlight.tables.items import Item, Ref


class LogEntry(Item, discriminator="modlog"):
    """One action of a moderator: who did what to whom, when, and why.

    Names are those at that time. `until` is the end of a timeout, `text` the text of a deleted
    message.
    """

    at = MillisecondsAttribute(attr_name="at_ms")
    by_id = UnicodeAttribute()
    by_name = UnicodeAttribute()
    action = LiteralAttribute[ModerationAction]()
    target_id = optional(UnicodeAttribute(attr_name="whom_id"))
    target_name = optional(UnicodeAttribute(attr_name="whom_name"))
    text = optional(UnicodeAttribute())
    until = optional(MillisecondsAttribute(attr_name="until_ms"))
    reason = optional(UnicodeAttribute())
    expires_at = ExpiryAttribute()


def new_entry_key(at: datetime) -> str:
    """Return the sort key of a new entry of a log. A random part keeps one millisecond's apart."""
    return f"{clock.ms(at):013d}#{secrets.token_hex(4)}"


def log_entry(host_id: str, sort_key: str) -> Ref[LogEntry]:
    """Return the reference to an entry. `sort_key` begins with the time: entries sort by it."""
    return Ref(LogEntry, log_of(host_id), sort_key)


def log_of(host_id: str) -> str:
    """Return the `pk` of all entries about a host's channel."""
    return f"MODLOG#{host_id}"
