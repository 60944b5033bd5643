"""Stream keys that work only while armed, and the end of a broadcast."""

from datetime import datetime, timedelta

import pytest

from footlight import clock
from footlight.errors import NotFound, Unavailable
from footlight.identities import Person
from footlight.ingress import cleanup, lease
from footlight.ingress.arming import arm, catch_up, end_broadcast
from footlight.ingress.key import armed_of, stored_ingress
from footlight.ingress.reset import reset_ingress
from footlight.ingress.views import own_ingress
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import REST_SECONDS, EncoderStarted
from footlight.sync.run import reconcile
from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit, timing_out
from tests.support.people import a_person
from tests.support.webhook import run_background


@pytest.fixture
def ann(livekit: LiveKit, time: Clock) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    return person


REST = timedelta(seconds=REST_SECONDS)
SECOND = timedelta(seconds=1)


def start_encoder(person: Person, livekit: LiveKit, later: int = 0) -> None:
    ingress_id = stored_ingress(person.id).ingress_id or ""
    livekit.rooms[person.id] = [person.id]
    started = clock.ms(clock.now()) * 1_000_000 + later
    record_event(person.id, EncoderStarted(ingress_id, started, started + 1), "webhook")


def state(person: Person) -> LiveState:
    item = get(live_state(person.id), consistent=True)
    assert item
    return item


