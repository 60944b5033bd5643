"""Cleanup of expired keys, of keys that have rested, and of interrupted changes.

The process that made a change cleans up after it. If it can't, the run of each minute does.
"""

import time

from livekit.protocol.ingress import IngressInfo

from footlight import clock, identities
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress.key import (
    is_armed,
    may_use_key,
    resting_until,
    store_armed,
    stored_ingress,
)
from footlight.ingress.lease import background_lease
from footlight.live.caps import resting_over_caps, rests_over_cap
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator, RestEnded
from footlight.livekit import server
from footlight.tables.ingress import LISTED_ARMED, Ingress, ingress_ref, owner_ref
from footlight.tables.items import get, listed
from footlight.tables.leases import Hold
from footlight.tables.live import live_state, rested_before
from footlight.tables.streamers import streamer_ref
from footlight.tables.transactions import delete, write

REQUEST_SECONDS = 2.6
"""The time for all LiveKit calls of a request. `finish_change` does what is not done by then."""
CLEANUP_SECONDS = 20.0
MIN_CALL_SECONDS = 0.1
"""A call is not started with less time than this."""


def finish_change(user_id: str) -> None:
    """Finish an interrupted change: delete stray ingresses, and enable the key as recorded.

    Raises:
        ResetInProgress: another process is changing the ingress.
    """
    deadline = time.monotonic() + CLEANUP_SECONDS
    with background_lease(user_id) as held:
        ingress = stored_ingress(user_id)
        delete_other_ingresses(held, user_id, keep=ingress.ingress_id, deadline=deadline)
        info = find_stored(ingress)
        if info:
            apply_enabled(ingress, info, deadline)


def erase_ingress(user_id: str) -> None:
    """Delete the ingress of a deleted account and what is stored of it. Idempotent.

    A running encoder is disconnected.

    Raises:
        ResetInProgress: another process is changing the ingress.
        Unavailable: LiveKit or the table failed.
    """
    deadline = time.monotonic() + CLEANUP_SECONDS
    with background_lease(user_id) as held:
        ingress_id = stored_ingress(user_id).ingress_id
        delete_other_ingresses(held, user_id, keep=None, deadline=deadline)
        if not held.is_finished:
            raise Unavailable
        write(
            held.still_held(or_raise=ResetInProgress),
            delete(ingress_ref(user_id)),
            delete(live_state(user_id)),
            delete(streamer_ref(user_id)),
            *([delete(owner_ref(ingress_id))] if ingress_id else []),
        )


def expired_keys() -> list[str]:
    """Return the ids of users whose key worked for a while that has ended."""
    return [entry.owner_id for entry in listed(LISTED_ARMED, before=clock.iso(clock.now()))]


def disarm_expired(user_id: str) -> None:
    """Turn off a key that has expired. A key in use works until its broadcast ends.

    Raises:
        ResetInProgress: another process is changing the ingress.
    """
    state = get(live_state(user_id), consistent=True)
    if state and (state.live or state.ended_at):
        return
    deadline = time.monotonic() + CLEANUP_SECONDS
    with background_lease(user_id) as held:
        ingress = stored_ingress(user_id)
        if is_armed(ingress, clock.now()):  # rearmed in the meantime
            return
        info = find_stored(ingress)
        if info:
            apply_enabled(ingress, info, deadline)
        store_armed(held, ingress, "off")


def ended_rests() -> list[str]:
    """Return the ids of users whose stream key has rested after the end of a broadcast.

    A key that rests for a cap is due when its channel is under all caps, as they are set now.
    """
    rested = rested_before(clock.now())
    over = resting_over_caps(rested)
    return [state.user_id for state in rested if state.user_id not in over]


def end_rest(user_id: str) -> None:
    """Let a stream key work again that has rested. No-op if it still rests.

    If LiveKit couldn't be reached since the broadcast's end, the encoder may still be publishing.
    It is disconnected now, and the key rests again. No-op if it rests for a cap, and the channel
    still exceeds one.

    Raises:
        ResetInProgress: another process is changing the ingress.
    """
    if rests_over_cap(user_id):
        return
    deadline = time.monotonic() + CLEANUP_SECONDS
    with background_lease(user_id) as held:
        until = resting_until(user_id)
        if until is None or clock.now() < until:
            return
        ingress = stored_ingress(user_id)
        info = find_stored(ingress)
        still_held = held.still_held(or_raise=ResetInProgress)
        if info and info.enabled:
            server.set_enabled(info.ingress_id, enabled=False, seconds=remaining(deadline))
            record_event(user_id, EndedByCreator(), "reconciler", still_held)
            return
        record_event(user_id, RestEnded(), "reconciler", still_held)
        if info:
            apply_enabled(ingress, info, deadline)


def find_stored(ingress: Ingress, seconds: float = server.CALL_SECONDS) -> IngressInfo | None:
    """Return LiveKit's ingress for a stored one, or None if either doesn't exist."""
    return server.find_ingress(ingress.ingress_id, seconds) if ingress.ingress_id else None


def apply_enabled(ingress: Ingress, info: IngressInfo, deadline: float) -> None:
    """Enable or disable the ingress in LiveKit: it is enabled while its key may be used.

    No-op if LiveKit already agrees, because any update ends a running broadcast.
    """
    enabled = may_use_key(ingress)
    if info.enabled != enabled:
        server.set_enabled(info.ingress_id, enabled=enabled, seconds=remaining(deadline))
        info.enabled = enabled


def delete_other_ingresses(held: Hold, user_id: str, *, keep: str | None, deadline: float) -> None:
    """Delete all ingresses of the room except one: old ones, and those of lost responses.

    The lease ensures that no other process is creating one. A failure leaves the lease unfinished.
    """
    try:
        for info in server.list_ingresses(identities.room_of(user_id), remaining(deadline)):
            if info.ingress_id != keep:
                # Disabling makes LiveKit send the end of the broadcast. Deleting alone does not.
                server.set_enabled(info.ingress_id, enabled=False, seconds=remaining(deadline))
                server.delete_ingress(info.ingress_id, seconds=remaining(deadline))
    except Unavailable:
        held.is_finished = False
        log.warning("old ingresses not deleted", user_id=user_id)


def request_deadline() -> float:
    """Return the time (`time.monotonic`) until which a request that starts now calls LiveKit."""
    return time.monotonic() + REQUEST_SECONDS


def remaining(deadline: float) -> float:
    """Return the seconds until a deadline.

    Raises:
        Unavailable: too little time remains for a call.
    """
    seconds = deadline - time.monotonic()
    if seconds < MIN_CALL_SECONDS:
        raise Unavailable
    return seconds
