"""One account and one address flood each route, and another person notices nothing.

200 requests a second are sent to each route for some seconds, alternately by an account and by a
guest, or by an operator and an account. The other person posts, blocks, and goes live. Like the
site, that person retries a 503: the emulator is one process, and the flood slows it down. Latencies
are reported, not asserted.
"""

import itertools
import re
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, cast

import pytest
import urllib3

from footlight import limits
from local import settings
from tests.stack.floods import HOST, ROWS, SENDS_MESSAGES, Flood, flood_of, message
from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, broadcast, wait_until
from tests.support import effort
from tests.support.openapi import OPERATIONS
from tests.support.routes import LIVEKIT_METHODS

PER_SECOND: Final = 200
AT_ONCE: Final = 16
"""Requests in flight. A slow emulator lowers the rate instead of queueing requests."""
ATTACKER: Final = "eve"
OTHER: Final = "cleo"
ATTEMPTS: Final = 20
REFUSED_CALLS: Final = 2
"""Calls of the table by a refused request: the counter, and names that a cold function caches."""
OTHERS_CALLS: Final = 300
"""The most calls of the table during a flood by the other person and the reconciler."""
BY_OTHERS: Final = {"SendData", "ListRooms", "ListParticipants", "UpdateRoomMetadata"}
"""Methods of LiveKit that the other person's actions and the reconciler call, too."""
CALL = re.compile(r"\tAPI \w+\.(\w+)\t")

pytestmark = pytest.mark.attack


@dataclass
class Answers:
    """The responses to one flood, by their status, and their latencies."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    seconds: list[float] = field(default_factory=list[float])

    @property
    def accepted(self) -> int:
        """The number of requests that a rate limit didn't refuse."""
        return self.statuses.total() - self.statuses[429]

    def __str__(self) -> str:
        middle = sorted(self.seconds)[len(self.seconds) // 2] if self.seconds else 0
        return f"{dict(sorted(self.statuses.items()))}, median {1000 * middle:.0f} ms"


@contextmanager
def flooding(flood: Flood) -> Generator[Answers]:
    """Send requests during the block, and for at least the seconds of the chosen effort."""
    answers, lock, stopping = Answers(), threading.Lock(), threading.Event()
    numbers, begin = itertools.count(), time.monotonic()
    ends = begin + effort.chosen().flood_seconds

    def work() -> None:
        own = [Api(caller.base, caller.token) for caller in flood.attackers]
        for each, caller in zip(own, flood.attackers, strict=True):
            each.cookies = dict(caller.cookies)
        while time.monotonic() < ends or not stopping.is_set():
            with lock:
                number = next(numbers)
            time.sleep(max(0, begin + number / PER_SECOND - time.monotonic()))
            sent = time.monotonic()
            try:
                status = flood.send(own[number % len(own)], number).status
            except urllib3.exceptions.HTTPError:
                status = 503
            with lock:
                answers.statuses[status] += 1
                answers.seconds.append(time.monotonic() - sent)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        workers = [threads.submit(work) for _ in range(AT_ONCE)]
        try:
            yield answers
        finally:
            stopping.set()
            for worker in workers:
                worker.result()


def succeeds(call: Callable[[], Answer]) -> float:
    """Repeat a call while the response is 503, like the site. Return how long it took."""
    begin = time.monotonic()
    for _ in range(ATTEMPTS):
        answer = call()
        if answer.status != 503:
            assert answer.status < 300, answer
            return time.monotonic() - begin
        time.sleep(0.5)
    raise AssertionError("503 at each attempt")


def livekit_calls() -> Counter[str]:
    """Return how often each method of LiveKit's API was called so far, by its log."""
    return Counter(CALL.findall((settings.LOGS / "livekit.log").read_text()))


def table_calls() -> int:
    """Return how often the table was called so far."""
    calls = urllib3.request("GET", f"{settings.AWS_URL}/_local/calls", retries=False).json()
    return sum(count for name, count in calls.items() if name.startswith("DynamoDB"))


@pytest.fixture(scope="module")
def host(stack: Stack) -> Iterator[Api]:
    """The other person, who is live."""
    with broadcast(stack, HOST) as host:
        yield host


def admitted_after_floods(caller: Api, host: str) -> dict[str, str]:
    """Admit an attacker as soon as the limits allow it: earlier floods count, too."""

    def admission() -> dict[str, str] | None:
        answer = caller.post("/api/token", {"host": host})
        return answer.json if answer.status == 200 else None

    return wait_until(admission, within=90, every=1, what="the attacker to be admitted")


def acts(host: Api, token: str) -> list[float]:
    """Post a message, and block and unblock a guest. Return how long each took."""
    block = f"/api/blocks/guests/{uuid.uuid4()}"
    viewer, greeting = Api(host.base, token), message(0)
    return [
        succeeds(lambda: viewer.post(f"/api/chat/{HOST}", greeting)),
        succeeds(lambda: host.put(block)),
        succeeds(lambda: host.delete(block)),
    ]


@pytest.fixture
def _without_notice(stack: Stack) -> Iterator[None]:
    """Remove the notice of a flood as soon as the limits allow it."""
    yield
    operator = stack.api(stack.operator.username)
    wait_until(
        lambda: operator.delete("/api/admin/notice").status == 204,
        within=90,
        every=1,
        what="the operator to remove the notice",
    )


@pytest.mark.usefixtures("_without_notice")
@pytest.mark.parametrize("route", sorted(OPERATIONS))
def test_a_flood_of_one_route_stops_no_one_else(stack: Stack, host: Api, route: str) -> None:
    row, flood = ROWS[route], flood_of(route, stack, stack.api(ATTACKER), admitted_after_floods)
    token = admitted(stack.api(OTHER), HOST)["token"]
    livekit_before, table_before, begin = livekit_calls(), table_calls(), time.time()
    with flooding(flood) as answers:
        seconds = acts(host, token)
    table, livekit = table_calls() - table_before, livekit_calls() - livekit_before

    calls = row.calls.replace("(", "").replace(")", "").split()
    for method in LIVEKIT_METHODS - BY_OTHERS:
        assert livekit[method] <= answers.accepted * calls.count(method), answers
    asked = sum(call not in LIVEKIT_METHODS for call in calls) + REFUSED_CALLS
    most = answers.accepted * asked + answers.statuses[429] * REFUSED_CALLS + OTHERS_CALLS
    assert table <= most, answers
    if name := row.limit or ("chat" if row.route == SENDS_MESSAGES else ""):
        times, window = limits.LIMITS[cast("limits.Name", name)]
        windows = time.time() // window - begin // window + 1
        successes = sum(count for status, count in answers.statuses.items() if status < 300)
        assert successes <= times * windows * len(flood.attackers), answers
    sys.stdout.write(
        f"\n{route}: {answers}; LiveKit {livekit.total()}, table {table} calls; "
        f"the other person's actions {', '.join(f'{each:.1f}' for each in seconds)} s\n"
    )


def test_a_creator_goes_live_during_a_flood(stack: Stack, host: Api) -> None:
    del host  # Another channel is live as well.
    with (
        flooding(flood_of("GET /api/ingress", stack, stack.api(ATTACKER))) as reads,
        flooding(flood_of("POST /api/token", stack, stack.api(ATTACKER))) as mints,
        broadcast(stack, OTHER) as creator,
    ):
        succeeds(lambda: creator.patch("/api/stream", {"title": "Live in a flood"}))
    sys.stdout.write(f"\nwent live: {reads}; {mints}\n")
