"""Key resets with a fault at each step: always a working key, and only one after the cleanup."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import pytest

from footlight import clock
from footlight.errors import RateLimited, Refused, ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress import cleanup, lease
from footlight.ingress.arming import arm
from footlight.ingress.key import stored_ingress
from footlight.ingress.reset import delete_ingress, reset_ingress
from footlight.live.record import record_event
from footlight.live.state import EncoderStarted
from footlight.sync.run import reconcile
from footlight.tables.ingress import owner_ref
from footlight.tables.items import get, newest
from footlight.tables.live import PastBroadcast, live_state, past_broadcasts
from tests.support.livekit import LiveKit
from tests.support.people import a_person
from tests.support.process import FAULTS, Killed, process
from tests.support.table import watched

S = 1_795_550_400_000_000_000


@pytest.fixture
def ann(livekit: LiveKit) -> Person:
    return a_person("ann")


STEPS = 11
"""One more than the calls of a reset while live. The last step is a run without a fault."""


def current(person: Person) -> str | None:
    return stored_ingress(person.id).ingress_id


def assert_key_works(livekit: LiveKit, person: Person) -> None:
    """Assert that LiveKit accepts the stored key, and that its webhooks find the channel."""
    ingress_id = current(person)
    assert ingress_id in livekit.enabled_keys(person.id)
    owner = get(owner_ref(ingress_id or ""), consistent=True)
    assert owner
    assert owner.user_id == person.id
    state = get(live_state(person.id), consistent=True)
    assert state
    assert state.ingress_id == ingress_id


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_a_fault_at_any_step_leaves_a_working_key_and_no_orphan_after_the_cleanup(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch, nth: int, fault: str
) -> None:
    reset_ingress(ann, "rtmp")
    old = current(ann)
    assert old
    record_event(ann.id, EncoderStarted(old, S, S + 1), "webhook")

    returned = None
    with process(nth, fault) as running, suppress(Unavailable, Killed):
        returned = reset_ingress(ann, "rtmp")[1].ingress_id
    assert running.failed_at or nth >= STEPS

    # Before the cleanup: the old key or the new one works, and a returned key is the stored one.
    assert_key_works(livekit, ann)
    if returned:
        assert current(ann) == returned != old
    if current(ann) != old:
        state = get(live_state(ann.id), consistent=True)
        assert state
        assert not state.live
        (past,), _ = newest(PastBroadcast, past_broadcasts(ann.id), None, 10)
        assert past.reason == "reset"

    # After the lease has expired and the cleanup ran: one ingress, the stored one.
    before = current(ann)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    for user_id in lease.unfinished():
        cleanup.finish_change(user_id)
    assert current(ann) == before
    assert_key_works(livekit, ann)
    assert [*livekit.ingresses] == [before]
    assert lease.unfinished() == []
    # Another reset succeeds.
    reset_ingress(ann, "rtmp")
    assert_key_works(livekit, ann)
    assert len(livekit.ingresses) == 1


LATER = datetime(2096, 10, 2, tzinfo=UTC)


def test_the_faults_cover_every_step(livekit: LiveKit, ann: Person) -> None:
    reset_ingress(ann, "rtmp")
    with process(0, "none") as running:
        reset_ingress(ann, "rtmp")
    assert running.calls == STEPS - 1


def test_a_first_key_that_fails_leaves_nothing_after_the_cleanup(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit.after = lambda method: livekit.breaks(method) if method == "CreateIngress" else None
    with pytest.raises(Unavailable):
        reset_ingress(ann, "rtmp")
    assert current(ann) is None
    assert len(livekit.ingresses) == 1  # created, but the response was lost
    livekit.after = None
    monkeypatch.setattr(clock, "now", lambda: LATER)

    reconcile()

    assert livekit.ingresses == {}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_a_deleted_key_is_gone_after_the_cleanup_whatever_failed(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch, nth: int, fault: str
) -> None:
    reset_ingress(ann, "rtmp")
    with process(nth, fault), suppress(Unavailable, Killed):
        delete_ingress(ann)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    for user_id in lease.unfinished():
        cleanup.finish_change(user_id)
    stored = current(ann)
    assert [*livekit.ingresses] == ([stored] if stored else [])


def test_one_of_many_concurrent_resets_wins_and_leaves_one_ingress(
    livekit: LiveKit, ann: Person
) -> None:
    def attempt(_: int) -> type[Refused] | None:
        try:
            reset_ingress(ann, "rtmp")
        except Refused as refusal:
            return type(refusal)
        return None

    # CreateIngress waits until the other resets have failed, so that all of them overlap.
    livekit.before = lambda method: _wait_for(19, refused) if method == "CreateIngress" else None
    refused: list[int] = []

    def counted(number: int) -> type[Refused] | None:
        result = attempt(number)
        if result is ResetInProgress:
            refused.append(number)
        return result

    with watched(), ThreadPoolExecutor(20) as pool:
        results = list(pool.map(counted, range(20)))

    assert results.count(None) == 1
    assert results.count(ResetInProgress) == 19
    assert [*livekit.ingresses] == [current(ann)]


def _wait_for(count: int, refused: list[int]) -> None:
    until = time.monotonic() + 2
    while len(refused) < count and time.monotonic() < until:
        time.sleep(0.005)


def test_a_reset_does_not_change_when_the_key_works(livekit: LiveKit, ann: Person) -> None:
    reset_ingress(ann, "rtmp")
    arm(ann, "off")
    reset_ingress(ann, "whip")
    assert livekit.enabled_keys(ann.id) == []
    arm(ann, "always")
    assert_key_works(livekit, ann)


def test_resets_are_limited_per_hour(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "reset=2/3600")
    for _ in range(2):
        reset_ingress(ann, "rtmp")
    made = len(livekit.made)
    with pytest.raises(RateLimited):
        reset_ingress(ann, "rtmp")
    assert len(livekit.made) == made
    assert_key_works(livekit, ann)


def test_a_reset_waits_for_work_in_the_background(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reconciler holds the lease for a moment, such as when a key has rested."""
    with ExitStack() as work:

        def finish(_: float) -> None:
            work.close()

        work.enter_context(lease.background_lease(ann.id))
        monkeypatch.setattr(lease.time, "sleep", finish)
        reset_ingress(ann, "rtmp")
    assert current(ann)


def test_a_reset_is_refused_if_work_in_the_background_takes_too_long(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "WAIT_SECONDS", 0.2)
    with lease.background_lease(ann.id), pytest.raises(ResetInProgress):
        reset_ingress(ann, "rtmp")
    assert livekit.ingresses == {}


def test_a_reset_does_not_wait_for_another_reset(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(lease.time, "sleep", pauses.append)
    with lease.lease(ann.id), pytest.raises(ResetInProgress):
        reset_ingress(ann, "rtmp")
    assert pauses == []


def test_work_in_the_background_does_not_wait(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(lease.time, "sleep", pauses.append)
    with lease.background_lease(ann.id), pytest.raises(ResetInProgress):
        cleanup.finish_change(ann.id)
    assert pauses == []
