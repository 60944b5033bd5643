"""Keys that work only while armed, and the end of a broadcast."""

from datetime import datetime, timedelta

import pytest

from footlight import clock
from footlight.errors import NotFound, Unavailable
from footlight.identities import Person
from footlight.ingress import lease, upkeep
from footlight.ingress.arming import arm, end_broadcast
from footlight.ingress.key import Armed, armed_of, key_of
from footlight.ingress.reset import reset_ingress
from footlight.live.record import record
from footlight.live.state import Started
from footlight.sync.run import run
from footlight.tables import base
from footlight.tables.live import Live, live_key
from tests.support.livekit import LiveKit
from tests.support.people import a_person

S = 1_795_550_400_000_000_000


@pytest.fixture
def ann(livekit: LiveKit) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    return person


def goes_on_air(person: Person, livekit: LiveKit) -> None:
    ingress_id = key_of(person.id).ingress_id or ""
    livekit.rooms[person.id] = [person.id]
    record(person.id, Started(ingress_id, S, S + 1), "webhook")


def state(person: Person) -> Live:
    found = base.get(live_key(person.id), consistent=True)
    assert isinstance(found, Live)
    return found


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    then = clock.now() + later

    def now() -> datetime:
        return then

    monkeypatch.setattr(clock, "now", now)


def test_a_new_key_works_always(livekit: LiveKit, ann: Person) -> None:
    assert armed_of(key_of(ann.id), clock.now()) == ("always", None)
    assert len(livekit.enabled_keys(ann.id)) == 1


@pytest.mark.parametrize(("armed", "works"), [("off", 0), ("always", 1), ("half_hour", 1)])
def test_a_key_works_while_it_is_armed(
    livekit: LiveKit, ann: Person, armed: Armed, works: int
) -> None:
    arm(ann, "off")
    key, info = arm(ann, armed)
    assert len(livekit.enabled_keys(ann.id)) == works
    assert info.enabled == bool(works)
    assert armed_of(key, clock.now())[0] == armed


def test_arming_again_does_not_cut_a_running_broadcast(livekit: LiveKit, ann: Person) -> None:
    goes_on_air(ann, livekit)
    for armed in ("always", "half_hour", "always"):
        arm(ann, armed)
    assert livekit.rooms[ann.id] == [ann.id]
    assert state(ann).live


def test_turning_it_off_ends_a_broadcast_without_a_grace(livekit: LiveKit, ann: Person) -> None:
    goes_on_air(ann, livekit)
    arm(ann, "off")
    assert livekit.rooms[ann.id] == []
    assert (state(ann).live, state(ann).ended_at) == (False, None)


def test_after_the_half_hour_the_key_is_off(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    at(monkeypatch, timedelta(minutes=29))
    run()
    assert len(livekit.enabled_keys(ann.id)) == 1
    at(monkeypatch, timedelta(minutes=2))
    assert armed_of(key_of(ann.id), clock.now()) == ("off", None)
    run()
    assert livekit.enabled_keys(ann.id) == []
    assert upkeep.run_out() == []


def test_a_broadcast_outlives_the_half_hour_and_the_key_is_off_after_it(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    goes_on_air(ann, livekit)
    at(monkeypatch, timedelta(minutes=31))
    run()
    assert livekit.rooms[ann.id] == [ann.id]
    assert len(livekit.enabled_keys(ann.id)) == 1
    end_broadcast(ann)
    run()
    assert livekit.enabled_keys(ann.id) == []


def test_one_armed_anew_is_not_turned_off_by_what_was_before(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    arm(ann, "half_hour")
    at(monkeypatch, timedelta(minutes=31))
    arm(ann, "half_hour")
    assert upkeep.run_out() == []
    arm(ann, "always")
    upkeep.disarm(ann.id)
    assert len(livekit.enabled_keys(ann.id)) == 1


def test_what_livekit_did_not_do_is_done_when_it_is_back(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit.before = lambda method: livekit.breaks(method) if method == "UpdateIngress" else None
    with pytest.raises(Unavailable):
        arm(ann, "off")
    assert len(livekit.enabled_keys(ann.id)) == 1
    livekit.before = None
    monkeypatch.setattr(clock, "now_ms", lambda: 4_000_000_000_000)
    run()
    assert livekit.enabled_keys(ann.id) == []
    assert lease.unfinished() == []


def test_there_is_nothing_to_arm_before_the_first_key(livekit: LiveKit) -> None:
    bob = a_person("bob")
    with pytest.raises(NotFound):
        arm(bob, "always")
    assert lease.unfinished() == []


def test_ending_cuts_the_encoder_off_and_the_key_works_on(livekit: LiveKit, ann: Person) -> None:
    goes_on_air(ann, livekit)
    end_broadcast(ann)
    assert livekit.rooms[ann.id] == []
    assert len(livekit.enabled_keys(ann.id)) == 1
    assert (state(ann).live, state(ann).ended_at) == (False, None)


def test_an_end_that_fails_at_any_call_never_leaves_a_key_that_is_off(
    livekit: LiveKit, ann: Person
) -> None:
    goes_on_air(ann, livekit)
    livekit.after = livekit.breaks
    with pytest.raises(Unavailable):
        end_broadcast(ann)
    assert len(livekit.enabled_keys(ann.id)) == 1
