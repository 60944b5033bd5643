"""Who may stream if only approved people may, and what LiveKit's outages change."""

from collections.abc import Callable

import pytest

from footlight.errors import NotApproved
from footlight.identities import Person
from footlight.ingress import lease
from footlight.ingress.arming import arm, catch_up
from footlight.ingress.cleanup import finish_change
from footlight.ingress.key import stored_ingress
from footlight.ingress.reset import delete_ingress, reset_ingress
from footlight.ingress.views import own_ingress
from footlight.live.record import record_event
from footlight.live.state import REST_SECONDS, EncoderStarted
from footlight.operators import approvals, suspensions
from footlight.operators.role import Operator
from footlight.sync.check import check_channel
from footlight.sync.run import reconcile
from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from functions.reconcile import handler
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit
from tests.support.people import a_person
from tests.support.webhook import run_background

OLGA = Operator(None, "olga")


@pytest.fixture
def ann(livekit: LiveKit, time: Clock) -> Person:
    """A creator with a key, made when everyone could stream."""
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    BEGUN.clear()
    return person


@pytest.fixture
def approved_only(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_STREAMING", "approved")


@pytest.fixture
def ann_live(ann: Person, approved_only: None, livekit: LiveKit, time: Clock) -> Person:
    """A creator who is approved, and live with one viewer."""
    approvals.approve(OLGA, "ann")
    run_background()
    starts(ann, livekit, time)
    return ann


def starts(person: Person, livekit: LiveKit, time: Clock) -> None:
    """Let the creator's encoder connect, as its webhook reports it."""
    livekit.rooms[person.id] = [person.id, f"{a_person('bob').id}:abcd1234"]
    started = time.ms * 1_000_000
    ingress_id = stored_ingress(person.id).ingress_id or ""
    record_event(person.id, EncoderStarted(ingress_id, started, started + 1), "webhook")


def state(person: Person) -> LiveState:
    item = get(live_state(person.id), consistent=True)
    assert item
    return item


def works(livekit: LiveKit, person: Person) -> bool:
    return len(livekit.enabled_keys(person.id)) == 1


NEEDS_APPROVAL: dict[str, Callable[[Person], object]] = {
    "read": own_ingress,
    "reset": lambda ann: reset_ingress(ann, "rtmp"),
    "arm": lambda ann: arm(ann, "always"),
    "arm for a while": lambda ann: arm(ann, "half_hour"),
    "catch up": catch_up,
}


@pytest.mark.usefixtures("approved_only")
@pytest.mark.parametrize("name", NEEDS_APPROVAL)
def test_only_an_approved_creator_may_make_or_use_a_key(
    livekit: LiveKit, ann: Person, time: Clock, name: str
) -> None:
    before = dict(livekit.ingresses)
    livekit.made.clear()
    with pytest.raises(NotApproved):
        NEEDS_APPROVAL[name](ann)
    assert livekit.ingresses == before
    assert livekit.made == []
    time.moves(seconds=lease.LEASE_SECONDS + 1)
    assert lease.unfinished() == []

    approvals.approve(OLGA, "ann")
    NEEDS_APPROVAL[name](ann)


@pytest.mark.usefixtures("approved_only")
def test_everyone_may_turn_their_key_off_and_delete_it(livekit: LiveKit, ann: Person) -> None:
    arm(ann, "off")
    assert not works(livekit, ann)
    delete_ingress(ann)
    assert livekit.ingresses == {}


def test_no_approval_is_needed_if_everyone_may_stream(livekit: LiveKit, ann: Person) -> None:
    approvals.withdraw(OLGA, "ann")
    run_background()
    arm(ann, "always")
    assert works(livekit, ann)


def test_a_withdrawal_ends_the_broadcast_and_turns_the_key_off(
    livekit: LiveKit, ann_live: Person, time: Clock
) -> None:
    approvals.withdraw(OLGA, "ann")
    assert [{"channel": ann_live.id, "settles": True}] == BEGUN
    run_background()
    assert not works(livekit, ann_live)
    assert (state(ann_live).live, state(ann_live).source) == (False, "operator")
    time.moves(seconds=REST_SECONDS + 1)
    finish_change(ann_live.id)
    reconcile()
    assert not works(livekit, ann_live)

    approvals.approve(OLGA, "ann")
    run_background()
    assert works(livekit, ann_live)


def test_viewers_stay_in_the_room_of_a_creator_who_may_not_stream(
    livekit: LiveKit, ann_live: Person
) -> None:
    approvals.withdraw(OLGA, "ann")
    run_background()
    assert len(livekit.rooms[ann_live.id]) == 1


def test_the_reconciler_repeats_a_withdrawal_that_livekit_missed(
    livekit: LiveKit, ann_live: Person, time: Clock
) -> None:
    approvals.withdraw(OLGA, "ann")
    livekit.before = livekit.breaks
    handler.handler(BEGUN.pop(), None)
    assert not state(ann_live).live
    livekit.before = None
    assert works(livekit, ann_live)
    time.moves(seconds=REST_SECONDS + 1)
    reconcile()
    assert not works(livekit, ann_live)


def test_an_approval_that_livekit_missed_is_repeated(
    livekit: LiveKit, ann: Person, approved_only: None, time: Clock
) -> None:
    finish_change(ann.id)
    assert not works(livekit, ann)
    approvals.approve(OLGA, "ann")
    BEGUN.clear()  # The task was lost.
    approvals.approve(OLGA, "ann")
    livekit.before = livekit.breaks
    handler.handler(BEGUN.pop(), None)
    livekit.before = None
    time.moves(seconds=lease.LEASE_SECONDS + 1)
    reconcile()
    assert works(livekit, ann)


@pytest.mark.usefixtures("approved_only")
@pytest.mark.parametrize("is_reported", [True, False])
def test_a_key_from_before_the_setting_cuts_its_encoder(
    livekit: LiveKit, ann: Person, time: Clock, is_reported: bool
) -> None:
    """Whether the webhook or only the run of each minute finds it."""
    starts(ann, livekit, time)
    assert state(ann).live
    if is_reported:
        check_channel(ann.id, "webhook")
    else:
        reconcile()
    assert not state(ann).live
    assert not works(livekit, ann)


@pytest.mark.usefixtures("approved_only")
def test_a_check_that_livekit_cuts_short_stops_the_creator_the_next_time(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    starts(ann, livekit, time)
    with lease.lease(ann.id):
        report = check_channel(ann.id, "webhook")
        assert state(ann).live is False
    assert report.faults == 0
    assert works(livekit, ann)
    time.moves(seconds=REST_SECONDS + 1)
    reconcile()
    assert not works(livekit, ann)


def test_a_suspension_that_is_lifted_needs_an_approval_too(
    livekit: LiveKit, ann_live: Person, time: Clock
) -> None:
    suspensions.suspend(OLGA, "ann", "spam", None)
    run_background()
    approvals.withdraw(OLGA, "ann")
    suspensions.lift(OLGA, "ann")
    run_background()
    time.moves(seconds=REST_SECONDS + 1)
    reconcile()
    assert not works(livekit, ann_live)


def test_a_withdrawal_during_a_reset_leaves_no_key_that_works(
    livekit: LiveKit, ann_live: Person
) -> None:
    def withdraws(method: str) -> None:
        if method == "CreateIngress":
            livekit.before = None
            approvals.withdraw(OLGA, "ann")

    livekit.before = withdraws
    reset_ingress(ann_live, "rtmp")
    run_background()
    assert len(livekit.ingresses) == 1
    assert not works(livekit, ann_live)
