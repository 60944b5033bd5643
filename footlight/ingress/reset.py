"""Reset and end of a creator's ingress: create, commit, disable, delete, under a lease.

The old key works until the new one is committed, and what fails before that leaves the old key.
Nothing is deleted whose fate is not known: what a fault leaves behind is found by its lease, which
was not given back, and `finish` clears it. Viewers in the room stay: the room is never deleted.
"""

from livekit.protocol.ingress import IngressInfo

from footlight import clock, limits
from footlight.aws import background
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress.key import is_armed, key_of
from footlight.ingress.lease import lease, transaction_of
from footlight.ingress.options import InputType, request_for
from footlight.ingress.upkeep import clear, left, request_deadline
from footlight.live import record
from footlight.live.state import IngressReplaced
from footlight.livekit import server
from footlight.tables import legacy
from footlight.tables.attributes import assign
from footlight.tables.ingress import IngressOwner, Key, owner_key
from footlight.tables.leases import Hold


def reset_ingress(creator: Person, input_type: InputType) -> tuple[Key, IngressInfo]:
    """A new ingress in place of the old one. Raises RateLimited, ResetInProgress, Unavailable."""
    limits.count_or_refuse("reset", creator.id)
    deadline = request_deadline()
    with lease(creator.id) as held:
        key = key_of(creator.id)
        created = server.create_ingress(
            request_for(
                creator.id, creator.username, input_type, enabled=is_armed(key, clock.now())
            ),
            left(deadline),
        )
        try:
            _commit(held, key, created, input_type)
        except ResetInProgress:  # the lease is another's: this one never becomes the current
            _forget(created.ingress_id, deadline)
            raise
        except Unavailable:
            # Perhaps it was written and only the answer was lost.
            if key_of(creator.id).ingress_id != created.ingress_id:
                raise
        clear(held, creator.id, but=created.ingress_id, deadline=deadline)
    background.check_channel(creator.id)
    return key, created


def end_ingress(creator: Person) -> None:
    """Ends and forgets the ingress; none there is as good.

    Raises RateLimited, ResetInProgress, Unavailable.
    """
    limits.count_or_refuse("write", creator.id)
    deadline = request_deadline()
    with lease(creator.id) as held:
        key = key_of(creator.id)
        if key.ingress_id:
            _commit(held, key, None, None)
        clear(held, creator.id, but=None, deadline=deadline)
    background.check_channel(creator.id)


def _commit(
    held: Hold, key: Key, created: IngressInfo | None, input_type: InputType | None
) -> None:
    """Makes the new ingress the channel's, in one transaction with all that follows from it.

    The channel goes offline by it, since LiveKit sends no event for an ingress that is deleted.
    """
    user_id, ingress_id = key.user_id, created.ingress_id if created else None

    def attempt() -> None:
        live = record.prepare(user_id, IngressReplaced(ingress_id), "creator")
        with transaction_of(held) as write:
            write.update(
                Key(key.pk, key.sk),
                actions=[
                    Key.kind.set(Key),
                    Key.user_id.set(user_id),
                    Key.version.set(key.version + 1),
                    assign(Key.ingress_id, ingress_id),
                    assign(Key.input_type, input_type),
                    assign(Key.last_four, created.stream_key[-4:] if created else None),
                    Key.created_at.set(clock.now()),
                ],
            )
            if ingress_id:
                write.save(IngressOwner(*owner_key(ingress_id), user_id=user_id))
            if key.ingress_id:
                write.delete(IngressOwner(*owner_key(key.ingress_id)))
            live.write(write)
        live.tell()

    legacy.retried(attempt)


def _forget(ingress_id: str, deadline: float) -> None:
    try:
        server.delete_ingress(ingress_id, seconds=left(deadline))
    except Unavailable:
        log.warning("new_ingress_left", ingress_id=ingress_id)
