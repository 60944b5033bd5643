"""A creator's switch: when their key works, and the end of a broadcast.

Held in LiveKit by the ingress's `enabled`, so a key that is off is refused by LiveKit itself: one
that was seen by others is of no use to them.
"""

from livekit.protocol.ingress import IngressInfo

from footlight import clock, limits
from footlight.aws import background
from footlight.errors import NotFound
from footlight.identities import Person
from footlight.ingress.key import Armed, is_armed, key_of, write_armed
from footlight.ingress.lease import lease
from footlight.ingress.upkeep import apply, left, request_deadline
from footlight.live import record
from footlight.live.state import EndedByCreator
from footlight.livekit import server
from footlight.tables.ingress import Key


def arm(creator: Person, armed: Armed) -> tuple[Key, IngressInfo]:
    """Lets the key be used or not. Safe to repeat; `half_hour` begins anew each time.

    Turning it off ends a broadcast that is on. Raises RateLimited, NotFound, ResetInProgress,
    Unavailable (then it is recorded, and done by `finish` when LiveKit is back).
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    if not key_of(creator.id).ingress_id:
        raise NotFound("There is no stream key yet")
    with lease(creator.id) as held:
        key = key_of(creator.id)
        found = server.find_ingress(key.ingress_id, left(deadline)) if key.ingress_id else None
        if found is None:
            raise NotFound("There is no stream key any more")
        write_armed(held, key, armed, ends_broadcast=armed == "off")
        apply(key, found, deadline)
    if armed == "off":
        background.check_channel(creator.id)
    return key, found


def end_broadcast(creator: Person) -> None:
    """Ends the broadcast at once, without the drop grace; an encoder that still sends is cut off.

    It may come back, as long as the key works. Raises RateLimited, ResetInProgress, Unavailable.
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    record.record(creator.id, EndedByCreator(), "creator")
    with lease(creator.id):
        key = key_of(creator.id)
        if key.ingress_id:
            server.set_enabled(
                key.ingress_id, enabled=is_armed(key, clock.now()), seconds=left(deadline)
            )
    background.check_channel(creator.id)
