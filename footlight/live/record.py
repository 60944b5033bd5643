"""The only writer of live state: read it, let `state.reduce` decide, write if nothing changed.

The write is conditional on the version that was read (an optimistic lock). If another process was
faster, the event is decided again. No further idempotency is needed: `reduce` itself ignores late
and repeated events.
"""

from dataclasses import dataclass

from footlight import clock, settings
from footlight.aws.logs import log
from footlight.literals import Source, State
from footlight.live import state
from footlight.live.state import Broadcast, EndedBroadcast, LiveEvent, LiveRecord, Transition
from footlight.tables.items import Listing, get
from footlight.tables.live import (
    LiveState,
    PastBroadcast,
    by_drop,
    by_viewers,
    live_state,
    past_broadcast,
)
from footlight.tables.transactions import Operation, put, retry, write


@dataclass(frozen=True)
class Outcome:
    """The result of an event. `new_state` is None if the state is the same as before."""

    is_changed: bool
    is_ambiguous: bool
    new_state: State | None


class VersionChanged(Exception):
    """Raised if the live state is no longer at the version that the caller read."""


def record_event(
    user_id: str,
    event: LiveEvent,
    source: Source,
    *operations: Operation,
    if_version: int | None = None,
) -> Outcome:
    """Write what an event changes, together with other operations, in one transaction.

    The operations are written even if the event changes nothing. A change of the state is logged
    with its source.

    Raises:
        VersionChanged: the state is no longer at `if_version`.
    """

    def attempt() -> Outcome:
        item = get(live_state(user_id), consistent=True)
        if if_version is not None and if_version != (item.version if item else 0):
            raise VersionChanged
        before = _record_of(item)
        now, grace_seconds = clock.now(), settings.drop_grace_seconds()
        transition = state.reduce(before, event, now, grace_seconds)
        after = transition.record
        own_operations = _operations(user_id, item, transition, source) if after != before else []
        if operations or own_operations:
            write(*operations, *own_operations)
        old_state = state.state_of(before.is_live, before.ended_at, now, grace_seconds)
        new_state = state.state_of(after.is_live, after.ended_at, now, grace_seconds)
        if new_state != old_state:
            log.info("live state changed", user_id=user_id, to=new_state, source=source)
        return Outcome(
            is_changed=after != before,
            is_ambiguous=transition.is_ambiguous,
            new_state=new_state if new_state != old_state else None,
        )

    return retry(attempt)


def _record_of(item: LiveState | None) -> LiveRecord:
    if item is None:
        return LiveRecord()
    broadcast = None
    if item.session_id and item.session_started_at:
        broadcast = Broadcast(
            id=item.session_id,
            started_at=item.session_started_at,
            peak_viewers=item.peak_viewers,
            viewer_sum=item.viewer_sum,
            viewer_samples=item.viewer_samples,
        )
    return LiveRecord(
        ingress_id=item.ingress_id,
        is_live=item.live,
        broadcast=broadcast,
        ended_at=item.ended_at,
        last_started=item.last_started,
        last_updated=item.last_updated,
        viewers=item.viewers,
        verified_at=item.verified_at,
    )


def _operations(
    user_id: str, before: LiveState | None, transition: Transition, source: Source
) -> list[Operation]:
    version = before.version if before else 0
    item = _item(user_id, transition.record, version + 1, source)
    is_unchanged = LiveState.version == version if before else LiveState.pk.does_not_exist()
    operations = [put(item, condition=is_unchanged)]
    if transition.ended:
        operations.append(put(_past_broadcast(user_id, transition.ended)))
    return operations


def _item(user_id: str, record: LiveRecord, version: int, source: Source) -> LiveState:
    broadcast = record.broadcast
    listing = _listing(user_id, record)
    return live_state(user_id).new(
        user_id=user_id,
        version=version,
        source=source,
        ingress_id=record.ingress_id,
        live=record.is_live,
        session_id=broadcast.id if broadcast else None,
        session_started_at=broadcast.started_at if broadcast else None,
        peak_viewers=broadcast.peak_viewers if broadcast else 0,
        viewer_sum=broadcast.viewer_sum if broadcast else 0,
        viewer_samples=broadcast.viewer_samples if broadcast else 0,
        ended_at=record.ended_at,
        last_started=record.last_started,
        last_updated=record.last_updated,
        viewers=record.viewers,
        verified_at=record.verified_at,
        **(listing.attributes() if listing else {}),
    )


def _listing(user_id: str, record: LiveRecord) -> Listing | None:
    """Return the channel's place in the list of live or of reconnecting channels.

    The reconciler finds expired grace periods by the second list.
    """
    if record.is_live:
        return by_viewers(user_id, record.viewers)
    return by_drop(user_id, record.ended_at) if record.ended_at else None


def _past_broadcast(user_id: str, ended: EndedBroadcast) -> PastBroadcast:
    return past_broadcast(user_id, ended.broadcast.id).new(
        started_at=ended.broadcast.started_at,
        ended_at=ended.ended_at,
        reason=ended.reason,
        peak_viewers=ended.broadcast.peak_viewers,
        average_viewers=ended.average_viewers,
    )
