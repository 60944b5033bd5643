"""The lease of a creator's ingress: only one process at a time changes it."""

import time
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final

from footlight.errors import Refused, ResetInProgress
from footlight.standing import CALLER_REFUSALS
from footlight.tables import leases
from footlight.tables.items import get
from footlight.tables.leases import Held, Hold

LEASE_SECONDS = 30
"""Longer than the function's timeout. If a process dies, its lease lasts only this long."""

WAIT_SECONDS: Final = 1.0
"""How long a request waits for work in the background, which is usually done within 0.3 s."""
_PAUSE_SECONDS: Final = 0.1

_PREFIX: Final = "ingress#"


@contextmanager
def lease(user_id: str) -> Generator[Hold]:
    """Hold the lease for the block, for a request of the creator.

    A caller who isn't in good standing is refused before anything has changed. So the lease is then
    released, unless `is_finished` was set to False.

    Raises:
        ResetInProgress: another request holds it, or work in the background did for `WAIT_SECONDS`.
    """
    refusal: Refused | None = None
    with ExitStack() as stack:
        held = _hold_after_background(stack, user_id)
        try:
            yield held
        except CALLER_REFUSALS as error:
            refusal = error
    if refusal:
        raise refusal


@contextmanager
def background_lease(user_id: str) -> Generator[Hold]:
    """Hold the lease for the block, for work that no request waits for.

    Raises:
        ResetInProgress: another process holds it.
    """
    try:
        with _hold(user_id, is_background=True) as held:
            yield held
    except Held as error:
        raise ResetInProgress from error


def _hold_after_background(stack: ExitStack, user_id: str) -> Hold:
    """Hold the lease until the stack closes. Wait for its holder only if it is in the background.

    A request that waited for another would replace the key that the other has just shown.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return stack.enter_context(_hold(user_id))
        except Held as error:
            current = get(leases.lease(_PREFIX + user_id), consistent=True)
            if (current and not current.is_background) or time.monotonic() >= deadline:
                raise ResetInProgress from error
        time.sleep(_PAUSE_SECONDS)


def _hold(user_id: str, *, is_background: bool = False) -> AbstractContextManager[Hold]:
    return leases.hold(_PREFIX + user_id, LEASE_SECONDS, is_background=is_background)


def unfinished() -> list[str]:
    """Return the ids of users whose ingress was left half changed."""
    return leases.unfinished(_PREFIX)
