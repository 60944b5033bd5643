"""Whether an account is in good standing: neither suspended nor deleted.

A host who isn't doesn't exist for others. A suspended caller may read, but change nothing. A
deleted caller is as unknown as someone who has never chosen a username.

A standing is read together with what a request reads anyway, and never cached, so that a suspension
holds everywhere at once.
"""

from typing import Final

from footlight import clock
from footlight.errors import NotApproved, Refused, Suspended, UsernameRequired
from footlight.tables.items import Found
from footlight.tables.standing import Standing, is_good, standing_ref
from footlight.tables.transactions import Failure, Operation, check
from footlight.wire import Instant, Wire


class Suspension(Wire):
    """Why an account is suspended, since `at`. Without `until`, it has no end."""

    reason: str
    until: Instant | None
    at: Instant


CALLER_REFUSALS: Final = (Suspended, UsernameRequired, NotApproved)
"""Why a caller may not change what only belongs to them."""


def current_standing(user_id: str, found: Found) -> Standing | None:
    """Return an account's standing, or None if it is good.

    `found` has read `standing_ref(user_id)`.
    """
    item = found.get(standing_ref(user_id))
    return None if item is None or item.has_ended(clock.now()) else item


def is_in_good_standing(user_id: str, found: Found) -> bool:
    """Return True if others may see this account. `found` has read `standing_ref(user_id)`."""
    return current_standing(user_id, found) is None


def suspension_view(user_id: str, found: Found) -> Suspension | None:
    """Return an account's suspension, or None. `found` has read `standing_ref(user_id)`."""
    item = current_standing(user_id, found)
    if item is None or item.state == "deleted":
        return None
    return Suspension(reason=item.reason or "", until=item.until, at=item.at)


def caller_refusal(user_id: str, found: Found) -> Refused | None:
    """Return why a caller may change nothing, or None. `found` has read `standing_ref(user_id)`."""
    item = current_standing(user_id, found)
    if item is None:
        return None
    if item.state == "deleted":
        return UsernameRequired()
    return Suspended(item.reason or "", clock.iso(item.until) if item.until else None)


def require_good_caller(user_id: str, found: Found) -> None:
    """Refuse a caller who may change nothing. `found` has read `standing_ref(user_id)`.

    Raises:
        Suspended: the caller is suspended.
        UsernameRequired: the caller's account is deleted.
    """
    if refusal := caller_refusal(user_id, found):
        raise refusal


def in_good_standing(user_id: str, *, or_raise: Failure) -> Operation:
    """Require, in a transaction, that an account is in good standing."""
    return check(standing_ref(user_id), is_good(), or_raise=or_raise)
