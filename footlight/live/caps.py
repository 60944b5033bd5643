"""The operator's caps on streaming: channels that are live at once, and hours a day of a channel.

Each check applies them to the channels that are live, and ends what exceeds one. The channels
that started first stay. A channel in its drop grace period keeps its place. A cap that isn't set
reads nothing.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta

from pydantic import Field

from footlight import clock, settings
from footlight.errors import CapReached
from footlight.literals import Cap
from footlight.live.airtime import broadcasts_on_air, running_seconds
from footlight.live.current import state_at
from footlight.live.state import EndedByCap, day_start
from footlight.tables.items import batch_get, get
from footlight.tables.live import LiveState, live_state
from footlight.wire import Instant, Wire

RETRY_MS = 60_000
"""When to try again for a place among the live channels."""


class OverCap(Wire):
    """Why a creator can't go live now, although the stream key is on."""

    cap: Cap
    limit: int = Field(description="The operator's limit: a number of channels, or of hours a day")
    until: Instant | None = Field(description="With `daily_hours`: when the next day starts")


def broadcasts_to_end(live: Sequence[LiveState]) -> list[tuple[str, EndedByCap]]:
    """Return the user ids of live channels that are over a cap, and what ends their broadcasts.

    With a cap on live channels, this takes two queries, and a consistent read of all channels on
    air if some are over it.
    """
    now = clock.now()
    used_up = {state.user_id for state in live if _has_used_its_hours(state, now)}
    too_many = _too_many([state for state in live if state.user_id not in used_up])
    caps: dict[str, Cap] = dict.fromkeys(too_many, "live_channels")
    caps |= dict.fromkeys(used_up, "daily_hours")
    return [
        (state.user_id, EndedByCap(state.session_id or "", caps[state.user_id]))
        for state in live
        if state.user_id in caps
    ]


def over_cap(state: LiveState | None) -> OverCap | None:
    """Return why a channel can't go live now, or None if it may.

    It may try if it hasn't been over the cap on live channels yet: only a check counts them.
    """
    now = clock.now()
    hours, most = settings.max_daily_hours(), settings.max_live_channels()
    if hours and state and _has_used_its_hours(state, now):
        return OverCap(cap="daily_hours", limit=hours, until=_next_day(now))
    if most and state and state.resting_for == "live_channels":
        return OverCap(cap="live_channels", limit=most, until=None)
    return None


def require_under_caps(user_id: str) -> None:
    """Refuse a creator whose channel exceeds a cap.

    Raises:
        CapReached: the channel can't go live now.
    """
    over = over_cap(_current(user_id))
    if over:
        wait_ms = clock.ms(over.until) - clock.now_ms() if over.until else RETRY_MS
        raise CapReached(over.cap, over.limit, wait_ms)


def rests_for_cap(user_id: str) -> bool:
    """Return True if a channel's key rests because a broadcast was over a cap."""
    state = _current(user_id)
    return state is not None and state.resting_for is not None


def rests_over_cap(user_id: str) -> bool:
    """Return True if a channel's key rests for a cap, and the channel exceeds one now."""
    state = _current(user_id)
    return state is not None and bool(resting_over_caps([state]))


def resting_over_caps(states: Iterable[LiveState]) -> set[str]:
    """Return the user ids of channels whose keys rest for a cap, and that exceed one now.

    If some of them wait for a place, this takes two queries. A cap that was raised or removed
    counts as it is now.
    """
    now, most = clock.now(), settings.max_live_channels()
    resting = [state for state in states if state.resting_for]
    over = {state.user_id for state in resting if _has_used_its_hours(state, now)}
    waiting = {state.user_id for state in resting if state.resting_for == "live_channels"}
    is_full = most and waiting and len(broadcasts_on_air(now)) >= most
    return over | waiting if is_full else over


def _current(user_id: str) -> LiveState | None:
    """Return a channel's state with a consistent read. Without a cap, read nothing: return None."""
    if settings.max_daily_hours() is None and settings.max_live_channels() is None:
        return None
    return get(live_state(user_id), consistent=True)


def _has_used_its_hours(state: LiveState, now: datetime) -> bool:
    hours = settings.max_daily_hours()
    if hours is None:
        return False
    until = state.streamed_until
    ended = state.streamed_seconds if until and until.date() == now.date() else 0
    return ended + running_seconds(state, now) >= hours * 3_600


def _too_many(live: Sequence[LiveState]) -> Set[str]:
    """Return those of some live channels for which there is no place.

    The index shows a start or an end a moment late. So the channels on air are read again before
    one is ended. A start that the index doesn't show yet leads to a check of its own.
    """
    most = settings.max_live_channels()
    if most is None or not live:
        return set()
    now = clock.now()
    listed = {state.user_id: state for state in (*broadcasts_on_air(now), *live)}
    if not _last(listed.values(), most) & {state.user_id for state in live}:
        return set()
    found = batch_get(*map(live_state, listed), consistent=True)
    current = [state for user_id in listed if (state := found.get(live_state(user_id)))]
    return _last([state for state in current if state_at(now, state) != "offline"], most)


def _last(on_air: Iterable[LiveState], most: int) -> set[str]:
    """Return the channels after the first ones, by the start of their broadcast.

    Of two that started at the same moment, every check puts the same one first.
    """
    ranked = sorted(
        on_air, key=lambda state: (state.session_started_at or clock.EPOCH, state.user_id)
    )
    return {state.user_id for state in ranked[most:]}


def _next_day(now: datetime) -> datetime:
    return day_start(now) + timedelta(days=1)
