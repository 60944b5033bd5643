"""Pure: which state a channel is in, from what is recorded of it and the time."""

from datetime import datetime, timedelta
from typing import Literal

State = Literal["offline", "live", "reconnecting"]


def state_of(live: bool, ended_at: datetime | None, now: datetime, grace_seconds: int) -> State:
    """`reconnecting` for the drop grace after an encoder went away, then `offline`.

    `ended_at` is None where the broadcast was ended on purpose: no grace then.
    """
    if live:
        return "live"
    if ended_at and now - ended_at < timedelta(seconds=grace_seconds):
        return "reconnecting"
    return "offline"
