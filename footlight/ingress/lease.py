"""The lease of a creator's ingress: one at a time changes it."""

from collections.abc import Generator
from contextlib import contextmanager

from footlight.errors import ResetInProgress
from footlight.tables import leases
from footlight.tables.leases import Held, Hold

LEASE_SECONDS = 30
"""Longer than the function lives, so that a lease outlives whoever died with it and no more."""

_PREFIX = "ingress#"


@contextmanager
def lease(user_id: str) -> Generator[Hold]:
    """Holds it for the block. Raises ResetInProgress, Unavailable."""
    try:
        with leases.hold(_PREFIX + user_id, LEASE_SECONDS) as held:
            yield held
    except Held as error:
        raise ResetInProgress from error


def unfinished() -> list[str]:
    """The users whose ingresses somebody left half changed."""
    return leases.unfinished(_PREFIX)
