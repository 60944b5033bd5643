"""Admission to a room: may this viewer watch, and with which grants."""

from footlight import clock, identities, limits, settings
from footlight.errors import HostNotFound, RoomFull
from footlight.identities import Guest
from footlight.live.repair import repair_if_stale
from footlight.people import addresses
from footlight.people.callers import Caller, host_and_viewer
from footlight.people.guests import guest_or_new
from footlight.tables import live
from footlight.tables.items import batch_get
from footlight.watching import admission
from footlight.watching.viewer_tokens import ViewerToken, mint

MAX_VISIBLE_VIEWERS = 200
"""In a larger room, signed-in viewers are hidden like guests.

Each visible viewer who joins or leaves is announced to everyone in the room.
"""


def admit(caller: Caller, *, host: str, tab: str | None) -> ViewerToken:
    """Return a token for one tab of a viewer in a host's room.

    If the blocks can't be read, no token is minted. A live channel's viewers are counted once a
    minute. LiveKit applies the same maximum to a room that a viewer has opened.
    """
    _limit(caller)
    host_id, person = host_and_viewer(caller, host)
    viewer = person or guest_or_new(caller.cookies)
    if host_id is None:
        raise HostNotFound
    state_ref = live.live_state(host_id)
    found = batch_get(state_ref, *admission.refs(host_id, viewer.id), consistent=True)
    if refused := admission.refusal(host_id, viewer.id, found, clock.now()):
        raise refused
    state = found.get(state_ref)
    repair_if_stale(state)
    if state and state.viewers >= settings.max_viewers() and viewer.id != host_id:
        raise RoomFull
    is_crowded = state is not None and state.viewers >= MAX_VISIBLE_VIEWERS
    return mint(
        viewer,
        host_id=host_id,
        tab=tab or identities.new_tab(),
        hidden=isinstance(viewer, Guest) or (is_crowded and viewer.id != host_id),
    )


def _limit(caller: Caller) -> None:
    if caller.claims:
        limits.count_or_refuse("token", caller.claims.ref.pk)
    else:
        # Not by the guest's cookie, which a guest can delete.
        addresses.count_or_refuse("guest_token", caller.address)
