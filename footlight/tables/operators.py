"""Operators: who has the role, and the log of what they did."""

from pynamodb.attributes import UnicodeAttribute

from footlight.literals import OperatorAction
from footlight.tables.attributes import (
    InstantAttribute,
    LiteralAttribute,
    MillisecondsAttribute,
    optional,
)
from footlight.tables.items import Item, Ref

LOG = "OPLOG"
"""The `pk` of all entries of the operators' log, which sort by their time."""


class Operator(Item, discriminator="operator"):
    """The role of an operator. No function may write it, only `make operator`."""

    at = InstantAttribute()


class OperatorEntry(Item, discriminator="oplog"):
    """One action of an operator: who did what to whom, when, and why. Names are those at that time.

    `by_id` is None for a command of the shell. `until` is the end of a suspension. A decision has
    the `report_id`, and its target may be a guest.
    """

    at = MillisecondsAttribute(attr_name="at_ms")
    by_id = optional(UnicodeAttribute())
    by_name = UnicodeAttribute()
    action = LiteralAttribute[OperatorAction]()
    target_id = UnicodeAttribute(attr_name="whom_id")
    target_name = UnicodeAttribute(attr_name="whom_name")
    reason = optional(UnicodeAttribute())
    until = optional(InstantAttribute())
    report_id = optional(UnicodeAttribute())


def operator_ref(user_id: str) -> Ref[Operator]:
    return Ref(Operator, f"OPERATOR#{user_id}", "OPERATOR")


def operator_entry(sort_key: str) -> Ref[OperatorEntry]:
    """Return the reference to an entry. `sort_key` begins with the time: entries sort by it."""
    return Ref(OperatorEntry, LOG, sort_key)
