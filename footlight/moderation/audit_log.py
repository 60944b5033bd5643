"""The moderation log: who did what to whom, when, and why.

An entry is written in the transaction of its action, and no function may change one. Only the
creator can read the log.
"""

from datetime import datetime, timedelta

from pydantic import Field

from footlight import clock, cursors
from footlight.identities import Person, Viewer
from footlight.literals import ModerationAction
from footlight.tables.audit_log import LogEntry, log_entry, log_of, new_entry_key
from footlight.tables.items import newest
from footlight.tables.transactions import Operation, put_new
from footlight.wire import Instant, Wire

PAGE = 50
LIFETIME = timedelta(days=180)


class LogActor(Wire):
    """The moderator or creator who acted, with the name at that time."""

    id: str
    name: str


class LogTarget(Wire):
    """The viewer that an action was about, with the name at that time."""

    viewer_id: str
    name: str


class ModerationLogEntry(Wire):
    """An action in the moderation log."""

    at: Instant
    by: LogActor
    action: ModerationAction
    whom: LogTarget | None
    text: str | None = Field(description="The text of a deleted message")
    until: Instant | None = Field(description="The end of a timeout")
    reason: str | None


class ModerationLog(Wire):
    """A page of the moderation log, newest entry first."""

    entries: list[ModerationLogEntry]
    next: str | None = Field(description="`cursor` of the next page; null on the last page")


def record(
    host_id: str,
    by: Person,
    action: ModerationAction,
    target: Viewer | None = None,
    *,
    text: str | None = None,
    until: datetime | None = None,
    reason: str | None = None,
) -> Operation:
    """Return the operation that adds an entry. Write it in the action's transaction."""
    now = clock.now()
    entry = log_entry(host_id, new_entry_key(now)).new(
        at=now,
        by_id=by.id,
        by_name=by.name,
        action=action,
        target_id=target.id if target else None,
        target_name=target.name if target else None,
        text=text,
        until=until,
        reason=reason,
        expires_at=now + LIFETIME,
    )
    return put_new(entry)


def read_log(creator: Person, cursor: str | None) -> ModerationLog:
    """Return a page of the log of a creator's channel."""
    before = None if cursor is None else cursors.decode_one(cursor)
    page, has_more = newest(LogEntry, log_of(creator.id), before, PAGE)
    return ModerationLog(
        entries=[_view_of(entry) for entry in page],
        next=cursors.encode(page[-1].sk) if has_more else None,
    )


def _view_of(entry: LogEntry) -> ModerationLogEntry:
    target = (
        LogTarget(viewer_id=entry.target_id, name=entry.target_name or "")
        if entry.target_id
        else None
    )
    return ModerationLogEntry(
        at=entry.at,
        by=LogActor(id=entry.by_id, name=entry.by_name),
        action=entry.action,
        whom=target,
        text=entry.text,
        until=entry.until,
        reason=entry.reason,
    )
