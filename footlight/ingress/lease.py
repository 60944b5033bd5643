"""The lease of a creator's ingress: only one process at a time changes it."""

from collections.abc import Generator
from contextlib import contextmanager

from footlight.errors import ResetInProgress
from footlight.tables import leases
from footlight.tables.leases import Held, Hold

LEASE_SECONDS = 30
"""Longer than the function's timeout. If a process dies, its lease lasts only this long."""

_PREFIX = "ingress#"


@contextmanager
def lease(user_id: str) -> Generator[Hold]:
    """Hold the lease for the block.

    Raises:
        ResetInProgress: another process holds it.
    """
    try:
        with leases.hold(_PREFIX + user_id, LEASE_SECONDS) as held:
            yield held
    except Held as error:
        raise ResetInProgress from error


def unfinished() -> list[str]:
    """Return the ids of users whose ingress was left half changed."""
    return leases.unfinished(_PREFIX)
