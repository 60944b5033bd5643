"""The operators' log: who did what to whom, when, and why.

An entry is written in the transaction of its action, and no function may change one.
"""

from datetime import datetime

from pydantic import Field

from footlight import clock, cursors
from footlight.identities import Viewer
from footlight.literals import OperatorAction
from footlight.operators.role import Operator
from footlight.tables.audit_log import new_entry_key
from footlight.tables.items import newest
from footlight.tables.operators import LOG, OperatorEntry, operator_entry
from footlight.tables.transactions import Operation, put_new
from footlight.wire import Instant, Wire

PAGE = 50


class OperatorActor(Wire):
    """The operator who acted, with the name at that time."""

    id: str | None = Field(description="Null for a command of the shell")
    name: str


class OperatorTarget(Wire):
    """The user, or guest, whom an action was about, with the name at that time."""

    id: str
    name: str


class OperatorLogEntry(Wire):
    """An action of an operator."""

    at: Instant
    by: OperatorActor
    action: OperatorAction
    whom: OperatorTarget
    reason: str | None
    until: Instant | None = Field(description="The end of a suspension, if it has one")
    report_id: str | None = Field(description="The report that was decided")


class OperatorLog(Wire):
    """A page of the operators' log, newest entry first."""

    entries: list[OperatorLogEntry]
    next: str | None = Field(description="`cursor` of the next page; null on the last page")


def record(
    by: Operator,
    action: OperatorAction,
    target: Viewer,
    *,
    reason: str | None = None,
    until: datetime | None = None,
    report_id: str | None = None,
) -> Operation:
    """Return the operation that adds an entry. Write it in the action's transaction."""
    now = clock.now()
    entry = operator_entry(new_entry_key(now)).new(
        at=now,
        by_id=by.id,
        by_name=by.name,
        action=action,
        target_id=target.id,
        target_name=target.name,
        reason=reason,
        until=until,
        report_id=report_id,
    )
    return put_new(entry)


def read_log(cursor: str | None) -> OperatorLog:
    """Return a page of the log."""
    before = None if cursor is None else cursors.decode_one(cursor)
    page, has_more = newest(OperatorEntry, LOG, before, PAGE, consistent=True)
    return OperatorLog(
        entries=[_view_of(entry) for entry in page],
        next=cursors.encode(page[-1].sk) if has_more else None,
    )


def _view_of(entry: OperatorEntry) -> OperatorLogEntry:
    return OperatorLogEntry(
        at=entry.at,
        by=OperatorActor(id=entry.by_id, name=entry.by_name),
        action=entry.action,
        whom=OperatorTarget(id=entry.target_id, name=entry.target_name),
        reason=entry.reason,
        until=entry.until,
        report_id=entry.report_id,
    )
