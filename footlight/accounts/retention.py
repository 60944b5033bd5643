"""How long something of a deleted account is kept."""

from datetime import datetime, timedelta
from typing import Final

RESERVED: Final = timedelta(days=90)
"""How long only the same person can choose the username, and so how long they are recognized."""


def recognized_until(
    deleted_at: datetime, *, is_blocked: bool, is_suspended: bool, suspended_until: datetime | None
) -> datetime | None:
    """Return until when a person is recognized who returns, or None if there is no end.

    A block, or a suspension without an end, would otherwise be escaped.
    """
    if is_blocked or (is_suspended and suspended_until is None):
        return None
    reserved_until = deleted_at + RESERVED
    return max(reserved_until, suspended_until) if suspended_until else reserved_until
