"""The lease of a creator's ingress: one at a time changes it."""

from collections.abc import Generator
from contextlib import contextmanager

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight.errors import ResetInProgress
from footlight.tables import base, leases, legacy
from footlight.tables.leases import Held, Hold, Lease

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


@contextmanager
def transaction_of(held: Hold) -> Generator[TransactWrite]:
    """A transaction that is written while the lease is ours.

    Raises ResetInProgress if the lease has expired, and Overtaken if another condition failed, for
    example because a webhook changed the live state.
    """
    try:
        with base.faults(), base.transaction() as write:
            write.condition_check(
                Lease,
                *_key(held.name),
                condition=Lease.holder == held.holder,
            )
            yield write
    except TransactWriteError as error:
        if base.lost_conditions(error)[0]:
            raise ResetInProgress from error
        raise legacy.Overtaken from error


def _key(name: str) -> base.Key:
    ref = leases.lease(name)
    return ref.pk, ref.sk
