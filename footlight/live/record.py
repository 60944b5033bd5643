"""The only writer of live state: read it, let `state.reduce` decide, write if nothing changed.

The write is conditional on the version that was read (an optimistic lock). If another process was
faster, the event is decided again. No further idempotency is needed: `reduce` itself ignores late
and repeated events.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from footlight import clock, settings
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.literals import Source, State
from footlight.live import state
from footlight.live.state import (
    Broadcast,
    EndedBroadcast,
    LiveEvent,
    LiveRecord,
    RoomSeen,
    Transition,
)
from footlight.standing import require_good_caller
from footlight.tables.items import Listing, batch_get, get
from footlight.tables.live import (
    LiveState,
    PastBroadcast,
    by_drop,
    by_rest,
    by_viewers,
    last_broadcast_item,
    live_state,
    past_broadcast,
)
from footlight.tables.standing import standing_ref
from footlight.tables.transactions import (
    Operation,
    commit,
    put,
    retry,
    upsert,
    write,
    write_independent,
)
from footlight.tables.usage import USAGE_KEPT, DayUsage, day_usage

GROUP_SIZE = 25
"""Channels whose states are written in one transaction. If another process changes one of them, the
others are written again."""


@dataclass(frozen=True)
class Outcome:
    """The result of an event. `new_state` is None if the state is the same as before.

    `needs_check`: the room must be checked. `item` is the live state after the event, or None if
    the channel has none.
    """

    is_changed: bool
    needs_check: bool
    new_state: State | None
    item: LiveState | None


@dataclass(frozen=True)
class _Change:
    """What an event changes, and the operations that write it."""

    user_id: str
    outcome: Outcome
    operations: Sequence[Operation]


def record_event(user_id: str, event: LiveEvent, source: Source, *operations: Operation) -> Outcome:
    """Write what an event changes, together with other operations, in one transaction.

    The operations are written even if the event changes nothing, unless they are only checks. A
    change of the state is logged with its source. A creator who isn't in good standing is refused.
    """

    def attempt() -> Outcome:
        item = _own_state(user_id) if source == "creator" else _state(user_id)
        change = _decide(user_id, item, event, source)
        written = (*operations, *change.operations)
        if any(operation.kind != "condition_check" for operation in written):
            write(*written)
        _log(change, source)
        return change.outcome

    return retry(attempt)


def _state(user_id: str) -> LiveState | None:
    return get(live_state(user_id), consistent=True)


def _own_state(creator_id: str) -> LiveState | None:
    """Return a creator's live state, for a change by the creator."""
    ref = live_state(creator_id)
    found = batch_get(ref, standing_ref(creator_id), consistent=True)
    require_good_caller(creator_id, found)
    return found.get(ref)


def record_seen(
    seen: Iterable[tuple[LiveState, RoomSeen]], source: Source
) -> tuple[dict[str, Outcome], int]:
    """Write what a check saw of channels whose states it has read.

    Return the outcomes by user id, and the number of failed writes. Channels whose write failed
    have no outcome, nor have those whose state another process has written since the read.
    """
    changes = [_decide(item.user_id, item, event, source) for item, event in seen]
    # The start or the end of a broadcast writes other items with the state.
    together = [change for change in changes if len(change.operations) > 1]
    alone = [change for change in changes if len(change.operations) == 1]
    outcomes = {change.user_id: change.outcome for change in changes if not change.operations}
    faults = 0
    for group in (*([change] for change in together), *_groups(alone)):
        try:
            written = _write_unless_changed(group)
        except Unavailable:
            faults += 1
            continue
        for change in written:
            _log(change, source)
            outcomes[change.user_id] = change.outcome
    return outcomes, faults


def _groups(changes: Sequence[_Change]) -> Iterator[Sequence[_Change]]:
    for first in range(0, len(changes), GROUP_SIZE):
        yield changes[first : first + GROUP_SIZE]


