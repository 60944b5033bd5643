"""A creator's stored ingress, and when its stream key works."""

from datetime import datetime, timedelta
from typing import Final

from footlight import clock
from footlight.errors import ResetInProgress
from footlight.ingress.approval import approval_refs, is_approved, require_approved
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator, RestEnded
from footlight.standing import is_in_good_standing, require_good_caller
from footlight.tables.attributes import Changes
from footlight.tables.ingress import Ingress, by_armed_until, ingress_ref
from footlight.tables.items import assign_place, batch_get, get
from footlight.tables.leases import Hold
from footlight.tables.live import live_state
from footlight.tables.standing import standing_ref
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


def stored_ingress_of(creator_id: str, *, to_stream: bool) -> Ingress:
    """Return the stored ingress, or an empty one, for a change by its creator.

    `to_stream`: the change makes a key that works, so the creator must be approved.

    Raises:
        Suspended: the creator is suspended.
        NotApproved: the creator may not stream.
    """
    ref, own_standing = ingress_ref(creator_id), standing_ref(creator_id)
    found = batch_get(ref, own_standing, *approval_refs(creator_id), consistent=True)
    require_good_caller(creator_id, found)
    if to_stream:
        require_approved(creator_id, found)
    return found.get(ref) or ref.new(user_id=creator_id)


def may_use_key(ingress: Ingress) -> bool:
    """Return True if an encoder may use the stream key now.

    It is armed, it doesn't rest, and its owner may stream, and is neither suspended nor deleted.
    """
    user_id = ingress.user_id
    if not is_armed(ingress, clock.now()):
        return False
    state_ref = live_state(user_id)
    found = batch_get(state_ref, standing_ref(user_id), *approval_refs(user_id), consistent=True)
    state = found.get(state_ref)
    is_resting = state is not None and state.resting_until is not None
    return not is_resting and is_in_good_standing(user_id, found) and is_approved(user_id, found)


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
    changes = Changes(ingress)
    changes.assign(Ingress.armed, armed)
    changes.assign(Ingress.armed_until, until)
    assign_place(changes, by_armed_until(ingress.user_id, until) if until else None)
    operations = (
        held.still_held(or_raise=ResetInProgress),
        update(ingress_ref(ingress.user_id), *changes.actions, condition=Ingress.pk.exists()),
    )
    if event:
        record_event(ingress.user_id, event, "creator", *operations)
    else:
        retry(lambda: write(*operations))
