"""The state machine against a model of LiveKit and its ingress, and of an unreliable network.

Events and media are separate, as with the real ingress. An encoder is reported before its media
arrives. An end is reported while the media continues, for a moment or for seconds. Encoders replace
each other without an end, are refused while another is live, and resume after a restart. Keys are
reset while live. Creators end broadcasts, and so do caps of the site. Events are lost, late,
repeated, out of order, or of an old key. Whatever arrives, the recorded state is right after one
check.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

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

from footlight.literals import Cap, State
from footlight.live.state import (
    REST_SECONDS,
    EncoderStarted,
    EncoderStopped,
    EndedBroadcast,
    EndedByCap,
    EndedByCreator,
    IngressReplaced,
    LiveEvent,
    LiveRecord,
    RestEnded,
    RoomSeen,
    reduce,
    state_of,
)
from tests.support import effort

pytestmark = pytest.mark.soak

GRACE = 75
START = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@dataclass
class Session:
    """An encoder's session in LiveKit Ingress, with LiveKit's times in nanoseconds."""

    ingress_id: str
    started: int
    joined: int
    """When its participant joined the room, before its media."""
    has_media: bool = False
    """Its tracks are in the room."""
    is_over: bool = False
    """Its end was reported, but its media may go on."""


@dataclass(frozen=True)
class MediaChanged:
    """A webhook about the ingress's tracks or its participant. It only leads to a check."""

    ingress_id: str
    last_joined: int = 0
    """When the participant joined who has left."""


Webhook = EncoderStarted | EncoderStopped | MediaChanged


