"""Whether a channel is live: public, and the same for everyone."""

from pydantic import Field

from footlight import clock, standing
from footlight.errors import NotFound
from footlight.literals import State
from footlight.live.current import state_at
from footlight.live.repair import repair_if_stale
from footlight.people import usernames
from footlight.people.callers import host_of
from footlight.tables import live, users
from footlight.tables.items import batch_get
from footlight.tables.standing import standing_ref
from footlight.watching import admission
from footlight.wire import Instant, Wire


class LiveStatus(Wire):
    """What a waiting page needs to know, and whether it must read the whole page again."""

    state: State
    is_live: bool = Field(description="True if `state` is `live`")
    viewer_count: int
    started_at: Instant | None
    is_signed_in_only: bool = Field(description="True if guests can't watch")
    is_for_adults: bool = Field(
        description="True if the host says that the channel is meant for people of 18 or older"
    )
    updated_at: Instant = Field(description="When the stream's title or settings last changed")


def live_status(username: str) -> LiveStatus:
    """Return a channel's live status, with one read while its name is cached.

    It depends on no caller, so a blocked viewer gets the same as a guest. Raises `NotFound` if
    there is no such channel.
    """
    name = usernames.parse(username)
    host_id = host_of(name) if name else None
    if host_id is None:
        raise NotFound
    stream_ref, state_ref = users.stream(host_id), live.live_state(host_id)
    found = batch_get(stream_ref, state_ref, standing_ref(host_id), consistent=True)
    stream, live_state = found.get(stream_ref), found.get(state_ref)
    if stream is None or not standing.is_in_good_standing(host_id, found):
        raise NotFound
    repair_if_stale(live_state)
    now = clock.now()
    state = state_at(now, live_state)
    return LiveStatus(
        state=state,
        is_live=state == "live",
        viewer_count=live_state.viewers if live_state and state == "live" else 0,
        started_at=live_state.session_started_at if live_state and state != "offline" else None,
        is_signed_in_only=admission.is_signed_in_only(stream.signed_in_only_until, now),
        is_for_adults=stream.is_for_adults,
        updated_at=stream.updated_at,
    )
