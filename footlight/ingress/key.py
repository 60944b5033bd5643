"""A creator's stored ingress, and when its stream key works."""

from datetime import datetime, timedelta
from typing import Final

from footlight import clock
from footlight.errors import ResetInProgress
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator
from footlight.tables.attributes import Changes
from footlight.tables.ingress import Ingress, by_armed_until, ingress_ref
from footlight.tables.items import get
from footlight.tables.leases import Hold
from footlight.tables.transactions import retry, update, write

HALF_HOUR: Final = timedelta(minutes=30)


def stored_ingress(user_id: str) -> Ingress:
    """Return the stored ingress, or an empty one before the first reset."""
    ref = ingress_ref(user_id)
    return get(ref, consistent=True) or ref.new(user_id=user_id)


def armed_of(ingress: Ingress, now: datetime) -> tuple[Armed, datetime | None]:
    """Return when the stream key works. `half_hour` has an end, after which it becomes `off`."""
    if ingress.armed == "off":
        return "off", None
    if ingress.armed == "always":
        return "always", None
    until = ingress.armed_until
    return ("half_hour", until) if until and now < until else ("off", None)


def is_armed(ingress: Ingress, now: datetime) -> bool:
    """Return True if an encoder may use the stream key now."""
    return armed_of(ingress, now)[0] != "off"


def store_armed(
    held: Hold, ingress: Ingress, armed: Armed, *, ends_broadcast: bool = False
) -> None:
    """Store when the stream key works. `half_hour` starts now.

    `ends_broadcast` also ends the broadcast, in the same transaction.
    """
    until = clock.now() + HALF_HOUR if armed == "half_hour" else None
    listing = by_armed_until(ingress.user_id, until) if until else None
    changes = Changes(ingress)
    changes.assign(Ingress.armed, armed)
    changes.assign(Ingress.armed_until, until)
    changes.assign(Ingress.list_pk, listing.list_pk if listing else None)
    changes.assign(Ingress.list_sk, listing.list_sk if listing else None)
    operations = (
        held.still_held(or_raise=ResetInProgress),
        update(ingress_ref(ingress.user_id), *changes.actions, condition=Ingress.pk.exists()),
    )
    if ends_broadcast:
        record_event(ingress.user_id, EndedByCreator(), "creator", *operations)
    else:
        retry(lambda: write(*operations))
