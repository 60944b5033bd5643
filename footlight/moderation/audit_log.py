"""The log of moderation: who did what, to whom, when and why.

An entry is written in the transaction of what it tells of, and no function may change one. Read by
the creator alone.
"""

import secrets
from datetime import datetime
from typing import Literal

from pydantic import Field

from footlight import clock, cursors
from footlight.identities import Person, Viewer
from footlight.tables import base
from footlight.tables.audit_log import LogEntry, log_of
from footlight.wire import Instant, Wire

PAGE = 50
KEPT_SECONDS = 180 * 24 * 3600

Action = Literal[
    "deleted",
    "cleared",
    "timed_out",
    "timeout_ended",
    "blocked",
    "unblocked",
    "appointed",
    "dismissed",
]


class Moderator(Wire):
    """Who did it, under the name that they had."""

    id: str
    name: str


class Target(Wire):
    """Whom it was done to, under the name that they had."""

    viewer_id: str
    name: str


class Entry(Wire):
    """Something that was done."""

    at: Instant
    by: Moderator
    action: Action
    whom: Target | None
    text: str | None = Field(description="Of the message that was deleted")
    until: Instant | None = Field(description="The end of a time-out")
    reason: str | None


class Log(Wire):
    """A page of the log, newest first."""

    entries: list[Entry]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def entry(
    host_id: str,
    by: Person,
    action: Action,
    whom: Viewer | None = None,
    *,
    text: str | None = None,
    until: datetime | None = None,
    reason: str | None = None,
) -> LogEntry:
    """An entry to be saved with what it tells of."""
    now_ms = clock.now_ms()
    return LogEntry(
        log_of(host_id),
        f"{now_ms:013d}#{secrets.token_hex(4)}",
        at_ms=now_ms,
        by_id=by.id,
        by_name=by.name,
        action=action,
        whom_id=whom.id if whom else None,
        whom_name=whom.name if whom else None,
        text=text,
        until_ms=clock.ms(until) if until else None,
        reason=reason,
        expires_at=now_ms // 1000 + KEPT_SECONDS,
    )


def read(creator: Person, cursor: str | None) -> Log:
    """A page of what was done on a creator's channel. Raises InvalidRequest, Unavailable."""
    before = None if cursor is None else cursors.decode_one(cursor)
    page, has_more = base.newest(LogEntry, log_of(creator.id), before, PAGE)
    return Log(
        entries=[_entry(one) for one in page],
        next=cursors.encode(page[-1].sk) if has_more else None,
    )


def _entry(stored: LogEntry) -> Entry:
    action: Action = stored.action  # pyright: ignore[reportAssignmentType] - as `entry` wrote it
    return Entry(
        at=clock.from_ms(int(stored.at_ms)),
        by=Moderator(id=stored.by_id, name=stored.by_name),
        action=action,
        whom=Target(viewer_id=stored.whom_id, name=stored.whom_name or "")
        if stored.whom_id
        else None,
        text=stored.text,
        until=clock.from_ms(int(stored.until_ms)) if stored.until_ms else None,
        reason=stored.reason,
    )
