"""May this viewer watch, and with which grants."""

from footlight import clock, identities, limits
from footlight.aws import secrets
from footlight.errors import HostNotFound
from footlight.identities import Guest
from footlight.live.repair import repair_if_stale
from footlight.people.callers import Caller, host_and_viewer
from footlight.people.guests import read_guest_cookie
from footlight.tables import base, live
from footlight.watching import admission
from footlight.watching.viewer_tokens import ViewerToken, mint

VISIBLE_VIEWERS = 200
"""In a room of more, those signed in are hidden too: each visible one is news to everybody else."""


def admit(caller: Caller, *, host: str, tab: str | None) -> tuple[ViewerToken, Guest | None]:
    """A token for one tab of a viewer into one host's room, and the guest where one watches.

    Where it can't be read whether the host has blocked the viewer, there is no token. Raises
    RateLimited, HostNotFound, Blocked, SignedInOnly, UsernameRequired, Unavailable.
    """
    _limit(caller)
    host_id, person = host_and_viewer(caller, host)
    viewer = person or _guest(caller)
    if host_id is None:
        raise HostNotFound
    state = live.live_key(host_id)
    found = base.batch_get([state, *admission.keys(host_id, viewer.id)], consistent=True)
    if refused := admission.refusal(host_id, viewer.id, found, clock.now()):
        raise refused
    known = found.get(state)
    repair_if_stale(known)
    is_crowded = isinstance(known, live.Live) and known.viewers >= VISIBLE_VIEWERS
    is_guest = isinstance(viewer, Guest)
    token = mint(
        viewer,
        host_id=host_id,
        tab=tab or identities.new_tab(),
        hidden=is_guest or (is_crowded and viewer.id != host_id),
    )
    return token, viewer if isinstance(viewer, Guest) else None


def _limit(caller: Caller) -> None:
    if caller.claims:
        limits.count_or_refuse("token", caller.claims.key[0])
    else:  # not by the guest's cookie, which can be thrown away
        limits.count_or_refuse(
            "guest_token", limits.address_key(caller.address, secrets.cookie_key())
        )


def _guest(caller: Caller) -> Guest:
    return read_guest_cookie(caller.cookies, secrets.cookie_key()) or Guest(
        identities.new_guest_id()
    )
