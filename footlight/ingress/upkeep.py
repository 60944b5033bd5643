"""What ran out or was left half done: cleared by whoever did it if they can, else each minute."""

import time

from livekit.protocol.ingress import IngressInfo

from footlight import clock, identities
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.ingress.key import is_armed, key_of, write_armed
from footlight.ingress.lease import lease
from footlight.livekit import server
from footlight.tables import base
from footlight.tables.ingress import LISTED_ARMED, Key
from footlight.tables.leases import Hold
from footlight.tables.live import Live, live_key

WITHIN_SECONDS = 2.6
"""All of a request's calls to LiveKit: what is not done by then is left to `finish`."""
FINISH_SECONDS = 20.0
LEAST_SECONDS = 0.1
"""A call with less time than this is not begun."""


def finish(user_id: str) -> None:
    """Ends what somebody began and did not finish: leftovers go, the key works as is recorded.

    Raises ResetInProgress, Unavailable.
    """
    deadline = time.monotonic() + FINISH_SECONDS
    with lease(user_id) as held:
        key = key_of(user_id)
        clear(held, user_id, but=key.ingress_id, deadline=deadline)
        found = server.find_ingress(key.ingress_id) if key.ingress_id else None
        if found:
            apply(key, found, deadline)


def run_out() -> list[str]:
    """Users whose key works no longer than until now."""
    now = clock.iso(clock.now())
    with base.faults():
        due = base.Item.lists.query(LISTED_ARMED, base.Item.list_sk < now)
        return [item.pk.partition("#")[2] for item in due]


def disarm(user_id: str) -> None:
    """Turns off a key whose time is over. While its broadcast goes on, it goes on working.

    Raises ResetInProgress, Unavailable.
    """
    state = base.get(live_key(user_id), consistent=True)
    if isinstance(state, Live) and (state.live or state.ended_at):
        return
    deadline = time.monotonic() + FINISH_SECONDS
    with lease(user_id) as held:
        key = key_of(user_id)
        if is_armed(key, clock.now()):  # armed anew meanwhile
            return
        found = server.find_ingress(key.ingress_id) if key.ingress_id else None
        if found:
            apply(key, found, deadline)
        write_armed(held, key, "off")


def apply(key: Key, found: IngressInfo, deadline: float) -> None:
    """Lets LiveKit have it as the key item says. Any update ends a running session, so only what
    is otherwise is changed. Raises Unavailable."""
    wanted = is_armed(key, clock.now())
    if found.enabled != wanted:
        server.set_enabled(found.ingress_id, enabled=wanted, seconds=left(deadline))
        found.enabled = wanted


def clear(held: Hold, user_id: str, *, but: str | None, deadline: float) -> None:
    """Ends every other ingress of the room: the old one, and any that a lost answer left behind.

    Under the lease nobody else can be making one. What fails here leaves the lease unfinished.
    """
    try:
        for ingress in server.list_ingresses(identities.room_of(user_id), left(deadline)):
            if ingress.ingress_id != but:
                # Disabling lets LiveKit tell of the end of a session; deleting alone does not.
                server.set_enabled(ingress.ingress_id, enabled=False, seconds=left(deadline))
                server.delete_ingress(ingress.ingress_id, seconds=left(deadline))
    except Unavailable:
        held.is_finished = False
        log.warning("old_ingress_left", user_id=user_id)


def request_deadline() -> float:
    """Until when a request that begins now may wait for LiveKit."""
    return time.monotonic() + WITHIN_SECONDS


def left(deadline: float) -> float:
    """Seconds until a deadline of `time.monotonic`. Raises Unavailable where it is over."""
    seconds = deadline - time.monotonic()
    if seconds < LEAST_SECONDS:
        raise Unavailable
    return seconds
