"""Reset and deletion of a creator's ingress: create, commit, disable, delete, under a lease.

The old key works until the new one is committed. A failure before that leaves the old key. If it is
unknown whether a call succeeded, nothing is deleted and the lease isn't released. `finish_change`
cleans up after the lease has expired. Viewers stay in the room, which is never
deleted.
"""

from livekit.protocol.ingress import IngressInfo

from footlight import clock, limits
from footlight.aws import background
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress.cleanup import delete_other_ingresses, remaining, request_deadline
from footlight.ingress.key import is_armed, stored_ingress, stored_ingress_of
from footlight.ingress.lease import lease
from footlight.ingress.options import create_request
from footlight.literals import InputType
from footlight.live.caps import rests_for_cap
from footlight.live.record import record_event
from footlight.live.state import IngressReplaced
from footlight.livekit import server
from footlight.standing import CALLER_REFUSALS
from footlight.tables.attributes import assign
from footlight.tables.ingress import Ingress, ingress_ref, owner_ref
from footlight.tables.leases import Hold
from footlight.tables.transactions import Operation, delete, put, upsert


def reset_ingress(creator: Person, input_type: InputType) -> tuple[Ingress, IngressInfo]:
    """Replace the ingress with a new one, which has a new stream key."""
    limits.count_or_refuse("reset", creator.id)
    deadline = request_deadline()
    with lease(creator.id) as held:
        ingress = stored_ingress_of(creator.id, to_stream=True)
        enabled = is_armed(ingress, clock.now()) and not rests_for_cap(creator.id)
        created = server.create_ingress(
            create_request(creator.id, creator.username, input_type, enabled=enabled),
            remaining(deadline),
        )
        try:
            _commit(held, ingress, created, input_type)
        except ResetInProgress:  # The lease was lost, so this ingress never becomes the current.
            _discard(created.ingress_id, deadline)
            raise
        except CALLER_REFUSALS:  # Suspended in the meantime. Its key may be enabled in LiveKit.
            held.is_finished = False
            raise
        except Unavailable:
            # The write may have succeeded even though the response was lost.
            if stored_ingress(creator.id).ingress_id != created.ingress_id:
                raise
        delete_other_ingresses(held, creator.id, keep=created.ingress_id, deadline=deadline)
    background.check_channel(creator.id)
    return ingress, created


def delete_ingress(creator: Person) -> None:
    """Delete the ingress. Idempotent."""
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    with lease(creator.id) as held:
        ingress = stored_ingress_of(creator.id, to_stream=False)
        if ingress.ingress_id:
            _commit(held, ingress, None, None)
        delete_other_ingresses(held, creator.id, keep=None, deadline=deadline)
    background.check_channel(creator.id)


def _commit(
    held: Hold, ingress: Ingress, created: IngressInfo | None, input_type: InputType | None
) -> None:
    """Make the new ingress, or none, the current one.

    The same transaction sets the channel offline, because LiveKit sends no event when an ingress is
    deleted.
    """
    user_id = ingress.user_id
    ingress_id = created.ingress_id if created else None
    operations: list[Operation] = [
        held.still_held(or_raise=ResetInProgress),
        upsert(
            ingress_ref(user_id),
            Ingress.user_id.set(user_id),
            Ingress.version.set(ingress.version + 1),
            assign(Ingress.ingress_id, ingress_id),
            assign(Ingress.input_type, input_type),
            assign(Ingress.last_four, created.stream_key[-4:] if created else None),
            Ingress.created_at.set(clock.now()),
        ),
    ]
    if ingress_id:
        operations.append(put(owner_ref(ingress_id).new(user_id=user_id)))
    if ingress.ingress_id:
        operations.append(delete(owner_ref(ingress.ingress_id)))
    record_event(user_id, IngressReplaced(ingress_id), "creator", *operations)


def _discard(ingress_id: str, deadline: float) -> None:
    try:
        server.delete_ingress(ingress_id, seconds=remaining(deadline))
    except Unavailable:
        log.warning("new ingress not deleted", ingress_id=ingress_id)
