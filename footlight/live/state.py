"""The state machine of a channel's broadcast. Pure.

    offline ──started──► live ──stopped──► reconnecting ──grace period ends──► offline
                          ▲                     │
                          └───────started───────┘   the same broadcast

A broadcast starts with the first encoder. It survives drops that are shorter than the grace period.
It ends, with a reason, when the channel is offline. Events come from webhooks, which may be late,
repeated, out of order, or lost; from checks of the room; and from the creator.

The media in the room decides. A reported start makes a channel live before the media arrives. A
reported end only asks for a check, because the media may go on: if the size of the picture changes,
LiveKit reports the end at once and disconnects the encoder 10 s later.

After the creator has ended a broadcast, the stream key rests: neither a start nor media makes the
channel live until the rest has ended. The same holds after the end of a broadcast over a cap.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from footlight.literals import Cap, EndReason
from footlight.live.on_read import FRESH_SECONDS, state_of

SETTLE_SECONDS = 10
"""How long a report counts more than a room that doesn't show it. LiveKit reports an encoder up to
1.3 s before its participant joins the room, and disconnects it after the creator's change."""

REST_SECONDS = 60
"""How long the stream key rests after the creator has ended a broadcast. An encoder that reconnects
on its own doesn't bring the channel back."""

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
"""In nanoseconds, LiveKit's unit."""


@dataclass(frozen=True)
class Broadcast:
    """A broadcast that is live or in its grace period. `id` is its start in milliseconds."""

    id: str
    started_at: datetime
    peak_viewers: int = 0
    viewer_sum: int = 0
    viewer_samples: int = 0


@dataclass(frozen=True)
class EndedBroadcast:
    """A broadcast that has ended."""

    broadcast: Broadcast
    ended_at: datetime
    reason: EndReason

    @property
    def seconds_of_last_day(self) -> int:
        """The part of the broadcast on the day, in UTC, on which it ended."""
        return seconds_of_day(self.broadcast.started_at, self.ended_at)

    @property
    def average_viewers(self) -> int | None:
        """The average over the samples, one a minute. None if there is no sample."""
        samples = self.broadcast.viewer_samples
        return round(self.broadcast.viewer_sum / samples) if samples else None


@dataclass(frozen=True)
class LiveRecord:
    """What is recorded of a channel.

    `last_started` and `last_updated` are the newest `startedAt` and `updatedAt` (nanoseconds) that
    LiveKit reported for the current ingress. An event that is not newer is late or repeated.
    `ended_at` is the start of the grace period, or None outside of it. `verified_at` is when
    LiveKit last confirmed the state. `reported_at` is when a start or a change of the creator was
    reported. It is None as soon as the room has shown it, or an end was reported. `resting_until`
    is set while the stream key rests. It may have passed: the rest ends with `RestEnded`.
    `resting_for` is the cap for which it rests, or None after an end by the creator. A rest for a
    cap has no end of its own: it lasts until the channel is under the cap, and at least until
    `resting_until`.
    `streamed_seconds` counts the day, in UTC, of `streamed_until`, which is when the last broadcast
    ended. It counts only broadcasts that have ended.
    """

    ingress_id: str | None = None
    is_live: bool = False
    broadcast: Broadcast | None = None
    ended_at: datetime | None = None
    last_started: int = 0
    last_updated: int = 0
    viewers: int = 0
    verified_at: datetime | None = None
    reported_at: datetime | None = None
    resting_until: datetime | None = None
    resting_for: Cap | None = None
    streamed_until: datetime | None = None
    streamed_seconds: int = 0

    def is_settling(self, now: datetime) -> bool:
        """Return whether the room may not show yet what was reported."""
        return _is_within(self.reported_at, now, SETTLE_SECONDS)


@dataclass(frozen=True)
class EncoderStarted:
    """LiveKit reports that an encoder connected. Times are LiveKit's nanoseconds."""

    ingress_id: str
    started: int
    updated: int


@dataclass(frozen=True)
class EncoderStopped:
    """LiveKit reports that an encoder's session ended. Its media may go on.

    `started` identifies the encoder's connection. It is None if the event lacks it.
    """

    ingress_id: str
    started: int | None
    updated: int


@dataclass(frozen=True)
class RoomSeen:
    """A check read the room: whether the host publishes, and the number of viewers.

    A sample counts in the broadcast's average. While a report settles, a room that contradicts it
    changes nothing. `last_joined` (LiveKit's nanoseconds, or 0) is set if LiveKit has reported that
    the encoder's participant left: it is when that participant had joined. If it joined after the
    reported start, no media of that start will follow.
    """

    is_publishing: bool
    viewers: int = 0
    is_sample: bool = False
    last_joined: int = 0


