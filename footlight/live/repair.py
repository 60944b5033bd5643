"""Repair of live state: a read that finds work overdue starts it in the background."""

from datetime import timedelta

from footlight import clock
from footlight.aws import background
from footlight.live.on_read import FRESH_SECONDS
from footlight.tables.live import LiveState


def repair_if_stale(state: LiveState | None) -> None:
    """Schedule a check of a stale state, or the end of a rest that has passed.

    A channel without an ingress can't be live. A key that rests for the daily hours is left to the
    run of each minute: it rests for hours, and reads don't know the cap.
    """
    if state is None or not state.ingress_id:
        return
    now, verified_at = clock.now(), state.verified_at
    if state.resting_until and state.resting_until < now and state.resting_for != "daily_hours":
        background.end_rest(state.user_id)  # It checks the channel too.
    elif verified_at is None or now - verified_at > timedelta(seconds=FRESH_SECONDS):
        background.check_channel_if_stale(state.user_id)
