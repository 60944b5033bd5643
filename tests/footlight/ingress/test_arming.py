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
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import EncoderStarted
from footlight.sync.run import reconcile
from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from tests.support.livekit import LiveKit
from tests.support.people import a_person

S = 1_795_550_400_000_000_000


@pytest.fixture
def ann(livekit: LiveKit) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    return person


def start_encoder(person: Person, livekit: LiveKit) -> None:
    ingress_id = stored_ingress(person.id).ingress_id or ""
    livekit.rooms[person.id] = [person.id]
    record_event(person.id, EncoderStarted(ingress_id, S, S + 1), "webhook")


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


def test_ending_a_broadcast_disconnects_the_encoder_and_the_key_still_works(
    livekit: LiveKit, ann: Person
) -> None:
    start_encoder(ann, livekit)
    end_broadcast(ann)
    assert livekit.rooms[ann.id] == []
    assert len(livekit.enabled_keys(ann.id)) == 1
    assert (state(ann).live, state(ann).ended_at) == (False, None)


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


def test_an_end_that_fails_never_turns_the_key_off(livekit: LiveKit, ann: Person) -> None:
    start_encoder(ann, livekit)
    livekit.after = livekit.breaks
    with pytest.raises(Unavailable):
        end_broadcast(ann)
    assert len(livekit.enabled_keys(ann.id)) == 1
