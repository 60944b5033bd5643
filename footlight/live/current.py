"""The state of a stream as of now, computed on read: nothing runs when a grace period ends."""

from datetime import datetime

from footlight import settings
from footlight.literals import State
from footlight.live.on_read import state_of
from footlight.tables.live import LiveState


def state_at(now: datetime, live_state: LiveState | None) -> State:
    """Return what a stream is doing. It is offline before its first stream key."""
    if live_state is None:
        return "offline"
    return state_of(live_state.live, live_state.ended_at, now, settings.drop_grace_seconds())
