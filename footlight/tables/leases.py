"""Leases: locks that expire, and marks of unfinished work.

A lease is released by deleting it. A lease that still exists after its end belongs to a process
that died or did not finish its work. `unfinished` returns such leases.
"""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from footlight import clock
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.tables.attributes import MillisecondsAttribute
from footlight.tables.items import Item, Listing, Ref, listed
from footlight.tables.transactions import (
    ChangedConcurrently,
    Failure,
    Operation,
    check,
    delete,
    update,
    upsert,
    write,
)

LISTED = "LEASES"


class Lease(Item, discriminator="lease"):
    """The holder of a lease and its end, by which leases are listed."""

    holder = UnicodeAttribute()
    until = MillisecondsAttribute(attr_name="until_ms")
    is_background = BooleanAttribute(default=False)
    """Held by work in the background, which is done within a second if nothing fails."""


class Held(Exception):
    """Raised if another process holds the lease."""


@dataclass
class Hold:
    """A lease that this process holds."""

    name: str
    holder: str
    is_finished: bool = True
    """Set to False to leave the rest of the work to the process that finds the lease."""
    is_kept: bool = False
    """Set to True to hold the lease until its end, if other processes continue the work."""

    def still_held(self, *, or_raise: Failure) -> Operation:
        """Require, in a transaction, that the lease has not passed to another process."""
        return check(lease(self.name), Lease.holder == self.holder, or_raise=or_raise)


def lease(name: str) -> Ref[Lease]:
    return Ref(Lease, f"LEASE#{name}", "LEASE")


@contextmanager
def hold(name: str, seconds: int, *, is_background: bool = False) -> Generator[Hold]:
    """Hold a lease for the block, and at most for `seconds`.

    With `is_kept`, it is held until its end. If the block raises, the lease becomes free and marks
    unfinished work.

    Raises:
        Held: another process holds the lease.
        Unavailable: the table can't be written.
    """
    holder = uuid.uuid4().hex
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    listing = _by_end(name, until)
    try:
        write(
            upsert(
                lease(name),
                Lease.holder.set(holder),
                Lease.until.set(until),
                Lease.is_background.set(is_background),
                Lease.list_pk.set(listing.list_pk),
                Lease.list_sk.set(listing.list_sk),
                # The same holder is allowed: botocore resends a request that got no response.
                condition=Lease.pk.does_not_exist()
                | (Lease.until < now)
                | (Lease.holder == holder),
            )
        )
    except ChangedConcurrently as error:
        raise Held from error
    held = Hold(name, holder)
    try:
        yield held
    except BaseException:
        held.is_finished = False
        raise
    finally:
        _release(held)


def _release(held: Hold) -> None:
    is_ours = Lease.holder == held.holder
    if held.is_kept:
        return
    try:
        if held.is_finished:
            write(delete(lease(held.name), condition=is_ours))
        else:
            # The lease is free now, but `unfinished` returns it only after its original end.
            # Until then, a call that timed out may still take effect.
            write(update(lease(held.name), Lease.until.set(clock.EPOCH), condition=is_ours))
    except (ChangedConcurrently, Unavailable):
        log.warning("lease not released", lease=held.name)


def unfinished(prefix: str) -> list[str]:
    """Return the names, without the prefix, of leases that ended before they were released."""
    expired = listed(LISTED, before=_by_end("", clock.now()).list_sk)
    names = [entry.owner_id for entry in expired]
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _by_end(name: str, until: datetime) -> Listing:
    return Listing(LISTED, f"{clock.iso(until)}#{name}")
