"""What a stored state means when it is read. Pure.

Separate from `state`, whose events are 2 % of a cold start, because most functions only read.
"""

from datetime import datetime, timedelta

from footlight.literals import State

FRESH_SECONDS = 30
"""How long a confirmed state is trusted."""


def state_of(live: bool, ended_at: datetime | None, now: datetime, grace_seconds: int) -> State:
    """Return the state. After a drop it is `reconnecting` for the grace period, then `offline`.

    `ended_at` is None if the broadcast was ended on purpose. It is then offline immediately.
    """
    if live:
        return "live"
    if ended_at and now - ended_at < timedelta(seconds=grace_seconds):
        return "reconnecting"
    return "offline"
