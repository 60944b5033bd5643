"""Whatever fails, and whenever: a route succeeds or answers 503, and nothing is half written."""

import itertools
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from footlight import clock
from footlight.aws import background
from footlight.chat import room
from footlight.ingress import cleanup, lease
from footlight.ingress.lease import LEASE_SECONDS
from footlight.livekit import server as livekit_api
from footlight.moderation import blocks, rights
from footlight.tables import items
from tests.contract.test_openapi import OPERATIONS
from tests.support.api import FUNCTIONS, Answer, Api
from tests.support.clock import Clock
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit
from tests.support.table import FAULTS, can_meet, watched
from tests.support.world import CALLS, World, meant, route_of, stored


@pytest.fixture
def world(api: Api, livekit: LiveKit, monkeypatch: pytest.MonkeyPatch) -> World:
    """Its time stands still: what a call writes does not hang on when it was made."""
    Clock(monkeypatch)
    return World(api, livekit)


def calls_of(function: str, api: Api) -> list[str]:
    """The good calls of a function's routes."""
    return [name for name in CALLS if api.function_of(*route_of(name).split(" ")) == function]


def test_every_route_is_called_here() -> None:
    assert {route_of(name) for name in CALLS} == set(OPERATIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_call_to_aws_may_fail(world: World, function: str, subtests: pytest.Subtests) -> None:
    for name in calls_of(function, world.api):
        clean = Clean(world, name)
        for number, operation in enumerate(clean.made):
            for fault in (fault for fault in FAULTS if can_meet(operation, fault)):
                with subtests.test(name, call=f"{number}, {operation}", fault=fault):
                    world.as_begun()
                    call = world.prepared(name)
                    with watched() as wire:
                        wire.faults[number] = FAULTS[fault]
                        answer = call()
                    clean.check(answer)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_keys_that_are_never_processed_are_not_asked_for_without_end(
    world: World, function: str, subtests: pytest.Subtests
) -> None:
    for name in calls_of(function, world.api):
        world.as_begun()
        call = world.prepared(name)
        with subtests.test(name), watched() as wire:
            wire.leaves_all = True
            answer = call()
            asked = wire.made.count("BatchGetItem")
            assert asked <= 1 + items.MAX_RETRIES
            assert is_unavailable(answer) if asked else answer.status < 400


@pytest.mark.parametrize("fault", ["throttled", "out of reach", "timed out"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_whether_a_request_came_through_cloudfront_may_be_unreadable(
    api: Api, monkeypatch: pytest.MonkeyPatch, function: str, fault: str
) -> None:
    monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")
    name = calls_of(function, api)[0]
    with watched() as wire:
        wire.faults[0] = FAULTS[fault]
        answer = api.call(*route_of(name).split(" "))
    assert is_unavailable(answer)
    assert wire.made == ["GetSecretValue"]


BEGINS = background._start  # pyright: ignore[reportPrivateUsage] - before a fixture takes its place


@pytest.mark.parametrize("fault", ["throttled", "out of reach", "timed out"])
def test_what_is_begun_beside_a_request_is_never_its_fault(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    clean = Clean(world, "PATCH /api/stream, a setting")
    monkeypatch.setattr(background, "_start", BEGINS)
    world.as_begun()
    call = world.prepared(clean.name)
    with watched() as wire:
        wire.faults[len(clean.made)] = FAULTS[fault]
        answer = call()
    assert wire.made == [*clean.made, "Invoke"]
    assert clean.is_good(answer)


IN_STEPS = (
    "PUT /api/blocks/{username}",
    "PUT /api/chat/{username}/blocks/{viewerId}",
    "PUT /api/chat/{username}/timeouts/{viewerId}",
)
"""They keep somebody out first, and then take away what they wrote: what fails then is to be done
again, and holds already."""


class Clean:
    """A call without faults, against which those with faults are held."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        world.as_begun()
        call = world.prepared(name)
        with watched() as wire:
            self.answer = call()
        assert self.answer.status < 400, self.answer.text
        self.made = wire.made
        self.asked_livekit = list(world.livekit.made)
        self.before = meant(world.begun.stored, world.begun.stored)
        self.after = self.meant()

    def meant(self) -> set[str]:
        return meant(stored(), self.world.begun.stored)

    def is_good(self, answer: Answer) -> bool:
        if is_failed_sign_in(answer):
            return False
        statuses = {answer.status, self.answer.status}
        return len(statuses) == 1 or statuses == {200, 201}  # a message that is there already

    def check(self, answer: Answer) -> None:
        """It succeeded, or it is 503 and all is as before or as after; and once more succeeds."""
        found = self.meant()
        if self.is_good(answer):
            assert found == self.after
        else:
            assert is_failed_sign_in(answer) or is_unavailable(answer)
            if self.name.partition(",")[0] not in IN_STEPS:
                assert found in (self.before, self.after), found ^ self.after
        if not self.world.is_as_begun():  # else it would be the clean call once more
            self.check_again()

    def check_without_livekit(self, answer: Answer) -> None:
        """The same, and LiveKit still has what is recorded: soon, that alone."""
        assert self.meant() in (self.before, self.after)
        if self.name.startswith("PUT") and "/blocks" in self.name:
            assert self.is_good(answer)
            assert {"channel": self.world.ann.id} in BEGUN
        elif not self.is_good(answer):
            assert is_unavailable(answer)
        recorded = self.recorded()
        assert recorded.keys() <= self.world.livekit.ingresses.keys(), "locked out"
        with later(LEASE_SECONDS + 1):
            for user_id in lease.unfinished():
                cleanup.finish_change(user_id)
        there = self.world.livekit.ingresses
        assert recorded == {id: info.enabled for id, info in there.items()}
        self.check_again()

    def recorded(self) -> dict[str, bool]:
        """Ingresses that are somebody's, and whether their key works."""
        return {
            item["ingress_id"]["S"]: item.get("armed") != {"S": "off"}
            for (_, sk), item in stored().items()
            if sk == "KEY" and "ingress_id" in item
        }

    def check_again(self) -> None:
        """The same call succeeds, once a lease that could not be given back has run out."""
        again = self.world.call(self.name)
        if again.status == 409 and again.refused_with(409, "reset_in_progress"):
            with later(LEASE_SECONDS + 1):
                again = self.world.call(self.name)
        assert self.is_good(again), again.text
        assert self.meant() == self.after
        assert self.recorded().keys() == self.world.livekit.ingresses.keys()


def is_unavailable(answer: Answer) -> bool:
    """In the one shape, and it says when to try again."""
    return answer.refused_with(503, "unavailable") and int(answer.headers["retry-after"]) > 0


def is_failed_sign_in(answer: Answer) -> bool:
    """Where there is a browser and not a client, a page tells of the fault."""
    return answer.status == 302 and answer.headers["location"].endswith("?signin=failed")


@contextmanager
def later(seconds: int) -> Generator[None]:
    """The clock is so much on."""
    with pytest.MonkeyPatch.context() as patch:
        now = clock.now
        patch.setattr(clock, "now", lambda: now() + timedelta(seconds=seconds))
        yield


# --- LiveKit ---

LIVEKIT_FAULTS = ("broken", "broken when done", "hangs", "hangs when done")
QUICK_SECONDS = 0.3
"""In place of the time-outs that there are, whose sums are held below."""


def test_no_request_waits_for_livekit_longer_than_its_three_seconds() -> None:
    assert cleanup.REQUEST_SECONDS < 2.7
    assert livekit_api.CALL_SECONDS < 2.7
    assert rights.LIST_SECONDS + 3 * blocks.REMOVE_SECONDS < 2.7
    assert room.SEND_SECONDS < 2.3  # a message is answered in 2.5


@pytest.mark.parametrize("function", ["chat", "ingress", "moderation"])
def test_each_call_to_livekit_may_fail(
    world: World, function: str, subtests: pytest.Subtests
) -> None:
    for name in calls_of(function, world.api):
        clean = Clean(world, name)
        for number, method in enumerate(clean.asked_livekit):
            for fault in LIVEKIT_FAULTS:
                if fault.endswith("when done") and method.startswith("List"):
                    continue  # nothing is done by it
                with subtests.test(name, call=f"{number}, {method}", fault=fault):
                    world.as_begun()
                    call = world.prepared(name)
                    with trouble(world.livekit, number, fault):
                        answer = call()
                        assert not world.livekit.released.is_set()
                    clean.check_without_livekit(answer)
        if clean.asked_livekit:
            with subtests.test(name, fault="out of reach"):
                world.as_begun()
                call = world.prepared(name)
                with pytest.MonkeyPatch.context() as patch:
                    patch.setenv("FOOTLIGHT_LIVEKIT_URL", "ws://127.0.0.1:9")
                    answer = call()
                clean.check_without_livekit(answer)


def test_what_does_not_need_livekit_does_not_notice_that_it_hangs(
    world: World, subtests: pytest.Subtests
) -> None:
    needs = set[str]()
    for name in CALLS:
        clean = Clean(world, name)
        if clean.asked_livekit:
            needs.add(route_of(name))
            continue
        with subtests.test(name):
            world.as_begun()
            call = world.prepared(name)
            with trouble(world.livekit, 0, "hangs"):
                assert clean.is_good(call())
    assert needs == {
        "GET /api/ingress",
        "POST /api/ingress",
        "PATCH /api/ingress",
        "DELETE /api/ingress",
        "POST /api/stream/end",
        "PUT /api/blocks/{username}",
        "PUT /api/blocks/guests/{guestId}",
        "POST /api/chat/{username}",
        "DELETE /api/chat/{username}/{messageId}",
        "POST /api/chat/{username}/clear",
        "PUT /api/chat/{username}/timeouts/{viewerId}",
        "DELETE /api/chat/{username}/timeouts/{viewerId}",
        "PUT /api/chat/{username}/blocks/{viewerId}",
    }


@contextmanager
def trouble(livekit: LiveKit, number: int, fault: str) -> Generator[None]:
    """From the n-th call on, LiveKit does nothing, or what it is asked to and does not say so."""
    calls = itertools.count()
    livekit.released = threading.Event()

    def happens(method: str) -> None:
        if next(calls) < number:
            return
        if fault.startswith("hangs"):
            livekit.hangs(method)
        livekit.breaks(method)

    if fault.endswith("when done"):
        livekit.after = happens
    else:
        livekit.before = happens
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cleanup, "REQUEST_SECONDS", QUICK_SECONDS)
            patch.setattr(blocks, "REMOVE_SECONDS", QUICK_SECONDS)
            patch.setattr(room, "SEND_SECONDS", QUICK_SECONDS)
            yield
    finally:
        livekit.released.set()
        livekit.before = livekit.after = None