@dataclass(frozen=True)
class EndedByCreator:
    """The creator ended the broadcast. There is no grace period, and the stream key rests."""


@dataclass(frozen=True)
class EndedByCap:
    """A broadcast was over a cap of the site. It ends at once, and the stream key rests.

    No-op if the channel has another broadcast, or none.
    """

    broadcast_id: str
    cap: Cap


@dataclass(frozen=True)
class RestEnded:
    """The stream key works again: its rest has passed, or the creator ends it early."""

    is_early: bool = False


@dataclass(frozen=True)
class IngressReplaced:
    """The creator replaced or deleted the ingress. LiveKit sends no event for this."""

    ingress_id: str | None


LiveEvent = (
    EncoderStarted
    | EncoderStopped
    | RoomSeen
    | EndedByCreator
    | EndedByCap
    | RestEnded
    | IngressReplaced
)


@dataclass(frozen=True)
class Transition:
    """The result of an event: the new record, and the broadcast that ended.

    `needs_check`: an end was reported of a channel that is live, so the room must be checked.
    """

    record: LiveRecord
    ended: EndedBroadcast | None = None
    needs_check: bool = False


def reduce(record: LiveRecord, event: LiveEvent, now: datetime, grace_seconds: int) -> Transition:
    """Return the transition that an event causes.

    This is the only transition function. If the record is unchanged, nothing has to be written.
    """
    settled, expired = _end_expired(record, now, grace_seconds)
    match event:
        case EncoderStarted():
            transition = _start(settled, event, now)
        case EncoderStopped():
            transition = _stop(settled, event, now)
        case RoomSeen():
            transition = _confirm(settled, event, now)
        case EndedByCreator():
            transition = _end_and_rest(settled, now, "ended")
        case EndedByCap():
            transition = _end_by_cap(settled, event, now)
        case RestEnded():
            transition = _end_rest(settled, event, now)
        case IngressReplaced():
            transition = _replace_ingress(settled, event, now)
    ended = transition.ended or expired
    record = replace(
        transition.record,
        streamed_until=record.streamed_until,
        streamed_seconds=record.streamed_seconds,
    )
    return replace(
        transition, record=_with_streamed(record, ended) if ended else record, ended=ended
    )


def day_start(instant: datetime) -> datetime:
    """Return when the day, in UTC, of an instant began."""
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def seconds_of_day(start: datetime, end: datetime) -> int:
    """Return how much of a period is on the day, in UTC, on which it ends."""
    return max(0, round((end - max(start, day_start(end))).total_seconds()))


def _with_streamed(record: LiveRecord, ended: EndedBroadcast) -> LiveRecord:
    """Count a broadcast that has ended in the streamed time of its channel."""
    before, until = record.streamed_until, ended.ended_at
    earlier = record.streamed_seconds if before and before.date() == until.date() else 0
    return replace(
        record, streamed_until=until, streamed_seconds=earlier + ended.seconds_of_last_day
    )


def _end_expired(
    record: LiveRecord, now: datetime, grace_seconds: int
) -> tuple[LiveRecord, EndedBroadcast | None]:
    """End a broadcast whose grace period has expired.

    No code runs at the moment of expiry, so the next event does this.
    """
    if record.is_live or record.broadcast is None or record.ended_at is None:
        return record, None
    if state_of(False, record.ended_at, now, grace_seconds) == "reconnecting":
        return record, None
    ended = EndedBroadcast(record.broadcast, record.ended_at, "stopped")
    return replace(record, broadcast=None, ended_at=None), ended


def _start(record: LiveRecord, event: EncoderStarted, now: datetime) -> Transition:
    is_newer = _is_newer(record, event.started, event.updated)
    if event.ingress_id != record.ingress_id or not is_newer:
        return Transition(record)
    if record.resting_until:
        noted = replace(record, last_started=event.started, last_updated=event.updated)
        return Transition(noted)
    # A session that resumes after its broadcast has ended starts another broadcast now.
    is_resumed = event.started == record.last_started
    start = now if is_resumed else datetime.fromtimestamp(event.started / SECOND, UTC)
    return Transition(
        replace(
            _live_since(record, start),
            last_started=event.started,
            last_updated=event.updated,
            verified_at=now,
            reported_at=now,
        )
    )


