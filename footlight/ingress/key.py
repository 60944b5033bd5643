"""A creator's stored ingress, and when its stream key works."""

from datetime import datetime, timedelta
from typing import Final

from footlight import clock
from footlight.errors import ResetInProgress
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator, RestEnded
from footlight.tables.attributes import Changes
from footlight.tables.ingress import Ingress, by_armed_until, ingress_ref
from footlight.tables.items import get
from footlight.tables.leases import Hold
from footlight.tables.live import live_state
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
    """Return True if an encoder may use the stream key now, unless it rests."""
    return armed_of(ingress, now)[0] != "off"


def resting_until(user_id: str) -> datetime | None:
    """Return until when the stream key rests after the end of a broadcast, or None.

    The instant may have passed, until the key works again.
    """
    state = get(live_state(user_id), consistent=True)
    return state.resting_until if state else None


def store_armed(
    held: Hold, ingress: Ingress, armed: Armed, event: EndedByCreator | RestEnded | None = None
) -> None:
    """Store when the stream key works. `half_hour` starts now.

    The same transaction writes what the event changes of the live state.
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
    if event:
        record_event(ingress.user_id, event, "creator", *operations)
    else:
        retry(lambda: write(*operations))
