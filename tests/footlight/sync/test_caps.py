"""The operator's caps on streaming: which channels stay live, and when a key works again."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest

from footlight import clock
from footlight.errors import CapReached, Unavailable
from footlight.identities import Person
from footlight.ingress import cleanup, lease
from footlight.ingress.arming import arm, catch_up, end_broadcast
from footlight.ingress.key import stored_ingress
from footlight.ingress.reset import delete_ingress, reset_ingress
from footlight.ingress.views import own_ingress
from footlight.live import airtime
from footlight.live.record import record_event
from footlight.live.state import MILLISECOND, EncoderStarted, EndedByCreator
from footlight.sync.check import check_channel
from footlight.sync.run import reconcile
from footlight.tables.items import get, newest
from footlight.tables.live import LiveState, PastBroadcast, live_state, past_broadcasts
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.people import a_person
from tests.support.table import watched

HOUR = 3_600


@pytest.fixture
def people(livekit: LiveKit, time: Clock) -> list[Person]:
    """Four creators with a key that works."""
    people = [a_person(name) for name in ("ann", "bob", "cleo", "dan")]
    for person in people:
        reset_ingress(person, "rtmp")
    return people


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "2")


@pytest.fixture
def two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL", "2")


class Encoders:
    """Encoders that LiveKit accepts while their key is enabled, as the webhooks report them."""

    def __init__(self, livekit: LiveKit, time: Clock) -> None:
        self._livekit, self._time = livekit, time

    def starts(self, person: Person, *, is_checked: bool = True) -> bool:
        """Let an encoder connect. Return False if LiveKit refuses the key."""
        if not works(self._livekit, person):
            return False
        self._livekit.rooms[person.id] = [person.id]
        started = self._time.ms * MILLISECOND
        ingress_id = stored_ingress(person.id).ingress_id or ""
        record_event(person.id, EncoderStarted(ingress_id, started, started + 1), "webhook")
        if is_checked:
            check_channel(person.id, "webhook")
        return True

    def start_in_turn(self, *people: Person, seconds: int = 1) -> None:
        """Let encoders connect, with some seconds between them."""
        for person in people:
            self.starts(person)
            self._time.moves(seconds=seconds)

    def stops(self, person: Person) -> None:
        self._livekit.rooms[person.id] = []
        check_channel(person.id, "webhook", self._time.ms * MILLISECOND)


@pytest.fixture
def encoders(livekit: LiveKit, time: Clock) -> Encoders:
    return Encoders(livekit, time)


def works(livekit: LiveKit, person: Person) -> bool:
    return len(livekit.enabled_keys(person.id)) == 1


def state(person: Person) -> LiveState:
    item = get(live_state(person.id), consistent=True)
    assert item
    return item


def live(people: list[Person]) -> list[str]:
    return [person.username for person in people if state(person).live]


def minutes_pass(time: Clock, minutes: int = 1) -> None:
    """Let the reconciler run once after each minute."""
    for _ in range(minutes):
        time.moves(minutes=1)
        reconcile()


# --- channels that are live at once ---


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("is_reported", [True, False])
def test_the_channels_that_started_first_stay(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock, is_reported: bool
) -> None:
    """Whether the webhook's check or only the run of each minute applies the cap."""
    for person in people[:3]:
        encoders.starts(person, is_checked=is_reported)
        time.moves(seconds=1)
    if not is_reported:
        reconcile()
    assert live(people) == ["ann", "bob"]
    cleo = people[2]
    assert (state(cleo).ended_at, state(cleo).resting_for) == (None, "live_channels")
    assert not works(livekit, cleo)
    past = newest(PastBroadcast, past_broadcasts(cleo.id), None, 10)[0]
    assert [broadcast.reason for broadcast in past] == ["capped"]


@pytest.mark.usefixtures("two_at_once")
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_channels_that_start_at_the_same_moment_exactly_the_allowed_number_stays(
    livekit: LiveKit, people: list[Person], encoders: Encoders, order: tuple[int, ...]
) -> None:
    """All three are live when the first check reads them, and each is checked, in any order."""
    starting = people[:3]
    for person in starting:
        encoders.starts(person, is_checked=False)
    for number in order:
        check_channel(starting[number].id, "webhook")
    first_two = sorted(starting, key=lambda person: person.id)[:2]
    assert set(live(people)) == {person.username for person in first_two}


