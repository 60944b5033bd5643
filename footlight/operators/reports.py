"""Anyone reports a channel, or a message and so its author, to the operators."""

import hashlib
from typing import Any

from footlight import clock, limits, standing
from footlight.errors import NotFound, Oneself
from footlight.identities import Guest
from footlight.literals import ReportReason
from footlight.people import addresses, usernames
from footlight.people.callers import Caller, host_and_viewer
from footlight.people.guests import guest_or_new
from footlight.tables import chat, users
from footlight.tables.chat import Message
from footlight.tables.items import Found, Ref, batch_get, get
from footlight.tables.reports import Report, Reported, by_time, report_ref, reported_ref
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import commit, put_new, upsert
from footlight.wire import Wire


class ReportReceipt(Wire):
    """The id of a report. It is the same if the same person reports the same thing again."""

    id: str


def guest_of(caller: Caller) -> Guest | None:
    """Return the guest who calls, perhaps a new one, or None if the caller is signed in."""
    return None if caller.claims else guest_or_new(caller.cookies)


def file_report(
    caller: Caller,
    guest: Guest | None,
    *,
    username: str,
    message_id: str | None,
    reason: ReportReason,
    text: str | None,
) -> tuple[ReportReceipt, bool]:
    """Report a channel or a message. Return the receipt, and whether it is new.

    The report keeps what it is about: the title of the channel and the text of the message. The
    host may have blocked the reporter. `guest` is `guest_of(caller)`.

    Raises:
        NotFound: there is no such channel or message.
        Oneself: the reporter is the target.
    """
    _limit(caller)
    host_id, person = host_and_viewer(caller, usernames.parse(username))
    reporter = person or guest
    if host_id is None or reporter is None:
        raise NotFound
    report_id = _report_id(reporter.id, host_id, message_id or "", reason)
    found = _read(host_id, reporter.id, report_id, message_id)
    standing.require_good_caller(reporter.id, found)
    receipt = ReportReceipt(id=report_id)
    if report_ref(report_id) in found:
        return receipt, False
    profile, stream = found.get(users.profile(host_id)), found.get(users.stream(host_id))
    if profile is None or stream is None or not standing.is_in_good_standing(host_id, found):
        raise NotFound
    message = _message(host_id, message_id, found) if message_id else None
    target_id = message.viewer_id if message else host_id
    if target_id == reporter.id:
        raise Oneself
    now = clock.now()
    report = report_ref(report_id).new(
        reporter_id=reporter.id,
        reporter_name=reporter.name,
        reason=reason,
        text=text or None,
        at=now,
        host_id=host_id,
        host_name=profile.username,
        title=stream.title,
        target_id=target_id,
        target_name=message.name if message else profile.username,
        message_id=message.message_id if message else None,
        message_text=message.text if message else None,
        message_sent_at=clock.from_ms(message.sent_ms) if message else None,
        **by_time(report_id, "open", now).attributes(),
    )
    return receipt, _store(report)


def _store(report: Report) -> bool:
    """Store and count a report. Return False if another request has stored it."""
    counted = upsert(
        reported_ref(report.target_id),
        Reported.open_reports.set((Reported.open_reports | 0) + 1),
    )
    return commit(put_new(report), counted)


def _limit(caller: Caller) -> None:
    if caller.claims:
        limits.count_or_refuse("report", caller.claims.ref.pk)
    else:
        addresses.count_or_refuse("guest_report", caller.address)


def _report_id(*parts: str) -> str:
    """Return the id of what someone reports. The same parts always result in the same id."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _read(host_id: str, reporter_id: str, report_id: str, message_id: str | None) -> Found:
    refs: list[Ref[Any]] = [
        report_ref(report_id),
        users.profile(host_id),
        users.stream(host_id),
        standing_ref(host_id),
        standing_ref(reporter_id),
    ]
    if message_id:
        refs.append(chat.message_id(host_id, message_id))
    return batch_get(*refs, consistent=True)


def _message(host_id: str, message_id: str, found: Found) -> Message:
    claim = found.get(chat.message_id(host_id, message_id))
    message = get(chat.message(host_id, claim.place), consistent=True) if claim else None
    if message is None or message.deleted:
        raise NotFound("There is no such message")
    return message
