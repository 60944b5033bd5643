"""Operators read the reports, and decide them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pydantic import Field

from footlight import clock, cursors, identities, standing
from footlight.errors import InvalidRequest, NotFound, Unavailable
from footlight.identities import Guest, Person, Viewer
from footlight.literals import Decision, OperatorAction, ReportReason, ReportState
from footlight.operators import log, suspensions
from footlight.operators.role import Operator, count_change
from footlight.standing import Suspension
from footlight.tables.attributes import Changes
from footlight.tables.items import assign_place, batch_get, get, listed_newest
from footlight.tables.reports import (
    Report,
    Reported,
    by_time,
    report_ref,
    reported_ref,
    reports_list,
)
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import Operation, retry, update, write
from footlight.wire import Instant, Wire

PAGE = 20
DECIDED_LIFETIME = timedelta(days=180)
"""As long as the moderation log keeps what moderators did."""

_ACTIONS: Final[dict[Decision, OperatorAction]] = {
    "dismissed": "report_dismissed",
    "warned": "report_warned",
    "suspended": "report_suspended",
}


class ReportedBy(Wire):
    """Who made a report: a user or a guest, with the name at that time."""

    id: str
    name: str


class ReportTarget(Wire):
    """Whom a report is about: a user or a guest, with the name at that time."""

    id: str
    name: str
    is_guest: bool
    suspension: Suspension | None


class ReportedChannel(Wire):
    """The channel of a report, with the title at that time."""

    id: str
    username: str
    title: str


class ReportedMessage(Wire):
    """The reported message, as it was."""

    id: str
    text: str
    sent_at: int = Field(description="Milliseconds since 1970")


class ReportView(Wire):
    """A report, what it was about, and the decision."""

    id: str
    at: Instant
    state: ReportState
    reason: ReportReason
    text: str | None
    by: ReportedBy
    whom: ReportTarget
    channel: ReportedChannel
    message: ReportedMessage | None = Field(description="Null: the report is about the channel")
    decision: Decision | None
    decided_at: Instant | None
    decided_by: str | None = Field(description="The operator's name at that time")
    note: str | None


class Reports(Wire):
    """A page of reports, newest first."""

    reports: list[ReportView]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def read_reports(state: ReportState, cursor: str | None) -> Reports:
    """Return a page of the open reports, or of the decided ones."""
    before = None if cursor is None else cursors.decode_one(cursor)
    entries, has_more = listed_newest(reports_list(state), before=before, limit=PAGE)
    found = batch_get(*(report_ref(entry.owner_id) for entry in entries), consistent=True)
    reports = [
        report
        for entry in entries
        # The index may still have a report that was just decided.
        if (report := found.get(report_ref(entry.owner_id)))
        and report.state == state
        and not _has_expired(report)
    ]
    return Reports(
        reports=_views(reports),
        next=cursors.encode(entries[-1].list_sk) if has_more else None,
    )


def decide(by: Operator, report_id: str, decision: Decision, note: str | None) -> ReportView:
    """Decide a report. Idempotent.

    `suspended` also suspends its target, without an end. `warned` shows a warning to the target, if
    it is a user. Both show the note, or the report's reason. Another decision replaces the first
    one, and takes back its warning, but no warning of another report. It lifts no suspension.

    Raises:
        NotFound: there is no such report.
        InvalidRequest: the target is a guest, who can't be suspended.
        Oneself: the target is the operator.
    """
    count_change(by)
    if decision == "suspended":
        report = _report(report_id)
        if identities.is_guest(report.target_id):
            raise InvalidRequest({"decision": "A guest has no account that could be suspended"})
        target = Person(report.target_id, report.target_name)
        suspensions.suspend_user(by, target, note or report.reason, None)
    return _views([retry(lambda: _decide(by, report_id, decision, note))])[0]


def _decide(by: Operator, report_id: str, decision: Decision, note: str | None) -> Report:
    report = _report(report_id)
    before = report.decision
    if (before, report.note) == (decision, note):
        return report
    now = clock.now()
    changes = Changes(report)
    changes.assign(Report.decision, decision)
    changes.assign(Report.decided_at, now)
    changes.assign(Report.decided_by, by.name)
    changes.assign(Report.note, note)
    changes.assign(Report.expires_at, now + DECIDED_LIFETIME)
    assign_place(changes, by_time(report_id, "decided", now))
    is_unchanged = Report.decision.does_not_exist() if before is None else Report.decision == before
    write(
        update(report_ref(report_id), *changes.actions, condition=is_unchanged),
        log.record(by, _ACTIONS[decision], _target(report), reason=note, report_id=report_id),
        *_change_target(report, report_id, before, decision, note),
    )
    return report


def _change_target(
    report: Report,
    report_id: str,
    before: Decision | None,
    decision: Decision,
    note: str | None,
) -> Iterator[Operation]:
    """Count the target's open reports, and write the warning or take it back."""
    target = reported_ref(report.target_id)
    counted = [Reported.open_reports.set(Reported.open_reports - 1)] if before is None else []
    if decision == "warned":
        warning = _warning(note or report.reason, clock.now(), report_id)
        yield update(target, *counted, *warning.actions)
    elif counted:
        yield update(target, *counted)
    elif before == "warned":
        shown = get(target, consistent=True)
        # A later warning, of another report, stays.
        if shown and shown.warning_report_id == report_id:
            is_its_own = Reported.warning_report_id == report_id
            yield update(target, *_warning(None, None, None).actions, condition=is_its_own)


def _warning(text: str | None, at: datetime | None, report_id: str | None) -> Changes:
    changes = Changes(Reported())
    changes.assign(Reported.warning, text)
    changes.assign(Reported.warned_at, at)
    changes.assign(Reported.warning_report_id, report_id)
    return changes


def _report(report_id: str) -> Report:
    report = get(report_ref(report_id), consistent=True)
    if report is None or _has_expired(report):
        raise NotFound
    return report


def _has_expired(report: Report) -> bool:
    return report.expires_at is not None and report.expires_at <= clock.now()


def _target(report: Report) -> Viewer:
    if identities.is_guest(report.target_id):
        return Guest(report.target_id)
    return Person(report.target_id, report.target_name)


def _views(reports: list[Report]) -> list[ReportView]:
    users = {report.target_id for report in reports if not identities.is_guest(report.target_id)}
    found = batch_get(*map(standing_ref, users), consistent=True)
    return [
        ReportView(
            id=report.pk.partition("#")[2],
            at=report.at,
            state=report.state,
            reason=report.reason,
            text=report.text,
            by=ReportedBy(id=report.reporter_id, name=report.reporter_name),
            whom=ReportTarget(
                id=report.target_id,
                name=report.target_name,
                is_guest=identities.is_guest(report.target_id),
                suspension=standing.suspension_view(report.target_id, found),
            ),
            channel=ReportedChannel(
                id=report.host_id, username=report.host_name, title=report.title
            ),
            message=_message_view(report),
            decision=report.decision,
            decided_at=report.decided_at,
            decided_by=report.decided_by,
            note=report.note,
        )
        for report in reports
    ]


def _message_view(report: Report) -> ReportedMessage | None:
    if report.message_id is None:
        return None
    if report.message_sent_at is None:  # both are written together
        raise Unavailable
    return ReportedMessage(
        id=report.message_id,
        text=report.message_text or "",
        sent_at=clock.ms(report.message_sent_at),
    )
