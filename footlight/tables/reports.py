"""Reports of channels and messages, and the number of open ones about someone."""

from datetime import datetime
from typing import Final

from pynamodb.attributes import UnicodeAttribute

from footlight import clock
from footlight.literals import Decision, ReportReason, ReportState
from footlight.tables.attributes import (
    ExpiryAttribute,
    InstantAttribute,
    IntegerAttribute,
    LiteralAttribute,
    MillisecondsAttribute,
    optional,
)
from footlight.tables.items import Item, Listing, Ref

_LISTS: Final[dict[ReportState, str]] = {"open": "REPORTS#open", "decided": "REPORTS#decided"}


class Report(Item, discriminator="report"):
    """A report, and what it was about at that time. Names are those at that time, too.

    The target is a user or a guest. Without a message, the report is about the whole channel, and
    the target is the host. Decided reports expire.
    """

    reporter_id = UnicodeAttribute()
    reporter_name = UnicodeAttribute()
    reason = LiteralAttribute[ReportReason]()
    text = optional(UnicodeAttribute())
    at = InstantAttribute()
    host_id = UnicodeAttribute()
    host_name = UnicodeAttribute()
    title = UnicodeAttribute()
    target_id = UnicodeAttribute()
    target_name = UnicodeAttribute()
    message_id = optional(UnicodeAttribute())
    message_text = optional(UnicodeAttribute())
    message_sent_at = optional(MillisecondsAttribute(attr_name="message_sent_ms"))
    decision = optional(LiteralAttribute[Decision]())
    decided_at = optional(InstantAttribute())
    decided_by = optional(UnicodeAttribute())
    note = optional(UnicodeAttribute())
    expires_at = optional(ExpiryAttribute())

    @property
    def state(self) -> ReportState:
        return "decided" if self.decision else "open"


class Reported(Item, discriminator="reported"):
    """The number of open reports about a user or a guest, and the last warning of a user."""

    open_reports = IntegerAttribute(default=0)
    warning = optional(UnicodeAttribute())
    warned_at = optional(InstantAttribute())
    warning_report_id = optional(UnicodeAttribute())


def report_ref(report_id: str) -> Ref[Report]:
    return Ref(Report, f"REPORT#{report_id}", "REPORT")


def reported_ref(target_id: str) -> Ref[Reported]:
    return Ref(Reported, f"REPORTED#{target_id}", "REPORTED")


def reports_list(state: ReportState) -> str:
    """Return the `list_pk` of all open reports, or of all decided ones."""
    return _LISTS[state]


def by_time(report_id: str, state: ReportState, at: datetime) -> Listing:
    """Return the place of a report: by when it was made, or when it was decided."""
    return Listing(reports_list(state), f"{clock.iso(at)}#{report_id}")
