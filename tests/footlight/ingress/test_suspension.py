"""What a suspension does to the stream key and the broadcast, and what LiveKit's outages change."""

from datetime import timedelta

import pytest

from footlight.errors import Suspended, Unavailable
from footlight.identities import Person
from footlight.ingress import lease
from footlight.ingress.arming import arm, catch_up, end_broadcast
from footlight.ingress.cleanup import finish_change
from footlight.ingress.key import stored_ingress
from footlight.ingress.reset import delete_ingress, reset_ingress
from footlight.literals import Armed
from footlight.live.record import record_event
from footlight.live.state import REST_SECONDS, EncoderStarted
from footlight.operators import suspensions
from footlight.operators.role import Operator
from footlight.sync.run import reconcile
from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from footlight.tables.standing import Standing, standing_ref
from functions.reconcile import handler
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit
from tests.support.people import a_person, a_suspension
from tests.support.webhook import run_background

OLGA = Operator(None, "olga")
HOUR = timedelta(hours=1)


@pytest.fixture
def ann(livekit: LiveKit, time: Clock) -> Person:
    """A creator with a key, who is live with one viewer."""
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    livekit.rooms[person.id] = [person.id, f"{a_person('bob').id}:abcd1234"]
    started = time.ms * 1_000_000
    ingress_id = stored_ingress(person.id).ingress_id or ""
    record_event(person.id, EncoderStarted(ingress_id, started, started + 1), "webhook")
    BEGUN.clear()
    return person


def state(person: Person) -> LiveState:
    item = get(live_state(person.id), consistent=True)
    assert item
    return item


def standing_of(person: Person) -> Standing | None:
    return get(standing_ref(person.id), consistent=True)


def suspend(person: Person, time: Clock, *, hours: int | None = None) -> None:
    until = time.now + hours * HOUR if hours else None
    suspensions.suspend(OLGA, person.username, "spam", until)
    assert BEGUN[-1] == {"channel": person.id, "settles": True}


def works(livekit: LiveKit, person: Person) -> bool:
    return len(livekit.enabled_keys(person.id)) == 1


def test_a_suspension_ends_the_broadcast_and_turns_the_key_off(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    suspend(ann, time)
    run_background()
    assert not works(livekit, ann)
    assert livekit.rooms[ann.id] == []
    assert (state(ann).live, state(ann).ended_at, state(ann).source) == (False, None, "operator")


@pytest.mark.parametrize("armed", ["always", "half_hour", "off"])
def test_lifting_a_suspension_restores_the_arming_of_the_key(
    livekit: LiveKit, ann: Person, time: Clock, armed: Armed
) -> None:
    arm(ann, armed)
    suspend(ann, time)
    run_background()
    time.moves(seconds=REST_SECONDS + 1)
    reconcile()
    assert not works(livekit, ann)
    suspensions.lift(OLGA, "ann")
    run_background()
    assert works(livekit, ann) == (armed != "off")
    assert standing_of(ann) is None
    assert stored_ingress(ann.id).armed == armed


def test_a_suspension_ends_on_time(livekit: LiveKit, ann: Person, time: Clock) -> None:
    suspend(ann, time, hours=1)
    run_background()
    time.moves(minutes=59)
    reconcile()
    assert not works(livekit, ann)
    time.moves(minutes=1)
    reconcile()
    assert works(livekit, ann)
    assert standing_of(ann) is None


def test_no_change_of_the_key_undoes_a_suspension(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    suspend(ann, time)
    run_background()
    before = dict(livekit.ingresses)
    for change in (
        lambda: reset_ingress(ann, "rtmp"),
        lambda: reset_ingress(ann, "whip"),
        lambda: delete_ingress(ann),
        lambda: arm(ann, "always"),
        lambda: arm(ann, "half_hour"),
        lambda: end_broadcast(ann),
        lambda: catch_up(ann),
    ):
        with pytest.raises(Suspended):
            change()
    time.moves(seconds=REST_SECONDS + 1)
    finish_change(ann.id)
    reconcile()
    assert livekit.ingresses == before
    assert not works(livekit, ann)
    assert lease.unfinished() == []


def test_the_reconciler_repeats_what_livekit_missed(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    suspend(ann, time)
    livekit.before = livekit.breaks
    handler.handler(BEGUN.pop(), None)
    assert not state(ann).live
    with pytest.raises(Unavailable):
        reconcile()
    livekit.before = None
    assert works(livekit, ann)
    reconcile()
    assert not works(livekit, ann)
    assert livekit.rooms[ann.id] == []

    suspensions.lift(OLGA, "ann")
    livekit.before = livekit.breaks
    handler.handler(BEGUN.pop(), None)
    livekit.before = None
    time.moves(seconds=REST_SECONDS + 1)
    reconcile()
    assert works(livekit, ann)


def test_a_reset_that_began_before_a_suspension_leaves_no_key_that_works(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    def suspends(method: str) -> None:
        if method == "CreateIngress":
            livekit.before = None
            a_suspension(ann.id)

    livekit.before = suspends
    with pytest.raises(Suspended):
        reset_ingress(ann, "rtmp")
    time.moves(seconds=lease.LEASE_SECONDS + 1)
    reconcile()
    assert len(livekit.ingresses) == 1
    assert not works(livekit, ann)


def test_a_suspension_waits_for_a_change_of_the_ingress(
    livekit: LiveKit, ann: Person, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then, the room is empty and the channel offline."""
    suspend(ann, time)
    pauses: list[float] = []
    with lease.lease(ann.id):
        monkeypatch.setattr(handler.time, "sleep", pauses.append)
        handler.handler(BEGUN[-1], None)
    assert pauses == list(handler.SETTLE_PAUSES_SECONDS)
    assert livekit.rooms[ann.id] == []
    assert not state(ann).live
    assert works(livekit, ann)
    handler.handler(BEGUN[-1], None)
    assert not works(livekit, ann)


def test_a_suspension_without_a_key_needs_no_ingress(livekit: LiveKit, time: Clock) -> None:
    bob = a_person("bob")
    suspend(bob, time, hours=1)
    run_background()
    time.moves(hours=1)
    reconcile()
    assert standing_of(bob) is None
    assert livekit.ingresses == {}
