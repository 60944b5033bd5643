"""One fault in any call: a route succeeds or returns 503, and the table is never half written.

A run of the unit tests draws one fault for each row of the route table. The marker `faults` selects
all of them.
"""

import itertools
import random
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from footlight import clock
from footlight.aws import background
from footlight.chat import room
from footlight.ingress import cleanup, lease
from footlight.ingress.lease import LEASE_SECONDS
from footlight.livekit import server
from footlight.moderation import blocks, rights
from footlight.tables import items
from tests.support.api import FUNCTIONS, Answer, Api
from tests.support.deployment import BEGUN
from tests.support.livekit import LiveKit, timing_out
from tests.support.recorded import Recorded, Recording
from tests.support.routes import ROUTES, Route
from tests.support.stored import stored
from tests.support.table import FAULTS, can_meet, watched
from tests.support.world import World

EVERY_ROW = pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
LIVEKIT_ROWS = [row for row in ROUTES if row.calls_livekit]
EVERY_LIVEKIT_ROW = pytest.mark.parametrize("row", LIVEKIT_ROWS, ids=lambda row: row.name)

IN_STEPS = {
    "PUT /api/blocks/{username}",
    "PUT /api/chat/{username}/blocks/{viewerId}",
    "PUT /api/chat/{username}/timeouts/{viewerId}",
    "PATCH /api/admin/reports/{id}",
}
"""Routes that first keep someone out, and then delete their messages or close the report. After a
fault in the second step, the first is still in force, and the client retries."""


@dataclass(frozen=True)
class Fault:
    """A fault in the call with this number, counted from 0."""

    number: int
    call: str
    kind: str

    def __str__(self) -> str:
        return f"call {self.number}, {self.call}: {self.kind}"


# --- AWS ---


def aws_faults(clean: Recording) -> list[Fault]:
    return [
        Fault(number, call, kind)
        for number, (call, _) in enumerate(clean.requests)
        for kind in FAULTS
        if can_meet(call, kind)
    ]


def meet_aws_fault(attempt: "Attempt", fault: Fault) -> None:
    call = attempt.prepared()
    with watched() as wire:
        wire.faults[fault.number] = FAULTS[fault.kind]
        answer = call()
    attempt.check(answer)


@EVERY_ROW
def test_one_call_of_aws_may_fail(
    world: World, recorded: Recorded, row: Route, draw: random.Random
) -> None:
    faults = aws_faults(recorded[row.name].cold)
    if faults:
        meet_aws_fault(Attempt(world, row, recorded), draw.choice(faults))


@pytest.mark.faults
@EVERY_ROW
def test_each_call_of_aws_may_fail(
    world: World, recorded: Recorded, row: Route, subtests: pytest.Subtests
) -> None:
    for fault in aws_faults(recorded[row.name].cold):
        with subtests.test(str(fault)):
            meet_aws_fault(Attempt(world, row, recorded), fault)


@EVERY_ROW
def test_keys_that_are_never_processed_are_requested_a_limited_number_of_times(
    world: World, recorded: Recorded, row: Route
) -> None:
    call = Attempt(world, row, recorded).prepared()
    with watched() as wire:
        wire.leaves_all = True
        answer = call()
    reads = wire.made.count("BatchGetItem")
    assert reads <= 1 + items.MAX_RETRIES
    assert is_unavailable(answer) if reads else answer.status < 400