def advance_clock(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    then = clock.now() + time

    def now() -> datetime:
        return then

    monkeypatch.setattr(clock, "now", now)


def test_a_new_key_always_works(livekit: LiveKit, ann: Person) -> None:
    assert armed_of(stored_ingress(ann.id), clock.now()) == ("always", None)
    assert len(livekit.enabled_keys(ann.id)) == 1


@pytest.mark.parametrize(("armed", "works"), [("off", 0), ("always", 1), ("half_hour", 1)])
def test_a_key_works_while_it_is_armed(
    livekit: LiveKit, ann: Person, armed: Armed, works: int
) -> None:
    arm(ann, "off")
    ingress, info = arm(ann, armed)
    assert len(livekit.enabled_keys(ann.id)) == works
    assert info.enabled == bool(works)
    assert armed_of(ingress, clock.now())[0] == armed


def test_arming_again_does_not_interrupt_a_running_broadcast(livekit: LiveKit, ann: Person) -> None:
    start_encoder(ann, livekit)
    for armed in ("always", "half_hour", "always"):
        arm(ann, armed)
    assert livekit.rooms[ann.id] == [ann.id]
    assert state(ann).live


def test_turning_a_key_off_ends_a_broadcast_without_a_grace_period(
    livekit: LiveKit, ann: Person
) -> None:
    start_encoder(ann, livekit)
    arm(ann, "off")
    assert livekit.rooms[ann.id] == []
    assert (state(ann).live, state(ann).ended_at) == (False, None)


def test_a_key_is_off_after_its_half_hour(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    advance_clock(monkeypatch, timedelta(minutes=29))
    reconcile()
    assert len(livekit.enabled_keys(ann.id)) == 1
    advance_clock(monkeypatch, timedelta(minutes=2))
    assert armed_of(stored_ingress(ann.id), clock.now()) == ("off", None)
    reconcile()
    assert livekit.enabled_keys(ann.id) == []
    assert cleanup.expired_keys() == []


def test_a_broadcast_outlasts_the_half_hour_and_then_the_key_is_off(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    start_encoder(ann, livekit)
    advance_clock(monkeypatch, timedelta(minutes=31))
    reconcile()
    assert livekit.rooms[ann.id] == [ann.id]
    assert len(livekit.enabled_keys(ann.id)) == 1
    end_broadcast(ann)
    reconcile()
    assert livekit.enabled_keys(ann.id) == []


def test_a_key_that_is_armed_again_is_not_turned_off_by_its_first_half_hour(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    advance_clock(monkeypatch, timedelta(minutes=31))
    arm(ann, "half_hour")
    assert cleanup.expired_keys() == []
    arm(ann, "always")
    cleanup.disarm_expired(ann.id)
    assert len(livekit.enabled_keys(ann.id)) == 1


def test_the_reconciler_applies_a_setting_that_livekit_missed_during_an_outage(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit.before = lambda method: livekit.breaks(method) if method == "UpdateIngress" else None
    with pytest.raises(Unavailable):
        arm(ann, "off")
    assert len(livekit.enabled_keys(ann.id)) == 1
    livekit.before = None
    advance_clock(monkeypatch, timedelta(hours=1))
    reconcile()
    assert livekit.enabled_keys(ann.id) == []
    assert lease.unfinished() == []


def test_arming_before_the_first_key_raises_not_found(livekit: LiveKit) -> None:
    bob = a_person("bob")
    with pytest.raises(NotFound):
        arm(bob, "always")
    assert lease.unfinished() == []


def test_ending_a_broadcast_disconnects_the_encoder_and_its_key_rests(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    assert livekit.rooms[ann.id] == []
    assert (state(ann).live, state(ann).ended_at) == (False, None)
    assert livekit.enabled_keys(ann.id) == []
    assert own_ingress(ann).resting_until == clock.now() + REST
    advance_clock(monkeypatch, REST - SECOND)
    reconcile()
    assert livekit.enabled_keys(ann.id) == []
    advance_clock(monkeypatch, 2 * SECOND)
    reconcile()
    assert len(livekit.enabled_keys(ann.id)) == 1
    assert own_ingress(ann).resting_until is None
    assert cleanup.ended_rests() == []


def test_an_encoder_that_reconnects_on_its_own_does_not_bring_the_channel_back(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    advance_clock(monkeypatch, timedelta(seconds=20))
    start_encoder(ann, livekit, later=20)  # It got in before LiveKit turned the key off.
    reconcile()
    assert not state(ann).live
    advance_clock(monkeypatch, timedelta(seconds=45))
    reconcile()
    start_encoder(ann, livekit, later=70)
    assert state(ann).live


@pytest.mark.parametrize("armed", ["always", "half_hour"])
def test_arming_the_key_ends_its_rest(livekit: LiveKit, ann: Person, armed: Armed) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    arm(ann, armed)
    assert len(livekit.enabled_keys(ann.id)) == 1
    assert own_ingress(ann).resting_until is None
    start_encoder(ann, livekit, later=5)
    assert state(ann).live


def test_a_new_key_does_not_rest(livekit: LiveKit, ann: Person) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    reset_ingress(ann, "rtmp")
    assert len(livekit.enabled_keys(ann.id)) == 1
    start_encoder(ann, livekit, later=5)
    assert state(ann).live


def test_a_key_that_is_off_stays_off_after_its_rest(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "off")
    assert own_ingress(ann).resting_until is None
    advance_clock(monkeypatch, REST + SECOND)
    reconcile()
    assert livekit.enabled_keys(ann.id) == []
    assert cleanup.ended_rests() == []


def test_a_second_end_lets_the_key_rest_longer(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    advance_clock(monkeypatch, timedelta(seconds=50))
    end_broadcast(ann)
    advance_clock(monkeypatch, timedelta(seconds=50))
    cleanup.end_rest(ann.id)
    assert livekit.enabled_keys(ann.id) == []


FAULTS: list[tuple[str, str]] = [
    ("before", "breaks"),
    ("after", "breaks"),
    ("before", "times_out"),
    ("after", "times_out"),
]


@pytest.mark.parametrize(("when", "fault"), FAULTS)
def test_an_end_that_livekit_does_not_do_is_finished_in_the_background(
    livekit: LiveKit, ann: Person, when: str, fault: str
) -> None:
    start_encoder(ann, livekit)

    def fails(method: str) -> None:
        if method == "UpdateIngress":
            getattr(livekit, fault)(method)

    BEGUN.clear()
    with timing_out():
        setattr(livekit, when, fails)
        end_broadcast(ann)
        setattr(livekit, when, None)
    assert (state(ann).live, state(ann).ended_at) == (False, None)
    assert [{"channel": ann.id, "finishes": True}] == BEGUN
    run_background()
    assert livekit.rooms[ann.id] == []
    assert livekit.enabled_keys(ann.id) == []
    assert lease.unfinished() == []


def test_an_end_while_another_process_changes_the_ingress_is_finished_in_the_background(
    livekit: LiveKit, ann: Person
) -> None:
    start_encoder(ann, livekit)
    BEGUN.clear()
    with lease.lease(ann.id):
        end_broadcast(ann)
        run_background()  # The other process has not finished yet.
    assert not state(ann).live
    assert livekit.rooms[ann.id] == [ann.id]
    reconcile()
    assert not state(ann).live


def test_an_encoder_that_was_never_disconnected_stays_offline(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LiveKit didn't answer for as long as the key rested."""
    start_encoder(ann, livekit)
    livekit.before = lambda method: livekit.breaks(method) if method == "UpdateIngress" else None
    end_broadcast(ann)
    for _ in range(3):
        advance_clock(monkeypatch, REST + SECOND)
        reconcile()
        assert livekit.rooms[ann.id] == [ann.id]
        assert not state(ann).live
    livekit.before = None
    advance_clock(monkeypatch, REST + SECOND)
    reconcile()
    assert livekit.rooms[ann.id] == []
    advance_clock(monkeypatch, REST + SECOND)
    reconcile()
    advance_clock(monkeypatch, REST + SECOND)
    reconcile()
    assert len(livekit.enabled_keys(ann.id)) == 1
    assert not state(ann).live


def test_a_read_of_a_key_that_has_rested_lets_it_work_again(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_broadcast(ann)
    advance_clock(monkeypatch, REST + SECOND)
    BEGUN.clear()
    assert own_ingress(ann).resting_until
    run_background()
    assert own_ingress(ann).resting_until is None
    assert len(livekit.enabled_keys(ann.id)) == 1


def test_an_enable_that_fails_after_the_rest_is_finished_later(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_broadcast(ann)
    advance_clock(monkeypatch, REST + SECOND)
    livekit.before = lambda method: livekit.breaks(method) if method == "UpdateIngress" else None
    reconcile()
    assert livekit.enabled_keys(ann.id) == []
    livekit.before = None
    advance_clock(monkeypatch, REST + SECOND)
    reconcile()


@pytest.mark.parametrize("minutes", [0, 31])
def test_catching_up_disconnects_the_encoder_and_keeps_the_broadcast(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    arm(ann, "half_hour")
    start_encoder(ann, livekit)
    broadcast = state(ann).session_id
    advance_clock(monkeypatch, timedelta(minutes=minutes))
    catch_up(ann)
    assert livekit.rooms[ann.id] == []
    assert len(livekit.enabled_keys(ann.id)) == 1  # also after the half hour
    assert state(ann).session_id == broadcast


def test_catching_up_does_nothing_while_no_encoder_is_live(livekit: LiveKit, ann: Person) -> None:
    livekit.before = livekit.breaks
    catch_up(ann)
    assert not state(ann).live
    assert len(livekit.enabled_keys(ann.id)) == 1
