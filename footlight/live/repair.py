"""Repair of stale live state: a read that finds it starts a check in the background."""

from datetime import timedelta

from footlight import clock
from footlight.aws import background
from footlight.live.state import FRESH_SECONDS
from footlight.tables.live import LiveState


def repair_if_stale(state: LiveState | None) -> None:
    """Schedule a check if the state is stale. A channel without an ingress can't be live."""
    if state is None or not state.ingress_id:
        return
    verified_at = state.verified_at
    if verified_at is None or clock.now() - verified_at > timedelta(seconds=FRESH_SECONDS):
        background.check_channel_if_stale(state.user_id)