def _stop(record: LiveRecord, event: EncoderStopped, now: datetime) -> Transition:
    if event.ingress_id != record.ingress_id:
        return Transition(record)
    started = record.last_started if event.started is None else event.started
    if not _is_newer(record, started, event.updated):
        return Transition(record, needs_check=record.is_live)
    noted = replace(record, last_started=started, last_updated=event.updated)
    if not record.is_live:
        return Transition(replace(noted, verified_at=now))
    if started == record.last_started:
        noted = replace(noted, reported_at=None)
    # Otherwise either a second encoder failed while the first one is live, or its start was lost.
    return Transition(noted, needs_check=True)


def _confirm(record: LiveRecord, event: RoomSeen, now: datetime) -> Transition:
    is_contradiction = event.is_publishing != record.is_live
    has_left = record.is_live and event.last_joined > record.last_started
    is_settling = record.is_settling(now) and not has_left
    if is_contradiction and (is_settling or record.resting_until):
        return Transition(record)
    confirmed = replace(_as_seen(record, event, now), verified_at=now, reported_at=None)
    is_same = replace(confirmed, verified_at=record.verified_at) == record
    if is_same and _is_within(record.verified_at, now, FRESH_SECONDS):
        return Transition(record)  # The stored confirmation is fresh enough.
    return Transition(confirmed)


def _as_seen(record: LiveRecord, event: RoomSeen, now: datetime) -> LiveRecord:
    if not event.is_publishing:
        return _dropped(record, now)
    live = _live_since(record, now)
    assert live.broadcast is not None  # noqa: S101 - for the type checker
    counted = replace(
        live.broadcast,
        peak_viewers=max(live.broadcast.peak_viewers, event.viewers),
        viewer_sum=live.broadcast.viewer_sum + (event.viewers if event.is_sample else 0),
        viewer_samples=live.broadcast.viewer_samples + int(event.is_sample),
    )
    return replace(live, broadcast=counted, viewers=event.viewers)


def _end_and_rest(record: LiveRecord, now: datetime, reason: EndReason) -> Transition:
    """End the broadcast, and let the key rest. A rest for a cap stays one."""
    transition = _end(record, now, reason)
    if record.ingress_id is None:
        return transition  # No key that could rest.
    ended = replace(
        transition.record,
        # Events that LiveKit sent until now belong to the broadcast that ends here.
        last_updated=max(record.last_updated, _milliseconds(now) * MILLISECOND),
        reported_at=now,
        resting_until=now + timedelta(seconds=REST_SECONDS),
    )
    return replace(transition, record=ended)


def _end_by_cap(record: LiveRecord, event: EndedByCap, now: datetime) -> Transition:
    if record.broadcast is None or record.broadcast.id != event.broadcast_id:
        return Transition(record)
    if record.ingress_id is None:
        return _end(record, now, "capped")
    return _end_and_rest(replace(record, resting_for=event.cap), now, "capped")


def _replace_ingress(record: LiveRecord, event: IngressReplaced, now: datetime) -> Transition:
    """Continue with another key, or none. A rest for a cap is kept, which a reset can't avoid."""
    replaced = LiveRecord(ingress_id=event.ingress_id, verified_at=now, reported_at=now)
    if record.resting_for:
        replaced = replace(
            replaced, resting_until=record.resting_until, resting_for=record.resting_for
        )
    return replace(_end(record, now, "reset"), record=replaced)


def _end_rest(record: LiveRecord, event: RestEnded, now: datetime) -> Transition:
    is_resting = record.resting_until is not None and now < record.resting_until
    if is_resting and not event.is_early:
        return Transition(record)  # The creator has ended another broadcast.
    return Transition(replace(record, resting_until=None, resting_for=None))


def _end(record: LiveRecord, now: datetime, reason: EndReason) -> Transition:
    if record.broadcast is None:
        return Transition(record)
    # A broadcast in its grace period ended when the encoder disconnected.
    ended = EndedBroadcast(record.broadcast, record.ended_at or now, reason)
    offline = replace(
        record, is_live=False, broadcast=None, ended_at=None, viewers=0, verified_at=now
    )
    return Transition(offline, ended)


def _live_since(record: LiveRecord, start: datetime) -> LiveRecord:
    broadcast = record.broadcast or Broadcast(f"{_milliseconds(start):013d}", start)
    return replace(record, is_live=True, broadcast=broadcast, ended_at=None)


def _dropped(record: LiveRecord, now: datetime) -> LiveRecord:
    if not record.is_live:
        return record
    return replace(record, is_live=False, ended_at=now, viewers=0)


def _is_newer(record: LiveRecord, started: int, updated: int) -> bool:
    return (started, updated) > (record.last_started, record.last_updated)


def _is_within(instant: datetime | None, now: datetime, seconds: int) -> bool:
    return instant is not None and now - instant < timedelta(seconds=seconds)


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
