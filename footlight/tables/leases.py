"""Leases: work that one at a time may do, and a mark on what was begun and not finished.

A lease is given back by deleting it. One that is still there when its time is over belonged to
somebody who died, or who said that not all was done: `unfinished` finds those.
"""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.transactions import TransactWrite

from footlight import clock
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.tables import base
from footlight.tables.base import Item

LISTED = "LEASES"


class Lease(Item, discriminator="lease"):
    """Who holds it and until when; listed by its end."""

    holder = UnicodeAttribute()
    until_ms = NumberAttribute()


class Held(Exception):
    """Raised where somebody else holds the lease."""


@dataclass
class Hold:
    """A lease that is ours for now."""

    name: str
    holder: str
    is_finished: bool = True
    """Set it to False where something is left to be done by whoever finds the lease."""

    def check(self, transaction: TransactWrite) -> None:
        """Adds to a transaction that the lease is still ours: it fails else, for it comes first."""
        transaction.condition_check(Lease, *_key(self.name), condition=Lease.holder == self.holder)


@contextmanager
def hold(name: str, seconds: int) -> Generator[Hold]:
    """Holds a lease for the block, at most so long. Raises Held, Unavailable.

    Left by an exception, the lease is free again and marks what was not finished.
    """
    holder = uuid.uuid4().hex
    now_ms = clock.now_ms()
    until_ms = now_ms + seconds * 1000
    try:
        with base.faults():
            Lease(*_key(name)).update(
                actions=[
                    Lease.kind.set(Lease),
                    Lease.holder.set(holder),
                    Lease.until_ms.set(until_ms),
                    Lease.list_pk.set(LISTED),
                    Lease.list_sk.set(_place(until_ms, name)),
                ],
                # One's own is no other's: botocore sends again what got no answer.
                condition=Lease.pk.does_not_exist()
                | (Lease.until_ms < now_ms)
                | (Lease.holder == holder),
            )
    except UpdateError as error:
        raise Held from error
    held = Hold(name, holder)
    try:
        yield held
    except BaseException:
        held.is_finished = False
        raise
    finally:
        _give_back(held)


def _give_back(held: Hold) -> None:
    lease = Lease(*_key(held.name))
    try:
        with base.faults():
            if held.is_finished:
                lease.delete(condition=Lease.holder == held.holder)
            else:
                # Free at once, and found when its time is over: what it began in vain may land
                # late, as a call does whose answer was lost.
                lease.update(actions=[Lease.until_ms.set(0)], condition=Lease.holder == held.holder)
    except (DeleteError, UpdateError, Unavailable):
        log.warning("lease_left_to_run_out", lease=held.name)


def unfinished(prefix: str) -> list[str]:
    """Names, without their prefix, of the leases that ran out before they were given back."""
    now = _place(clock.now_ms(), "")
    with base.faults():
        ran_out = base.Item.lists.query(LISTED, base.Item.list_sk < now)
        names = [lease.pk.partition("#")[2] for lease in ran_out]
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def _key(name: str) -> base.Key:
    return f"LEASE#{name}", "LEASE"


def _place(until_ms: int, name: str) -> str:
    return f"{clock.iso(datetime.fromtimestamp(until_ms / 1000, UTC))}#{name}"