@pytest.mark.usefixtures("two_at_once")
def test_checks_that_each_miss_the_others_start_leave_too_many_until_the_next_run(
    people: list[Person],
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The index shows each check only the channel itself, because it lags."""
    with monkeypatch.context() as patch:
        patch.setattr(airtime, "listed_broadcasts", list[LiveState])
        for person in people:
            encoders.starts(person)
    assert len(live(people)) == 4
    minutes_pass(time)
    assert len(live(people)) == 2


@pytest.mark.usefixtures("two_at_once")
def test_an_end_that_the_index_does_not_show_yet_leaves_its_place_free(
    people: list[Person],
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, bob, cleo, _ = people
    encoders.start_in_turn(ann, bob)
    stale = airtime.listed_broadcasts()
    end_broadcast(ann)
    with monkeypatch.context() as patch:
        patch.setattr(airtime, "listed_broadcasts", lambda: stale)
        encoders.starts(cleo)
    assert live(people) == ["bob", "cleo"]


@pytest.mark.usefixtures("two_at_once")
def test_a_broadcast_that_reconnects_keeps_its_place(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann, bob, cleo, _ = people
    encoders.start_in_turn(ann, bob, seconds=20)
    encoders.stops(ann)
    time.moves(seconds=5)
    encoders.starts(cleo)
    assert live(people) == ["bob"]
    assert not works(livekit, cleo)
    time.moves(seconds=5)
    assert encoders.starts(ann)
    assert live(people) == ["ann", "bob"]


@pytest.mark.usefixtures("two_at_once")
def test_a_key_works_again_when_a_place_is_free(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann, bob, cleo, _ = people
    encoders.start_in_turn(ann, bob, cleo)
    minutes_pass(time, 5)
    assert not encoders.starts(cleo)
    livekit.made.clear()
    minutes_pass(time)
    assert "ListIngress" not in livekit.made  # A key that waits spends nothing of LiveKit's quota.
    end_broadcast(ann)
    livekit.rooms[ann.id] = []
    minutes_pass(time)
    assert encoders.starts(cleo)
    assert live(people) == ["bob", "cleo"]


@pytest.mark.usefixtures("two_at_once")
def test_a_place_is_free_after_the_grace_period(
    people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann, bob, cleo, _ = people
    encoders.start_in_turn(ann, bob, seconds=20)
    encoders.stops(ann)
    time.moves(seconds=76)
    encoders.starts(cleo)
    assert live(people) == ["bob", "cleo"]


def test_a_lower_cap_ends_the_channels_that_started_last(
    people: list[Person], encoders: Encoders, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in people:
        encoders.starts(person)
        time.moves(minutes=1)
    assert len(live(people)) == 4
    monkeypatch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "1")
    reconcile()
    assert live(people) == ["ann"]


# --- hours of a day ---


@pytest.mark.usefixtures("two_hours")
def test_a_channel_that_has_used_its_hours_is_offline_until_midnight_in_utc(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    """At 20:00, the second broadcast of a day starts after one of 90 minutes."""
    ann, bob, *_ = people
    time.moves(hours=-3)
    encoders.starts(ann)
    time.moves(minutes=90)
    end_broadcast(ann)
    livekit.rooms[ann.id] = []
    minutes_pass(time, 2)
    encoders.starts(ann)
    encoders.starts(bob)
    time.moves(minutes=28)
    reconcile()
    assert live(people) == ["ann", "bob"]
    time.moves(minutes=2)
    reconcile()
    assert live(people) == ["bob"]
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    over = own_ingress(ann).over_cap
    assert over
    assert (state(ann).resting_for, over.until) == ("daily_hours", midnight)
    time.now = midnight - timedelta(seconds=1)
    reconcile()
    assert not encoders.starts(ann)
    time.moves(seconds=61)
    reconcile()
    assert encoders.starts(ann)
    time.moves(minutes=119)
    reconcile()
    assert "ann" in live(people)


@pytest.mark.usefixtures("two_hours")
def test_only_the_part_of_a_broadcast_after_midnight_counts(
    people: list[Person], encoders: Encoders, time: Clock
) -> None:
    time.now = time.now.replace(hour=23, minute=0)
    encoders.starts(people[0])
    time.moves(minutes=150)
    reconcile()
    assert live(people) == ["ann"]
    time.moves(minutes=30)
    reconcile()
    assert live(people) == []


WAYS_AROUND: dict[str, Callable[[Person], object]] = {
    "another end": end_broadcast,
    "another key": lambda ann: reset_ingress(ann, "whip"),
    "a deleted key": lambda ann: (delete_ingress(ann), reset_ingress(ann, "rtmp")),
    "off": lambda ann: arm(ann, "off"),
}


@pytest.mark.usefixtures("two_hours")
@pytest.mark.parametrize("way", WAYS_AROUND)
def test_the_creator_cannot_shorten_the_rest_for_a_cap(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock, way: str
) -> None:
    ann = people[0]
    encoders.starts(ann)
    time.moves(hours=2)
    reconcile()
    livekit.rooms[ann.id] = []
    WAYS_AROUND[way](ann)
    with pytest.raises(CapReached):
        arm(ann, "always")
    minutes_pass(time, 3)
    assert not encoders.starts(ann)


# --- a cap that is raised or removed ---

CAPS = {
    "hours": "FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL",
    "channels": "FOOTLIGHT_MAX_LIVE_CHANNELS",
}
EACH_CAP = pytest.mark.parametrize("cap", CAPS.values(), ids=CAPS, indirect=True)


@pytest.fixture
def cap(request: pytest.FixtureRequest) -> str:
    """The name of a cap."""
    return request.param


@pytest.fixture
def cut(
    cap: str,
    livekit: LiveKit,
    people: list[Person],
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> Person:
    """A creator whose broadcast, which started second, has just ended for the cap."""
    monkeypatch.setenv(cap, "1")
    ann, bob, *_ = people
    if cap == CAPS["channels"]:
        encoders.start_in_turn(ann, bob)
    else:
        encoders.starts(bob)
        time.moves(hours=1)
        reconcile()
    assert not state(bob).live
    assert state(bob).resting_for
    livekit.rooms[bob.id] = []
    return bob


@EACH_CAP
@pytest.mark.parametrize("value", ["2", ""], ids=["raised", "removed"])
def test_a_key_works_again_after_its_cap_was_raised(
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
    value: str,
) -> None:
    minutes_pass(time, 3)
    assert not encoders.starts(cut)
    monkeypatch.setenv(cap, value)
    minutes_pass(time)
    assert (state(cut).resting_until, state(cut).resting_for) == (None, None)
    assert encoders.starts(cut)
    assert state(cut).live


@EACH_CAP
def test_another_cap_that_is_raised_ends_no_rest(
    encoders: Encoders, time: Clock, monkeypatch: pytest.MonkeyPatch, cap: str, cut: Person
) -> None:
    (other,) = {*CAPS.values()} - {cap}
    monkeypatch.setenv(other, "9")
    minutes_pass(time, 3)
    assert not encoders.starts(cut)


@EACH_CAP
@pytest.mark.parametrize("seconds", [0, 30])
def test_after_an_end_by_the_creator_the_key_rests_for_a_minute_whatever_the_cap(
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
    seconds: int,
) -> None:
    """The encoder that the creator has stopped must not bring the channel back."""
    time.moves(minutes=5, seconds=seconds)
    end_broadcast(cut)
    monkeypatch.delenv(cap)
    time.moves(seconds=59)
    reconcile()
    assert not encoders.starts(cut)
    minutes_pass(time)
    assert encoders.starts(cut)


@EACH_CAP
def test_an_end_while_the_reconciler_ends_a_rest_keeps_the_key_at_rest(
    livekit: LiveKit,
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
) -> None:
    """The run has read that the rest may end, and asks LiveKit for the ingress."""
    monkeypatch.delenv(cap)
    time.moves(minutes=2)

    def ends(method: str) -> None:
        if method == "ListIngress":
            livekit.before = None
            record_event(cut.id, EndedByCreator(), "creator")

    livekit.before = ends
    reconcile()
    assert state(cut).resting_until == time.now + timedelta(seconds=60)
    assert not encoders.starts(cut)
    minutes_pass(time, 2)
    assert encoders.starts(cut)


@EACH_CAP
def test_a_key_that_is_turned_off_while_the_reconciler_ends_its_rest_stays_off(
    livekit: LiveKit,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
) -> None:
    monkeypatch.delenv(cap)
    time.moves(minutes=2)
    rested = cleanup.ended_rests()
    assert rested == [cut.id]
    arm(cut, "off")
    for user_id in rested:
        cleanup.end_rest(user_id)
    minutes_pass(time, 3)
    assert not works(livekit, cut)


@EACH_CAP
def test_a_cap_that_is_lowered_again_while_the_reconciler_ends_rests_holds(
    livekit: LiveKit,
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
) -> None:
    monkeypatch.setenv(cap, "2")
    time.moves(minutes=2)
    rested = cleanup.ended_rests()
    assert rested == [cut.id]
    monkeypatch.setenv(cap, "1")
    cleanup.end_rest(cut.id)
    assert not works(livekit, cut)
    monkeypatch.setenv(cap, "2")
    cleanup.end_rest(cut.id)
    monkeypatch.setenv(cap, "1")
    encoders.starts(cut)
    assert not state(cut).live
    assert not works(livekit, cut)


@EACH_CAP
def test_a_creator_who_goes_live_again_while_the_reconciler_ends_the_rest_is_live_once(
    livekit: LiveKit,
    encoders: Encoders,
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
    cap: str,
    cut: Person,
) -> None:
    monkeypatch.delenv(cap)
    time.moves(minutes=2)
    rested = cleanup.ended_rests()
    arm(cut, "always")
    assert encoders.starts(cut)
    livekit.made.clear()
    for user_id in rested:
        cleanup.end_rest(user_id)
    assert "UpdateIngress" not in livekit.made  # It would disconnect the encoder.
    assert state(cut).live


@pytest.mark.usefixtures("two_hours")
def test_a_rest_that_no_cap_has_caused_lasts_a_minute_over_a_cap(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    """An encoder that uses the key then is cut by the check of its start."""
    ann = people[0]
    encoders.starts(ann)
    time.moves(minutes=121)
    end_broadcast(ann)
    livekit.rooms[ann.id] = []
    minutes_pass(time, 2)
    assert works(livekit, ann)
    encoders.starts(ann)
    assert not state(ann).live
    assert state(ann).resting_for == "daily_hours"


@pytest.mark.usefixtures("two_hours")
def test_keys_that_rest_until_midnight_cost_a_run_no_read_of_their_own(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    def reads() -> list[str]:
        time.moves(minutes=2)
        with watched() as wire:
            reconcile()
        return wire.made

    before = reads()
    for person in people:
        encoders.starts(person)
    time.moves(hours=2)
    reconcile()
    livekit.rooms.clear()
    reads()  # of the rooms that have just been emptied
    assert live(people) == []
    assert reads() == before


# --- over a cap, a creator reads why ---


@pytest.mark.usefixtures("two_at_once")
def test_a_creator_without_a_place_reads_why_and_cannot_turn_the_key_on(
    people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann, bob, cleo, dan = people
    for person in (ann, bob, cleo):
        assert own_ingress(person).over_cap is None
        encoders.starts(person)
        time.moves(seconds=1)
    assert own_ingress(ann).over_cap is None
    assert own_ingress(ann).resting_for is None
    assert own_ingress(cleo).resting_for == "live_channels"
    over = own_ingress(cleo).over_cap
    assert over
    assert (over.cap, over.limit, over.until) == ("live_channels", 2, None)
    for armed in ("always", "half_hour"):
        with pytest.raises(CapReached, match="at its limit of 2 live channels") as refusal:
            arm(cleo, armed)
        assert refusal.value.details() == {
            "cap": "live_channels",
            "limit": 2,
            "retryAfterMs": 60_000,
        }
    time.moves(seconds=lease.LEASE_SECONDS + 1)
    assert lease.unfinished() == []
    arm(ann, "half_hour")  # A channel on air has its place.
    arm(dan, "half_hour")  # Only a check counts the live channels.
    end_broadcast(ann)
    minutes_pass(time, 2)
    assert own_ingress(cleo).over_cap is None
    arm(cleo, "half_hour")


@pytest.mark.usefixtures("two_hours")
def test_a_creator_who_has_used_the_hours_reads_until_when(
    people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann = people[0]
    encoders.starts(ann)
    time.moves(hours=2)
    reconcile()
    over = own_ingress(ann).over_cap
    assert over
    midnight = (clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert (over.cap, over.limit, over.until) == ("daily_hours", 2, midnight)
    with pytest.raises(CapReached, match="used its 2 hours of streaming today") as refusal:
        arm(ann, "always")
    assert refusal.value.retry_after_ms == clock.ms(midnight) - clock.ms(clock.now())
    assert int(refusal.value.headers()["Retry-After"]) < 2 * HOUR


def test_without_caps_nothing_ends(people: list[Person], encoders: Encoders, time: Clock) -> None:
    for person in people:
        encoders.starts(person)
    for _ in range(12):
        time.moves(hours=2)
        reconcile()
    assert len(live(people)) == 4
    assert all(own_ingress(person).over_cap is None for person in people)


# --- faults ---


@pytest.mark.usefixtures("two_at_once")
def test_a_channel_over_a_cap_is_offline_although_livekit_fails_and_is_cut_later(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann, bob, cleo, _ = people
    for person in (ann, bob):
        encoders.starts(person)
    time.moves(seconds=1)

    def fails(method: str) -> None:
        if method in ("ListIngress", "UpdateIngress"):
            livekit.breaks(method)

    livekit.before = fails
    encoders.starts(cleo)
    assert live(people) == ["ann", "bob"]
    minutes_pass(time)
    assert works(livekit, cleo)
    livekit.before = None
    minutes_pass(time)
    assert not works(livekit, cleo)
    assert live(people) == ["ann", "bob"]


@pytest.mark.usefixtures("two_hours")
def test_an_encoder_that_its_creator_restarts_at_that_moment_is_cut_by_the_next_check(
    livekit: LiveKit, people: list[Person], encoders: Encoders, time: Clock
) -> None:
    ann = people[0]
    encoders.starts(ann)
    time.moves(hours=2)

    def checks(method: str) -> None:
        if method == "UpdateIngress":
            livekit.before = None
            assert check_channel(ann.id).faults == 0

    livekit.before = checks
    catch_up(ann)
    assert not state(ann).live
    assert works(livekit, ann)
    livekit.rooms[ann.id] = [ann.id]  # It has reconnected.
    minutes_pass(time)
    assert not works(livekit, ann)
    assert not state(ann).live


@pytest.mark.usefixtures("two_at_once")
def test_an_unreadable_index_is_a_fault_and_the_next_run_applies_the_cap(
    people: list[Person], encoders: Encoders, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> list[LiveState]:
        raise Unavailable

    for person in people:
        encoders.starts(person, is_checked=False)
        time.moves(seconds=1)
    with monkeypatch.context() as patch:
        patch.setattr(airtime, "listed_broadcasts", fails)
        assert check_channel(people[3].id, "webhook").faults == 1
    assert len(live(people)) == 4
    minutes_pass(time)
    assert live(people) == ["ann", "bob"]


# --- costs ---


def test_a_cap_adds_two_queries_to_a_check_and_a_read_only_if_it_ends_a_broadcast(
    people: list[Person], encoders: Encoders, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, *_ = people
    encoders.start_in_turn(ann, bob)

    def reads() -> list[str]:
        with watched() as wire:
            check_channel(bob.id, "webhook")
        return [each for each in wire.made if each in ("Query", "BatchGetItem", "GetItem")]

    without = reads()
    monkeypatch.setenv("FOOTLIGHT_MAX_DAILY_HOURS_PER_CHANNEL", "2")
    assert reads() == without
    monkeypatch.setenv("FOOTLIGHT_MAX_LIVE_CHANNELS", "2")
    assert sorted(reads()) == sorted([*without, "Query", "Query"])