@pytest.mark.parametrize("kind", ["throttled", "out of reach", "timed out"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_unreadable_origin_secret_makes_a_function_unavailable(
    api: Api, monkeypatch: pytest.MonkeyPatch, function: str, kind: str
) -> None:
    monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")
    row = next(row for row in ROUTES if row.function == function)
    with watched() as wire:
        wire.faults[0] = FAULTS[kind]
        answer = api.call(row.method, row.path)
    assert is_unavailable(answer)
    assert wire.made == ["GetSecretValue"]


START_TASK = background._start  # pyright: ignore[reportPrivateUsage] - before a fixture replaces it


@pytest.mark.parametrize("kind", ["throttled", "out of reach", "timed out"])
def test_a_background_task_that_cannot_start_never_fails_the_request(
    world: World, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (row,) = (row for row in ROUTES if row.name == "PATCH /api/stream, a setting")
    attempt = Attempt(world, row, recorded)
    monkeypatch.setattr(background, "_start", START_TASK)
    call = attempt.prepared()
    made = [call for call, _ in attempt.clean.requests]
    with watched() as wire:
        wire.faults[len(made)] = FAULTS[kind]
        answer = call()
    assert wire.made == [*made, "Invoke"]
    assert attempt.is_good(answer)


# --- LiveKit ---

LIVEKIT_FAULTS = ("broken", "broken when done", "timed out", "timed out when done")
HANG_SECONDS = 0.3
"""In place of the real timeouts, whose sums are tested below."""


def livekit_faults(clean: Recording) -> Iterator[Fault]:
    for number, method in enumerate(clean.livekit):
        for kind in LIVEKIT_FAULTS:
            if not (kind.endswith("when done") and method.startswith("List")):  # changes nothing
                yield Fault(number, method, kind)


def meet_livekit_fault(attempt: "Attempt", fault: Fault) -> None:
    call = attempt.prepared()
    livekit = attempt.world.livekit
    fails = livekit.times_out if fault.kind.startswith("timed out") else livekit.breaks
    with failing(livekit, fault.number, fails, when_done=fault.kind.endswith("when done")):
        answer = call()
    attempt.check_without_livekit(answer)


def test_no_request_waits_for_livekit_longer_than_three_seconds() -> None:
    assert cleanup.REQUEST_SECONDS < 2.7
    assert server.CALL_SECONDS < 2.7
    assert rights.LIST_SECONDS + 3 * blocks.REMOVE_SECONDS < 2.7
    assert room.SEND_SECONDS < 2.3  # a message is answered in 2.5


@EVERY_LIVEKIT_ROW
def test_one_call_of_livekit_may_fail(
    world: World, recorded: Recorded, row: Route, draw: random.Random
) -> None:
    faults = list(livekit_faults(recorded[row.name].cold))
    meet_livekit_fault(Attempt(world, row, recorded), draw.choice(faults))


@pytest.mark.faults
@EVERY_LIVEKIT_ROW
def test_each_call_of_livekit_may_fail(
    world: World, recorded: Recorded, row: Route, subtests: pytest.Subtests
) -> None:
    for fault in livekit_faults(recorded[row.name].cold):
        with subtests.test(str(fault)):
            meet_livekit_fault(Attempt(world, row, recorded), fault)


@pytest.mark.faults
@EVERY_LIVEKIT_ROW
def test_livekit_may_be_out_of_reach(
    world: World, recorded: Recorded, row: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Attempt(world, row, recorded)
    call = attempt.prepared()
    with monkeypatch.context() as patch:
        patch.setenv("FOOTLIGHT_LIVEKIT_URL", "ws://127.0.0.1:9")
        answer = call()
    attempt.check_without_livekit(answer)


@pytest.mark.faults
@pytest.mark.parametrize("when_done", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "POST /api/ingress",
        "PUT /api/chat/{username}/blocks/{viewerId}",
        "POST /api/chat/{username}",
    ],
)
def test_livekit_may_hang(
    world: World, recorded: Recorded, monkeypatch: pytest.MonkeyPatch, name: str, when_done: bool
) -> None:
    """The other tests raise the error of a timeout. Here each kind of client really waits."""
    (row,) = (row for row in ROUTES if row.name == name)
    attempt, livekit = Attempt(world, row, recorded), world.livekit
    call = attempt.prepared()
    with monkeypatch.context() as patch:
        patch.setattr(cleanup, "REQUEST_SECONDS", HANG_SECONDS)
        patch.setattr(blocks, "REMOVE_SECONDS", HANG_SECONDS)
        patch.setattr(room, "SEND_SECONDS", HANG_SECONDS)
        with failing(livekit, 0, livekit.hangs, when_done=when_done):
            answer = call()
            assert not livekit.released.is_set()
    attempt.check_without_livekit(answer)


@pytest.mark.parametrize(
    "row", [row for row in ROUTES if row not in LIVEKIT_ROWS], ids=lambda row: row.name
)
def test_a_route_without_livekit_succeeds_while_livekit_hangs(
    world: World, recorded: Recorded, row: Route
) -> None:
    attempt = Attempt(world, row, recorded)
    call = attempt.prepared()
    with failing(world.livekit, 0, world.livekit.hangs, when_done=False):
        assert attempt.is_good(call())


@contextmanager
def failing(
    livekit: LiveKit, number: int, fails: Callable[[str], None], *, when_done: bool
) -> Generator[None]:
    """Make every call of LiveKit fail from one number on, before or after it is done."""
    calls = itertools.count()
    livekit.released = threading.Event()

    def fail(method: str) -> None:
        if next(calls) >= number:
            fails(method)
            livekit.breaks(method)

    if when_done:
        livekit.after = fail
    else:
        livekit.before = fail
    try:
        with timing_out():
            yield
    finally:
        livekit.released.set()
        livekit.before = livekit.after = None


# --- what holds after a fault ---


class Attempt:
    """A call of one row, compared with the recorded call without faults."""

    def __init__(self, world: World, row: Route, recorded: Recorded) -> None:
        self.world, self.row, self.clean = world, row, recorded[row.name].cold

    def prepared(self) -> Callable[[], Answer]:
        """Return to the beginning of the world, and prepare the call."""
        self.world.as_begun()
        return self.row.prepared(self.world)

    def is_good(self, answer: Answer) -> bool:
        if is_failed_sign_in(answer):
            return False
        statuses = {answer.status, self.clean.status}
        return len(statuses) == 1 or statuses == {200, 201}  # the message exists already

    def check(self, answer: Answer) -> None:
        """Expect success, or 503 and a table from before or after. Then the retry succeeds."""
        now = self.world.meaning()
        if self.is_good(answer):
            assert now == self.clean.meaning
        else:
            assert is_failed_sign_in(answer) or is_unavailable(answer)
            if self.row.route not in IN_STEPS:
                assert now in (self.world.begun.meaning, self.clean.meaning)
        if not self.world.is_as_begun():  # otherwise the retry would be the recorded call
            self.check_retry()

    def check_without_livekit(self, answer: Answer) -> None:
        """Expect the same, and that a cleanup makes LiveKit's ingresses match the table."""
        assert self.world.meaning() in (self.world.begun.meaning, self.clean.meaning)
        if self.row.method == "PUT" and "/blocks" in self.row.path:
            assert self.is_good(answer)
            assert {"channel": self.world.people.ann.id} in BEGUN
        elif not self.is_good(answer):
            assert is_unavailable(answer)
        ingresses = self.recorded_ingresses()
        assert ingresses.keys() <= self.world.livekit.ingresses.keys(), "locked out"
        with later(LEASE_SECONDS + 1):
            for user_id in lease.unfinished():
                cleanup.finish_change(user_id)
        in_livekit = self.world.livekit.ingresses
        assert ingresses == {id: info.enabled for id, info in in_livekit.items()}
        self.check_retry()

    def recorded_ingresses(self) -> dict[str, bool]:
        """Return the ingresses in the table, and whether their stream key works."""
        items = stored()
        resting = {
            pk for (pk, sk), item in items.items() if sk == "LIVE" and "resting_until" in item
        }
        return {
            item["ingress_id"]["S"]: item.get("armed") != {"S": "off"}
            and f"LIVE#{item['user_id']['S']}" not in resting
            for (_, sk), item in items.items()
            if sk == "KEY" and "ingress_id" in item
        }

    def check_retry(self) -> None:
        """Expect that the same call succeeds, at the latest after a lost lease has expired."""
        answer = self.row.called(self.world)
        if answer.status == 409 and answer.refused_with(409, "reset_in_progress"):
            with later(LEASE_SECONDS + 1):
                answer = self.row.called(self.world)
        assert self.is_good(answer), answer.text
        assert self.world.meaning() == self.clean.meaning
        assert self.recorded_ingresses().keys() == self.world.livekit.ingresses.keys()


def is_unavailable(answer: Answer) -> bool:
    return answer.refused_with(503, "unavailable") and int(answer.headers["retry-after"]) > 0


def is_failed_sign_in(answer: Answer) -> bool:
    """Return True if the answer redirects a browser to a page that shows the fault."""
    return answer.status == 302 and answer.headers["location"].endswith("?signin=failed")


@contextmanager
def later(seconds: int) -> Generator[None]:
    """Move the clock forward inside the block."""
    with pytest.MonkeyPatch.context() as patch:
        now = clock.now
        patch.setattr(clock, "now", lambda: now() + timedelta(seconds=seconds))
        yield