def _write_unless_changed(changes: Sequence[_Change]) -> list[_Change]:
    """Write one change, or independent ones. Return those whose state was as it was read."""
    if len(changes) == 1:
        return list(changes) if commit(*changes[0].operations) else []
    failed = write_independent(*(change.operations[0] for change in changes))
    lost = {id(operation) for operation in failed}
    return [change for change in changes if id(change.operations[0]) not in lost]


def _decide(user_id: str, item: LiveState | None, event: LiveEvent, source: Source) -> _Change:
    """Return what an event changes of a state that was read, on the condition of its version."""
    before = _record_of(item)
    now, grace_seconds = clock.now(), settings.drop_grace_seconds()
    transition = state.reduce(before, event, now, grace_seconds)
    after = transition.record
    is_changed = after != before
    version = item.version if item else 0
    written = _item(user_id, after, version + 1, source) if is_changed else None
    old_state = state.state_of(before.is_live, before.ended_at, now, grace_seconds)
    new_state = state.state_of(after.is_live, after.ended_at, now, grace_seconds)
    outcome = Outcome(
        is_changed=is_changed,
        needs_check=transition.needs_check,
        new_state=new_state if new_state != old_state else None,
        item=written or item,
    )
    return _Change(user_id, outcome, _operations(written, transition, item) if written else [])


def _log(change: _Change, source: Source) -> None:
    new_state = change.outcome.new_state
    if new_state:
        log.info("live state changed", user_id=change.user_id, to=new_state, source=source)


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
        reported_at=item.reported_at,
        resting_until=item.resting_until,
        resting_for=item.resting_for,
        streamed_until=item.streamed_until,
        streamed_seconds=item.streamed_seconds,
    )


def _operations(
    item: LiveState, transition: Transition, before: LiveState | None
) -> list[Operation]:
    is_unchanged = LiveState.version == before.version if before else LiveState.pk.does_not_exist()
    operations = [put(item, condition=is_unchanged)]
    if item.session_id and item.session_started_at and not _is_same_broadcast(item, before):
        operations.append(put(last_broadcast_item(item.user_id, item.session_started_at)))
    if transition.ended:
        operations.append(put(_past_broadcast(item.user_id, transition.ended)))
        operations.append(_count_streamed(item.user_id, transition.ended))
    return operations


def _is_same_broadcast(item: LiveState, before: LiveState | None) -> bool:
    return before is not None and before.session_id == item.session_id


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
        reported_at=record.reported_at,
        resting_until=record.resting_until,
        resting_for=record.resting_for,
        streamed_until=record.streamed_until,
        streamed_seconds=record.streamed_seconds,
        **(listing.attributes() if listing else {}),
    )


def _listing(user_id: str, record: LiveRecord) -> Listing | None:
    """Return the channel's place in the list of live, reconnecting, or resting channels.

    The reconciler finds expired grace periods by the second list, and ended rests by the third.
    """
    if record.is_live:
        return by_viewers(user_id, record.viewers)
    if record.ended_at:
        return by_drop(user_id, record.ended_at)
    return by_rest(user_id, record.resting_until) if record.resting_until else None


def _count_streamed(user_id: str, ended: EndedBroadcast) -> Operation:
    """Return the operation that counts a broadcast in what the site has streamed on its last day.

    What it streamed on earlier days was shown while it was live, and isn't asked for afterwards.
    """
    day = day_usage(ended.ended_at, user_id)
    return upsert(
        day,
        DayUsage.streamed_seconds.add(ended.seconds_of_last_day),
        DayUsage.expires_at.set(ended.ended_at + USAGE_KEPT),
    )


def _past_broadcast(user_id: str, ended: EndedBroadcast) -> PastBroadcast:
    return past_broadcast(user_id, ended.broadcast.id).new(
        started_at=ended.broadcast.started_at,
        ended_at=ended.ended_at,
        reason=ended.reason,
        peak_viewers=ended.broadcast.peak_viewers,
        average_viewers=ended.average_viewers,
    )
