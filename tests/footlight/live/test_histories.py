"""The state machine against a model of LiveKit that loses, repeats and reorders its webhooks.

`FOOTLIGHT_HISTORIES` histories (300; `make soak` asks for 100,000): encoders that come, go, crash
and replace each other, keys that are reset while live, creators who end their broadcast, events
that are lost, late, repeated, of an old key or in any order. Whatever was told: what is recorded is
right after one look.
"""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from footlight.live.state import (
    Closed,
    EndedByCreator,
    IngressReplaced,
    Known,
    News,
    Seen,
    Started,
    State,
    Stopped,
    reduce,
    state_of,
)

GRACE = 75
HISTORIES = int(os.environ.get("FOOTLIGHT_HISTORIES", "300"))
BEGINNING = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


@dataclass
class Encoder:
    """A session of an ingress, as LiveKit knows it. Nanoseconds of LiveKit's own clock."""

    ingress_id: str
    started: int
    updated: int


class World(RuleBasedStateMachine):
    """One channel: LiveKit on one side, what is recorded on the other, a bad network between."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINNING
        self.skew = timedelta()
        self.ingresses = 0
        self.on_air: Encoder | None = None
        self.under_way: list[Started | Stopped] = []
        self.known = Known()
        self.closed: list[Closed] = []
        self.looked = False
        """Nothing has happened since the reconciler looked."""
        self.taken: set[News] = set()
        self.tidy = True
        """Every event so far was told, and arrived once and in order."""

    # --- our side ---

    def take(self, news: News) -> bool:
        """What `record` does; whether LiveKit has to be asked."""
        change = reduce(self.known, news, self.now, GRACE)
        assert reduce(self.known, news, self.now, GRACE) == change  # pure
        if change.closed:
            self.closed.append(change.closed)
        self.known = change.known
        return change.is_unsure

    @property
    def state(self) -> State:
        return state_of(self.known.is_live, self.known.ended_at, self.now, GRACE)

    def look(self, *, is_sample: bool = True) -> None:
        # What disagrees is confirmed later than LiveKit's list is old, so it is the truth.
        self.take(Seen(is_publishing=self.on_air is not None, viewers=3, is_sample=is_sample))

    # --- LiveKit's side ---

    @property
    def ingress_id(self) -> str | None:
        return self.known.ingress_id

    def clock(self) -> int:
        """LiveKit's clock: never twice the same, some seconds beside ours."""
        self.now += timedelta(milliseconds=1)
        return round((self.now + self.skew).timestamp() * 1e9) + 417

    def tells(self, event: Started | Stopped) -> None:
        self.under_way.append(event)
        self.looked = False

    @initialize(skew=st.floats(-3, 3))
    def begin(self, skew: float) -> None:
        self.skew = timedelta(seconds=skew)
        self.reset()

    @rule()
    def reset(self) -> None:
        """A new key: LiveKit tells nothing of the end of what used the old one."""
        self.ingresses += 1
        self.take(IngressReplaced(f"IN_{self.ingresses}"))
        self.on_air = None
        self.looked = False

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def an_encoder_comes(self) -> None:
        """Where one is on already, it takes its place: the older session's end is not told."""
        assert self.ingress_id
        started = self.clock()
        self.on_air = Encoder(self.ingress_id, started, self.clock())
        self.tells(Started(self.ingress_id, started, self.on_air.updated))

    @precondition(lambda self: self.ingress_id is not None)
    @rule()
    def a_second_encoder_fails(self) -> None:
        """Its end is told without a start, whether or not the first one is on."""
        assert self.ingress_id
        started = self.clock()
        self.tells(Stopped(self.ingress_id, started, self.clock()))

    @precondition(lambda self: self.on_air is not None)
    @rule()
    def the_encoder_goes(self) -> None:
        assert self.on_air
        self.tells(Stopped(self.on_air.ingress_id, self.on_air.started, self.clock()))
        self.on_air = None

    @precondition(lambda self: self.on_air is not None)
    @rule()
    def the_worker_dies(self) -> None:
        """No end is ever told."""
        self.tidy = False
        self.on_air = None
        self.looked = False

    @rule()
    def the_creator_ends_it(self) -> None:
        before = len(self.closed)
        was_on = self.known.session is not None
        self.take(EndedByCreator())
        if self.on_air:
            self.the_encoder_goes()
        assert self.state == "offline"
        assert self.known.session is None
        if was_on:
            assert len(self.closed) == before + 1
        self.looked = False

    # --- the network ---

    @precondition(lambda self: bool(self.under_way))
    @rule(data=st.data(), again=st.booleans())
    def an_event_arrives(self, data: st.DataObject, again: bool) -> None:
        """Any of those under way, and perhaps not for the last time."""
        which = data.draw(st.integers(0, len(self.under_way) - 1))
        self.tidy = self.tidy and which == 0 and not again
        event = self.under_way[which] if again else self.under_way.pop(which)
        before = self.known
        unsure = self.take(event)
        if event.ingress_id != before.ingress_id:
            assert self.known.is_live == before.is_live  # an old key says nothing any more
        if event in self.taken and not unsure:
            assert self.known.is_live == before.is_live  # a repeat is no news, however late
        if not unsure:  # what leads to a look is not kept
            self.taken.add(event)
        once = self.known
        assert not self.take(event) or unsure  # at once again, it changes nothing
        assert self.known == once
        if unsure:
            self.look(is_sample=False)
            assert self.known.is_live == (self.on_air is not None)
        self.looked = False

    @precondition(lambda self: bool(self.under_way))
    @rule(data=st.data())
    def an_event_is_lost(self, data: st.DataObject) -> None:
        self.tidy = False
        self.under_way.pop(data.draw(st.integers(0, len(self.under_way) - 1)))

    @precondition(lambda self: bool(self.under_way))
    @rule()
    def all_events_arrive_in_order(self) -> None:
        for event in self.under_way:
            if self.take(event):
                self.look(is_sample=False)
            else:
                self.taken.add(event)
        self.under_way.clear()
        self.looked = False
        if self.tidy:  # on a good day webhooks are enough
            assert self.known.is_live == (self.on_air is not None)

    @rule(seconds=st.one_of(st.integers(1, 20), st.integers(60, 300)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def the_reconciler_looks(self) -> None:
        session = self.known.session
        in_grace = self.state == "reconnecting"
        was_live = self.known.is_live
        self.look()
        self.looked = True
        if session and self.on_air and (was_live or in_grace):
            assert self.known.session
            assert self.known.session.id == session.id  # one broadcast through its drops

    # --- what is always so ---

    @invariant()
    def right_after_a_look(self) -> None:
        if self.looked:
            assert self.known.is_live == (self.on_air is not None)
            assert (self.state == "live") == (self.on_air is not None)

    @invariant()
    def live_means_a_broadcast_and_offline_ends_it(self) -> None:
        if self.known.is_live:
            assert self.known.session
            assert self.known.ended_at is None
        if self.known.session and not self.known.is_live:
            assert self.known.ended_at  # it is in its grace, or is closed by the next news
        if not self.known.is_live:
            assert self.known.viewers == 0

    @invariant()
    def every_broadcast_is_closed_once(self) -> None:
        ids = [closed.session.id for closed in self.closed]
        if self.known.session:
            ids.append(self.known.session.id)
        assert len(ids) == len(set(ids)), ids
        for closed in self.closed:
            assert closed.ended_at >= closed.session.started_at - timedelta(seconds=5)
            assert closed.session.peak_viewers >= (closed.average_viewers or 0)

    @invariant()
    def grace_over_is_offline_to_everybody(self) -> None:
        ended = self.known.ended_at
        if ended and self.now - ended >= timedelta(seconds=GRACE):
            assert self.state == "offline"
            settled = reduce(self.known, Seen(is_publishing=False), self.now, GRACE)
            assert settled.closed
            assert settled.closed.reason == "stopped"
            assert replace(settled.known, verified_at=None).session is None


World.TestCase.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistories = World.TestCase
