"""The state machine against a model of LiveKit that loses, repeats, and reorders its webhooks.

Encoders connect, disconnect, crash, and replace each other. Keys are reset while live. Creators
end broadcasts. Events are lost, late, repeated, out of order, or of an old key. Whatever arrives,
the recorded state is right after one check.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from footlight.literals import State
from footlight.live.state import (
    EncoderStarted,
    EncoderStopped,
    EndedBroadcast,
    EndedByCreator,
    IngressReplaced,
    LiveEvent,
    LiveRecord,
    RoomSeen,
    reduce,
    state_of,
)
from tests.support import effort

pytestmark = pytest.mark.soak

GRACE = 75
START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@dataclass
class Encoder:
    """An encoder that is connected, with LiveKit's times in nanoseconds."""

    ingress_id: str
    started: int
    updated: int


class World(RuleBasedStateMachine):
    """One channel: LiveKit's state, the recorded state, and an unreliable network in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.skew = timedelta()
        self.ingresses = 0
        self.encoder: Encoder | None = None
        self.in_flight: list[EncoderStarted | EncoderStopped] = []
        self.record = LiveRecord()
        self.ended: list[EndedBroadcast] = []
        self.is_checked = False
        """Nothing has happened since the last check of the reconciler."""
        self.received: set[LiveEvent] = set()
        self.is_reliable = True
        """Every event was sent, and arrived once and in order."""

    # --- the recorded state ---

    def receive(self, event: LiveEvent) -> bool:
        """Record an event. Return True if it is ambiguous, so that the room must be checked."""
        transition = reduce(self.record, event, self.now, GRACE)
        assert reduce(self.record, event, self.now, GRACE) == transition  # pure
        if transition.ended:
            self.ended.append(transition.ended)
        self.record = transition.record
        return transition.is_ambiguous

    @property
    def state(self) -> State:
        return state_of(self.record.is_live, self.record.ended_at, self.now, GRACE)

    def check(self, *, is_decisive: bool = False) -> None:
        # A check asks for the room's participants, so it sees the truth.
        self.receive(
            RoomSeen(
                is_publishing=self.encoder is not None,
                viewers=3,
                is_sample=not is_decisive,
                is_decisive=is_decisive,
            )
        )

    # --- LiveKit's side ---

    @property
    def ingress_id(self) -> str | None:
        return self.record.ingress_id

    def clock(self) -> int:
        """Return LiveKit's time: unique, and some seconds ahead of or behind ours."""
        self.now += timedelta(milliseconds=1)
        return round((self.now + self.skew).timestamp() * 1e9) + 417

    def send(self, event: EncoderStarted | EncoderStopped) -> None:
        self.in_flight.append(event)
        self.is_checked = False

    @initialize(skew=st.floats(-3, 3))
    def begin(self, skew: float) -> None:
        self.skew = timedelta(seconds=skew)
        self.reset_key()

    @rule()
    def reset_key(self) -> None:
        """A new key. LiveKit sends no event for the encoder that used the old one."""
        self.ingresses += 1
        self.receive(IngressReplaced(f"IN_{self.ingresses}"))
        self.encoder = None
        self.is_checked = False

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def connect_encoder(self) -> None:
        """If one is connected already, the new one replaces it without a stop event."""
        assert self.ingress_id
        started = self.clock()
        self.encoder = Encoder(self.ingress_id, started, self.clock())
        self.send(EncoderStarted(self.ingress_id, started, self.encoder.updated))

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def fail_second_encoder(self) -> None:
        """LiveKit sends a stop without a start, whether or not the first one is connected."""
        assert self.ingress_id
        started = self.clock()
        self.send(EncoderStopped(self.ingress_id, started, self.clock()))

    @precondition(lambda self: self.encoder is not None)
    @rule()
    def disconnect_encoder(self) -> None:
        assert self.encoder
        self.send(EncoderStopped(self.encoder.ingress_id, self.encoder.started, self.clock()))
        self.encoder = None

    @precondition(lambda self: self.encoder is not None)
    @rule()
    def kill_worker(self) -> None:
        """LiveKit never sends a stop."""
        self.is_reliable = False
        self.encoder = None
        self.is_checked = False

    @rule()
    def end_broadcast_as_creator(self) -> None:
        ended_before = len(self.ended)
        had_broadcast = self.record.broadcast is not None
        self.receive(EndedByCreator())
        if self.encoder:
            self.disconnect_encoder()
        assert self.state == "offline"
        assert self.record.broadcast is None
        if had_broadcast:
            assert len(self.ended) == ended_before + 1
        self.is_checked = False

    # --- the network ---

    @precondition(lambda self: bool(self.in_flight))
    @rule(data=st.data(), is_repeated=st.booleans())
    def deliver_one_event(self, data: st.DataObject, is_repeated: bool) -> None:
        """Deliver any event in flight, perhaps not for the last time."""
        index = data.draw(st.integers(0, len(self.in_flight) - 1))
        self.is_reliable = self.is_reliable and index == 0 and not is_repeated
        event = self.in_flight[index] if is_repeated else self.in_flight.pop(index)
        before = self.record
        is_ambiguous = self.receive(event)
        if event.ingress_id != before.ingress_id:
            assert self.record.is_live == before.is_live  # an event of an old key has no effect
        if event in self.received and not is_ambiguous:
            assert self.record.is_live == before.is_live  # a repeat has no effect, however late
        if not is_ambiguous:  # an ambiguous event is not recorded
            self.received.add(event)
        first = self.record
        assert not self.receive(event) or is_ambiguous  # an immediate repeat has no effect
        assert self.record == first
        if is_ambiguous:
            self.check(is_decisive=True)
            assert self.record.is_live == (self.encoder is not None)
        self.is_checked = False

    @precondition(lambda self: bool(self.in_flight))
    @rule(data=st.data())
    def lose_an_event(self, data: st.DataObject) -> None:
        self.is_reliable = False
        self.in_flight.pop(data.draw(st.integers(0, len(self.in_flight) - 1)))

    @precondition(lambda self: bool(self.in_flight))
    @rule()
    def deliver_all_events_in_order(self) -> None:
        for event in self.in_flight:
            if self.receive(event):
                self.check(is_decisive=True)
            else:
                self.received.add(event)
        self.in_flight.clear()
        self.is_checked = False
        if self.is_reliable:  # webhooks alone are then enough
            assert self.record.is_live == (self.encoder is not None)

    @rule(seconds=st.one_of(st.integers(1, 20), st.integers(60, 300)))
    def advance_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def check_in_background(self) -> None:
        """A check of a read, at any time. It never contradicts a recent report."""
        was_live, is_settling = self.record.is_live, self.record.is_settling(self.now)
        self.check()
        assert self.record.is_live == (was_live if is_settling else self.encoder is not None)

    @rule()
    def run_reconciler(self) -> None:
        if self.record.is_settling(self.now):
            self.now += timedelta(seconds=60)  # This run changes nothing: the next one decides.
        broadcast = self.record.broadcast
        in_grace = self.state == "reconnecting"
        was_live = self.record.is_live
        self.check()
        self.is_checked = True
        if broadcast and self.encoder and (was_live or in_grace):
            assert self.record.broadcast
            assert self.record.broadcast.id == broadcast.id  # one broadcast through its drops

    # --- what always holds ---

    @invariant()
    def the_state_is_right_after_a_check(self) -> None:
        if self.is_checked:
            assert self.record.is_live == (self.encoder is not None)
            assert (self.state == "live") == (self.encoder is not None)

    @invariant()
    def a_live_channel_has_a_broadcast(self) -> None:
        if self.record.is_live:
            assert self.record.broadcast
            assert self.record.ended_at is None
        if self.record.broadcast and not self.record.is_live:
            assert self.record.ended_at  # in its grace period, or ended by the next event
        if not self.record.is_live:
            assert self.record.viewers == 0

    @invariant()
    def each_broadcast_ends_once(self) -> None:
        ids = [ended.broadcast.id for ended in self.ended]
        if self.record.broadcast:
            ids.append(self.record.broadcast.id)
        assert len(ids) == len(set(ids)), ids
        for ended in self.ended:
            assert ended.ended_at >= ended.broadcast.started_at - timedelta(seconds=5)
            assert ended.broadcast.peak_viewers >= (ended.average_viewers or 0)

    @invariant()
    def a_channel_is_offline_after_the_grace_period(self) -> None:
        ended_at = self.record.ended_at
        if ended_at and self.now - ended_at >= timedelta(seconds=GRACE):
            assert self.state == "offline"
            settled = reduce(self.record, RoomSeen(is_publishing=False), self.now, GRACE)
            assert settled.ended
            assert settled.ended.reason == "stopped"
            assert replace(settled.record, verified_at=None).broadcast is None


World.TestCase.settings = settings(
    max_examples=effort.chosen().histories,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = World.TestCase
