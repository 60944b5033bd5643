"""When a creator's stream key works, the restart of an encoder, and the end of a broadcast.

LiveKit stores this as the ingress's `enabled` and rejects a key that is off. A stream key that
leaked is useless while it is off.
"""

from livekit.protocol.ingress import IngressInfo

from footlight import limits
from footlight.aws import background
from footlight.aws.logs import log
from footlight.errors import NotFound, ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress.approval import approval_refs, require_approved
from footlight.ingress.cleanup import apply_enabled, find_stored, remaining, request_deadline
from footlight.ingress.key import store_armed, stored_ingress, stored_ingress_of
from footlight.ingress.lease import lease
from footlight.literals import Armed
from footlight.live.caps import require_under_caps
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator, RestEnded
from footlight.livekit import server
from footlight.standing import require_good_caller
from footlight.tables.ingress import Ingress
from footlight.tables.items import batch_get
from footlight.tables.live import live_state
from footlight.tables.standing import standing_ref


def arm(creator: Person, armed: Armed) -> tuple[Ingress, IngressInfo]:
    """Set when the stream key works. Idempotent, but `half_hour` starts again each time.

    `off` ends a running broadcast. The others end the rest of the key. If LiveKit is unavailable,
    the setting is stored, and `finish_change` applies it later.

    Raises:
        CapReached: the channel can't go live now, because of a cap of the site.
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    if not stored_ingress_of(creator.id, to_stream=armed != "off").ingress_id:
        raise NotFound("There is no stream key yet")
    if armed != "off":
        require_under_caps(creator.id)
    with lease(creator.id) as held:
        ingress = stored_ingress(creator.id)
        info = find_stored(ingress, remaining(deadline))
        if info is None:
            raise NotFound("The stream key no longer exists")
        event = EndedByCreator() if armed == "off" else RestEnded(is_early=True)
        store_armed(held, ingress, armed, event)
        apply_enabled(ingress, info, deadline)
    if armed == "off":
        background.check_channel(creator.id)
    return ingress, info


def end_broadcast(creator: Person) -> None:
    """End the broadcast immediately, without the grace period, and disconnect the encoder.

    Then the stream key rests, so that an encoder that reconnects on its own is refused. The end is
    stored first. What LiveKit doesn't do in time is finished in the background.
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    record_event(creator.id, EndedByCreator(), "creator")
    try:
        with lease(creator.id):
            _disconnect(creator.id, enabled=False, deadline=deadline)
    except (ResetInProgress, Unavailable):
        log.warning("encoder not disconnected in time", user_id=creator.id)
        background.finish_ingress(creator.id)
    else:
        background.check_channel(creator.id)


def catch_up(creator: Person) -> None:
    """Disconnect the encoder, so that it reconnects without the delay that has built up.

    LiveKit Ingress stays behind by the length of each stall of the encoder. The broadcast and its
    viewers stay: a reconnect within the drop grace period continues it. No-op if nothing is live.
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    with lease(creator.id):
        # Read under the lease, so that a key that rests after an end isn't enabled.
        state_ref = live_state(creator.id)
        found = batch_get(
            state_ref, standing_ref(creator.id), *approval_refs(creator.id), consistent=True
        )
        require_good_caller(creator.id, found)
        require_approved(creator.id, found)
        state = found.get(state_ref)
        if not (state and state.live):
            return
        # Enabled even if the half hour has ended: it doesn't end a running broadcast.
        _disconnect(creator.id, enabled=True, deadline=deadline)
    background.check_channel(creator.id)


def _disconnect(user_id: str, *, enabled: bool, deadline: float) -> None:
    """Disconnect the encoder, and enable or disable the ingress, if there is one.

    Any update ends the ingress's session in LiveKit, even if it changes nothing.
    """
    ingress = stored_ingress(user_id)
    if ingress.ingress_id:
        server.set_enabled(ingress.ingress_id, enabled=enabled, seconds=remaining(deadline))
