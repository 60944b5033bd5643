"""How long channels stream on a day, which starts at 00:00 UTC.

A broadcast counts from its start to its end. Its drops count too: they last seconds.
"""

from datetime import datetime

from footlight.live.current import state_at
from footlight.live.state import seconds_of_day
from footlight.tables.items import batch_get
from footlight.tables.live import LiveState, listed_broadcasts
from footlight.tables.usage import day_usages


def broadcasts_on_air(now: datetime) -> list[LiveState]:
    """Return the channels whose broadcast hasn't ended: live, or in the drop grace period."""
    return [state for state in listed_broadcasts() if state_at(now, state) != "offline"]


def running_seconds(state: LiveState, now: datetime) -> int:
    """Return how long a channel's current broadcast has lasted today."""
    end = now if state.live else state.ended_at
    if state.session_started_at is None or end is None or end.date() != now.date():
        return 0
    return seconds_of_day(state.session_started_at, end)


def site_seconds(on_air: list[LiveState], now: datetime) -> int:
    """Return how long all channels together have streamed today. `on_air`: those on air now."""
    parts = day_usages(now)
    found = batch_get(*parts)
    ended = sum(part.streamed_seconds for ref in parts if (part := found.get(ref)))
    return ended + sum(running_seconds(state, now) for state in on_air)
