"""Reset and end of a creator's ingress: create, commit, disable, delete, under a lease.

The old key works until the new one is committed, and what fails before that leaves the old key.
Viewers in the room stay: the room is never deleted.
"""

import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager

from livekit.protocol.ingress import IngressInfo
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from footlight import clock, identities, livekit
from footlight.errors import Refused, ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress.options import InputType, request_for
from footlight.live.record import off
from footlight.tables import base
from footlight.tables.keys import IngressOwner, Key, key_key, owner_key
from footlight.tables.live import Live, live_key
from footlight.telemetry import log

LEASE_SECONDS = 30
"""Longer than the function lives, so that a lease outlives whoever died with it and no more."""


def reset_ingress(creator: Person, input_type: InputType) -> IngressInfo:
    """A new ingress in place of the old one. Raises ResetInProgress, Unavailable."""
    with _lease(creator.id) as key:
        created = livekit.create_ingress(request_for(creator.id, creator.username, input_type))
        try:
            _commit(creator.id, key, created, input_type)
        except Refused:
            _forget(created.ingress_id)
            raise
        _clear(creator.id, but=created.ingress_id)
        return created


def end_ingress(creator: Person) -> None:
    """Ends and forgets the ingress; none there is as good. Raises ResetInProgress, Unavailable."""
    with _lease(creator.id) as key:
        if key.ingress_id:
            _commit(creator.id, key, None, None)
        _clear(creator.id, but=None)


@contextmanager
def _lease(user_id: str) -> Generator[Key]:
    """The creator's key item, theirs alone until the block is left."""
    now_ms = int(time.time() * 1000)
    lease_id = uuid.uuid4().hex
    key = Key(*key_key(user_id))
    try:
        with base.faults():
            key.update(
                actions=[
                    Key.kind.set(Key),
                    Key.user_id.set(user_id),
                    Key.lease_id.set(lease_id),
                    Key.lease_until_ms.set(now_ms + LEASE_SECONDS * 1000),
                ],
                condition=Key.lease_until_ms.does_not_exist() | (Key.lease_until_ms < now_ms),
            )
    except UpdateError as error:
        raise ResetInProgress from error
    try:
        yield key
    finally:
        _release(user_id, lease_id)


def _release(user_id: str, lease_id: str) -> None:
    try:
        with base.faults():
            Key(*key_key(user_id)).update(
                actions=[Key.lease_id.remove(), Key.lease_until_ms.remove()],
                condition=Key.lease_id == lease_id,
            )
    except (UpdateError, Unavailable):
        log.warning("lease_left_to_run_out", user_id=user_id)


def _commit(
    user_id: str, key: Key, created: IngressInfo | None, input_type: InputType | None
) -> None:
    """Makes the new ingress the channel's, in one transaction with all that follows from it.

    The channel goes offline by it, since LiveKit sends no event for an ingress that is deleted.
    """
    now = clock.iso(clock.now())
    ingress_id = created.ingress_id if created else None
    try:
        with base.faults(), base.transaction() as write:
            write.update(
                Key(*key_key(user_id)),
                actions=[
                    Key.version.set((key.version or 0) + 1),
                    Key.ingress_id.set(ingress_id) if ingress_id else Key.ingress_id.remove(),
                    Key.input_type.set(input_type) if input_type else Key.input_type.remove(),
                    Key.last_four.set(created.stream_key[-4:])
                    if created
                    else Key.last_four.remove(),
                    Key.created_at.set(now),
                ],
                condition=Key.lease_id == key.lease_id,
            )
            if ingress_id:
                write.save(IngressOwner(*owner_key(ingress_id), user_id=user_id))
            if key.ingress_id:
                write.delete(IngressOwner(*owner_key(key.ingress_id)))
            _set_offline(write, user_id, ingress_id)
    except TransactWriteError as error:  # the lease ran out under us
        raise ResetInProgress from error


def _set_offline(write: TransactWrite, user_id: str, ingress_id: str | None) -> None:
    write.update(
        Live(*live_key(user_id)),
        actions=[
            Live.kind.set(Live),
            Live.user_id.set(user_id),
            Live.ingress_id.set(ingress_id) if ingress_id else Live.ingress_id.remove(),
            *off(clock.now()),
            Live.session_started.remove(),
            Live.session_updated.remove(),
            Live.ended_at.remove(),
        ],
    )


def _clear(user_id: str, *, but: str | None) -> None:
    """Ends every other ingress of the room: the old one, and any that a lost answer left behind.

    Under the lease nobody else can be making one. What fails here is left for the next reset.
    """
    try:
        for ingress in livekit.ingresses_of(identities.room_of(user_id)):
            if ingress.ingress_id != but:
                livekit.set_enabled(ingress.ingress_id, enabled=False)
                livekit.delete_ingress(ingress.ingress_id)
    except Unavailable:
        log.warning("old_ingress_left", user_id=user_id)


def _forget(ingress_id: str) -> None:
    try:
        livekit.delete_ingress(ingress_id)
    except Unavailable:
        log.warning("new_ingress_left", ingress_id=ingress_id)
