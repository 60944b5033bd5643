"""The lease of a creator's ingress: only one process at a time changes it."""

from collections.abc import Generator
from contextlib import contextmanager

from footlight.errors import Refused, ResetInProgress
from footlight.standing import CALLER_REFUSALS
from footlight.tables import leases
from footlight.tables.leases import Held, Hold

LEASE_SECONDS = 30
"""Longer than the function's timeout. If a process dies, its lease lasts only this long."""

_PREFIX = "ingress#"


@contextmanager
def lease(user_id: str) -> Generator[Hold]:
    """Hold the lease for the block.

    A caller who isn't in good standing is refused before anything has changed. So the lease is then
    released, unless `is_finished` was set to False.

    Raises:
        ResetInProgress: another process holds it.
    """
    refusal: Refused | None = None
    try:
        with leases.hold(_PREFIX + user_id, LEASE_SECONDS) as held:
            try:
                yield held
            except CALLER_REFUSALS as error:
                refusal = error
    except Held as error:
        raise ResetInProgress from error
    if refusal:
        raise refusal


def unfinished() -> list[str]:
    """Return the ids of users whose ingress was left half changed."""
    return leases.unfinished(_PREFIX)
