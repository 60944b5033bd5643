"""The reset of a key with a fault at each of its steps: never no key, never two after the sweep."""

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from footlight import clock
from footlight.errors import RateLimited, Refused, ResetInProgress, Unavailable
from footlight.identities import Person
from footlight.ingress import lease, upkeep
from footlight.ingress.arming import arm
from footlight.ingress.key import key_of
from footlight.ingress.reset import end_ingress, reset_ingress
from footlight.live.record import record
from footlight.live.state import Started
from footlight.livekit import server as api
from footlight.sync.run import run
from footlight.tables import base
from footlight.tables.ingress import IngressOwner, owner_key
from footlight.tables.live import Live, Session, live_key, sessions_list
from tests.support.livekit import LiveKit
from tests.support.people import a_person
from tests.support.table import watched

S = 1_795_550_400_000_000_000


@pytest.fixture
def ann(livekit: LiveKit) -> Person:
    return a_person("ann")


class Killed(BaseException):
    """The process is gone: nothing that it would have done is done any more."""


@dataclass
class Process:
    """Counts all calls to LiveKit and DynamoDB, and has the n-th go wrong."""

    nth: int
    fault: str
    calls: int = 0
    is_dead: bool = False
    failed_at: str = ""

    def call(self, name: str, do: Callable[[], Any]) -> Any:
        if self.is_dead:
            raise Killed
        self.calls += 1
        if self.calls != self.nth:
            return do()
        self.failed_at = name
        if self.fault.endswith("done"):
            do()
        if self.fault.startswith("killed"):
            self.is_dead = True
            raise Killed
        raise self.error(name)

    def error(self, name: str) -> Exception:
        if name.startswith("LiveKit"):
            return Unavailable()
        if self.fault == "time-out, and done":
            return ReadTimeoutError(endpoint_url="https://dynamodb")
        throttled: Any = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
        return ClientError(throttled, name)


@contextmanager
def process(nth: int, fault: str) -> Generator[Process]:
    """What runs within is this process."""
    running = Process(nth, fault)
    to_table: Any = botocore.client.BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage, reportUnknownVariableType]
    to_livekit: Any = api._run  # pyright: ignore[reportPrivateUsage]

    def table(self: Any, operation: str, arguments: Any) -> Any:
        return running.call(operation, partial(to_table, self, operation, arguments))

    def server(*arguments: Any) -> Any:
        return running.call("LiveKit", partial(to_livekit, *arguments))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", table)
        patch.setattr(api, "_run", server)
        yield running


FAULTS = ["5xx", "time-out, and done", "killed", "killed, and done"]
STEPS = 11
"""Calls of a reset in place of a live key; one more than those is a run without a fault."""


def current(person: Person) -> str | None:
    return key_of(person.id).ingress_id


def works(livekit: LiveKit, person: Person) -> None:
    """The recorded key is one that LiveKit takes, and its webhooks find the channel."""
    ingress_id = current(person)
    assert ingress_id in livekit.enabled_keys(person.id)
    owner = base.get(owner_key(ingress_id or ""), consistent=True)
    assert isinstance(owner, IngressOwner)
    assert owner.user_id == person.id
    state = base.get(live_key(person.id), consistent=True)
    assert isinstance(state, Live)
    assert state.ingress_id == ingress_id


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_a_fault_at_any_step_leaves_a_key_that_works_and_no_orphan_after_the_sweep(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch, nth: int, fault: str
) -> None:
    reset_ingress(ann, "rtmp")
    old = current(ann)
    assert old
    record(ann.id, Started(old, S, S + 1), "webhook")

    answered = None
    with process(nth, fault) as running, suppress(Unavailable, Killed):
        answered = reset_ingress(ann, "rtmp")[1].ingress_id
    assert running.failed_at or nth >= STEPS

    # At once: the old key or the new one works, and what was answered is what is recorded.
    works(livekit, ann)
    if answered:
        assert current(ann) == answered != old
    if current(ann) != old:
        state = base.get(live_key(ann.id), consistent=True)
        assert isinstance(state, Live)
        assert not state.live
        (past,) = Session.query(sessions_list(ann.id))
        assert past.reason == "reset"

    # After the sweep, when the lease has run out: one ingress, the recorded one.
    before = current(ann)
    monkeypatch.setattr(clock, "now_ms", lambda: LATER_MS)
    for user_id in lease.unfinished():
        upkeep.finish(user_id)
    assert current(ann) == before
    works(livekit, ann)
    assert [*livekit.ingresses] == [before]
    assert lease.unfinished() == []
    # And another reset goes through.
    reset_ingress(ann, "rtmp")
    works(livekit, ann)
    assert len(livekit.ingresses) == 1


LATER_MS = 4_000_000_000_000


def test_the_steps_are_as_many_as_are_tried(livekit: LiveKit, ann: Person) -> None:
    reset_ingress(ann, "rtmp")
    with process(0, "none") as running:
        reset_ingress(ann, "rtmp")
    assert running.calls == STEPS - 1


def test_a_first_key_that_fails_leaves_nothing_after_the_sweep(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    livekit.after = lambda method: livekit.breaks(method) if method == "CreateIngress" else None
    with pytest.raises(Unavailable):
        reset_ingress(ann, "rtmp")
    assert current(ann) is None
    assert len(livekit.ingresses) == 1  # made, and its answer lost
    livekit.after = None
    monkeypatch.setattr(clock, "now_ms", lambda: LATER_MS)

    run()

    assert livekit.ingresses == {}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_a_key_that_is_forgotten_is_gone_after_the_sweep_whatever_failed(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch, nth: int, fault: str
) -> None:
    reset_ingress(ann, "rtmp")
    with process(nth, fault), suppress(Unavailable, Killed):
        end_ingress(ann)
    monkeypatch.setattr(clock, "now_ms", lambda: LATER_MS)
    for user_id in lease.unfinished():
        upkeep.finish(user_id)
    recorded = current(ann)
    assert [*livekit.ingresses] == ([recorded] if recorded else [])


def test_of_many_at_once_one_wins_and_one_ingress_is_left(livekit: LiveKit, ann: Person) -> None:
    def attempt(_: int) -> type[Refused] | None:
        try:
            reset_ingress(ann, "rtmp")
        except Refused as refused:
            return type(refused)
        return None

    # None ends before all have begun: creating waits for them.
    livekit.before = lambda method: _wait_for(19, lost) if method == "CreateIngress" else None
    lost: list[int] = []

    def counted(number: int) -> type[Refused] | None:
        result = attempt(number)
        if result is ResetInProgress:
            lost.append(number)
        return result

    with watched(), ThreadPoolExecutor(20) as pool:
        results = list(pool.map(counted, range(20)))

    assert results.count(None) == 1
    assert results.count(ResetInProgress) == 19
    assert [*livekit.ingresses] == [current(ann)]


def _wait_for(many: int, lost: list[int]) -> None:
    until = time.monotonic() + 2
    while len(lost) < many and time.monotonic() < until:
        time.sleep(0.005)


def test_a_reset_keeps_when_the_key_works(livekit: LiveKit, ann: Person) -> None:
    reset_ingress(ann, "rtmp")
    arm(ann, "off")
    reset_ingress(ann, "whip")
    assert livekit.enabled_keys(ann.id) == []
    arm(ann, "always")
    works(livekit, ann)


def test_so_many_resets_an_hour_and_no_more(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "reset=2/3600")
    for _ in range(2):
        reset_ingress(ann, "rtmp")
    made = len(livekit.made)
    with pytest.raises(RateLimited):
        reset_ingress(ann, "rtmp")
    assert len(livekit.made) == made
    works(livekit, ann)