class World(RuleBasedStateMachine):
    """One channel: LiveKit's state, the recorded state, and an unreliable network in between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.skew = timedelta()
        self.ingresses = 0
        self.session: Session | None = None
        self.in_flight: list[Webhook] = []
        self.record = LiveRecord()
        self.ended: list[EndedBroadcast] = []
        self.broadcast_ids: list[str] = []
        self.resting_for: Cap | None = None
        """The cap that the key should rest for."""
        self.is_checked = False
        """Nothing has happened since the last check of the reconciler."""
        self.received: set[LiveEvent] = set()
        self.is_reliable = True
        """Every event was sent, and arrived once and in order."""

    # --- the recorded state ---

    def receive(self, event: LiveEvent) -> bool:
        """Record an event. Return True if the room must be checked."""
        transition = reduce(self.record, event, self.now, GRACE)
        assert reduce(self.record, event, self.now, GRACE) == transition  # pure
        if transition.ended:
            self.ended.append(transition.ended)
        self.record = transition.record
        broadcast = self.record.broadcast
        if broadcast and broadcast.id not in self.broadcast_ids:
            self.broadcast_ids.append(broadcast.id)
        return transition.needs_check

    def receive_webhook(self, event: Webhook) -> None:
        """Record an event, and make the check that the webhook starts in the background."""
        if isinstance(event, MediaChanged):
            self.check(last_joined=event.last_joined)
            return
        was_live = self.record.is_live
        needs_check = self.receive(event)
        if isinstance(event, EncoderStopped):
            assert self.record.is_live == was_live  # a report alone ends nothing
        if needs_check or self.record.is_live != was_live:
            self.check()
        if needs_check and self.is_on_air:
            assert self.record.is_live  # the media continues

    @property
    def state(self) -> State:
        return state_of(self.record.is_live, self.record.ended_at, self.now, GRACE)

    def check(self, *, is_sample: bool = False, last_joined: int = 0) -> None:
        """Check the room's participants.

        A recent report outweighs a room that lacks it, unless its own participant has left.
        """
        was_live, is_settling = self.record.is_live, self.record.is_settling(self.now)
        if was_live and last_joined > self.record.last_started:
            is_settling = False
        self.receive(RoomSeen(self.has_media, 3, is_sample=is_sample, last_joined=last_joined))
        assert self.record.is_live == (was_live if is_settling else self.is_on_air)

    # --- LiveKit's side ---

    @property
    def ingress_id(self) -> str | None:
        return self.record.ingress_id

    @property
    def has_media(self) -> bool:
        """The truth: whether the room has the host's media."""
        return self.session is not None and self.session.has_media

    @property
    def is_on_air(self) -> bool:
        """What the channel should show: the media, unless the key rests after an end."""
        return self.has_media and self.record.resting_until is None

    def clock(self) -> int:
        """Return LiveKit's time: unique, and some seconds ahead of or behind ours."""
        self.now += timedelta(milliseconds=1)
        return round((self.now + self.skew).timestamp() * 1e9) + 417

    def send(self, event: Webhook) -> None:
        self.in_flight.append(event)
        self.is_checked = False

    def lose_media(self) -> None:
        """The ingress's participant leaves the room, and the session is gone."""
        if self.session:
            self.send(MediaChanged(self.session.ingress_id, self.session.joined))
        self.session = None
        self.is_checked = False

    @initialize(skew=st.floats(-3, 3))
    def begin(self, skew: float) -> None:
        self.skew = timedelta(seconds=skew)
        self.reset_key()

    @rule()
    def reset_key(self) -> None:
        """A new key. LiveKit sends no end of the session that used the old one."""
        self.ingresses += 1
        self.receive(IngressReplaced(f"IN_{self.ingresses}"))
        self.lose_media()

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def connect_encoder(self) -> None:
        """If one is connected already, the new one replaces it, whose end is never reported."""
        assert self.ingress_id
        self.lose_media()
        self.session = Session(self.ingress_id, started=self.clock(), joined=self.clock())
        self.send(EncoderStarted(self.ingress_id, self.session.started, self.clock()))

    @precondition(lambda self: self.session and not self.session.is_over)
    @rule()
    def report_the_start_twice(self) -> None:
        """The server's update of the state isn't atomic."""
        assert self.session
        self.send(EncoderStarted(self.session.ingress_id, self.session.started, self.clock()))

    @precondition(lambda self: self.session and not self.session.has_media)
    @rule()
    def media_arrives(self) -> None:
        """In reality within 1.3 s after the start."""
        assert self.session
        self.session.has_media = True
        self.send(MediaChanged(self.session.ingress_id))

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def refuse_an_encoder(self) -> None:
        """LiveKit sends an end without a start, whether or not another encoder is connected."""
        assert self.ingress_id
        if self.session and not self.session.has_media:
            # This session's own end is then older than the one that was reported.
            self.is_reliable = False
        self.send(EncoderStopped(self.ingress_id, self.clock(), self.clock()))

    @precondition(lambda self: self.session is not None)
    @rule()
    def end_session(self) -> None:
        """An orderly end, or a new size of the picture: the end comes first, then the media."""
        assert self.session
        self.session.is_over = True
        self.send(EncoderStopped(self.session.ingress_id, self.session.started, self.clock()))

    @precondition(lambda self: self.session and self.session.is_over)
    @rule()
    def media_ends(self) -> None:
        self.lose_media()

    @precondition(lambda self: self.session is not None)
    @rule()
    def kill_worker(self) -> None:
        """LiveKit never sends an end, and notices that the participant is gone."""
        self.lose_media()

    @precondition(lambda self: self.has_media)
    @rule()
    def restart_livekit(self) -> None:
        """The session ends and resumes with its old start. No event says that the media left."""
        assert self.session
        self.session.has_media = self.session.is_over = False
        self.session.joined = self.clock()
        self.send(EncoderStopped(self.session.ingress_id, self.session.started, self.clock()))
        self.send(EncoderStarted(self.session.ingress_id, self.session.started, self.clock()))

    @rule(is_livekit_up=st.booleans())
    def end_broadcast_as_creator(self, is_livekit_up: bool) -> None:
        """LiveKit ends the session with an error, if it can be reached. The key rests."""
        ended_before = len(self.ended)
        had_broadcast = self.record.broadcast is not None
        self.receive(EndedByCreator())
        self.disconnect(is_livekit_up)
        assert self.state == "offline"
        assert self.record.resting_until
        assert self.record.broadcast is None
        if had_broadcast:
            assert len(self.ended) == ended_before + 1

    def disconnect(self, is_livekit_up: bool) -> None:
        """Turn off the key, which ends the session, if LiveKit can be reached."""
        if self.session and is_livekit_up:
            self.end_session()
            self.lose_media()
        self.is_checked = False

    @precondition(lambda self: bool(self.broadcast_ids))
    @rule(data=st.data(), cap=st.sampled_from(get_args(Cap)), is_livekit_up=st.booleans())
    def end_broadcast_over_a_cap(self, data: st.DataObject, cap: Cap, is_livekit_up: bool) -> None:
        """A check ends the broadcast that it has found, perhaps after it has ended."""
        newest = self.broadcast_ids[:-4:-1]
        event = EndedByCap(data.draw(st.sampled_from(newest)), cap)
        before, ended_before, was = self.record, len(self.ended), self.state
        found = before.broadcast
        self.receive(event)
        if found is None or found.id != event.broadcast_id or was == "offline":
            assert self.record.is_live == before.is_live
            assert self.record.resting_until == before.resting_until
            assert self.state == was
            return
        self.resting_for = event.cap
        assert self.state == "offline"
        assert self.record.broadcast is None
        assert self.record.resting_until == self.now + timedelta(seconds=REST_SECONDS)
        assert len(self.ended) == ended_before + 1
        assert self.ended[-1].reason == "capped"
        again = self.record
        self.receive(event)
        assert self.record == again  # a repeat has no effect
        self.disconnect(is_livekit_up)

    @precondition(lambda self: self.record.resting_until)
    @rule()
    def end_rest(self) -> None:
        """The minute's run disconnects an encoder that LiveKit has not disconnected before."""
        assert self.record.resting_until
        if self.now < self.record.resting_until:
            before = self.record
            self.receive(RestEnded())
            assert self.record == before
            self.now = self.record.resting_until
        if self.session:
            self.end_session()
            self.lose_media()
        self.receive(RestEnded())
        self.resting_for = None
        assert self.state == "offline"

    @precondition(lambda self: self.record.resting_until)
    @rule()
    def press_go_live_again(self) -> None:
        self.is_reliable = self.is_reliable and self.session is None
        self.receive(RestEnded(is_early=True))
        self.resting_for = None
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
        self.receive_webhook(event)
        self.is_checked = False
        if isinstance(event, MediaChanged):
            return
        if event.ingress_id != before.ingress_id:
            assert self.record == before  # an event of an old key has no effect
        if event in self.received and isinstance(event, EncoderStarted):
            assert self.record == before  # a repeat has no effect, however late
        self.received.add(event)
        first = self.record
        self.receive_webhook(event)
        assert self.record == first  # an immediate repeat has no effect

    @precondition(lambda self: bool(self.in_flight))
    @rule(data=st.data())
    def lose_an_event(self, data: st.DataObject) -> None:
        self.is_reliable = False
        self.in_flight.pop(data.draw(st.integers(0, len(self.in_flight) - 1)))

    @precondition(lambda self: bool(self.in_flight))
    @rule()
    def deliver_all_events_in_order(self) -> None:
        for event in self.in_flight:
            self.receive_webhook(event)
            if not isinstance(event, MediaChanged):
                self.received.add(event)
        self.in_flight.clear()
        self.is_checked = False
        is_starting = self.session is not None and not self.session.has_media
        if self.is_reliable and not is_starting:  # webhooks alone are then enough
            assert self.record.is_live == self.is_on_air

    @rule(seconds=st.one_of(st.integers(1, 20), st.integers(60, 300)))
    def advance_time(self, seconds: int) -> None:
        if self.session and not self.session.has_media:
            self.media_arrives()
        self.now += timedelta(seconds=seconds)

    @rule()
    def check_in_background(self) -> None:
        """A check of a read, at any time."""
        self.check()

    @rule()
    def run_reconciler(self) -> None:
        if self.record.is_settling(self.now):
            self.advance_time(60)  # This run changes nothing: the next one decides.
        broadcast = self.record.broadcast
        in_grace = self.state == "reconnecting"
        was_live = self.record.is_live
        self.check(is_sample=True)
        self.is_checked = True
        if broadcast and self.is_on_air and (was_live or in_grace):
            assert self.record.broadcast
            assert self.record.broadcast.id == broadcast.id  # one broadcast through its drops

    # --- what always holds ---

    @invariant()
    def the_state_is_right_after_a_check(self) -> None:
        if self.is_checked:
            assert self.record.is_live == self.is_on_air
            assert (self.state == "live") == self.is_on_air

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
    def a_rest_for_a_cap_lasts_until_it_is_ended(self) -> None:
        """No reset of the key, no other end, and no report of LiveKit ends it."""
        assert self.record.resting_for == self.resting_for
        if self.resting_for:
            assert self.record.resting_until
        if self.record.resting_until:
            assert not self.record.is_live

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
