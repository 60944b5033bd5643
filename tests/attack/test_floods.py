"""One account and one address flood every route, and another person notices nothing.

200 requests a second are sent to each route for some seconds, alternately by an account and by a
guest. The other person posts, blocks, and goes live. Like the site, that person retries a 503: the
emulator is one process, and the flood slows it down. Latencies are reported, not asserted.
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
from typing import Any, Final, cast

import pytest
import urllib3

from footlight import limits
from local import settings
from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, broadcast, wait_until
from tests.support import effort
from tests.support.openapi import OPERATIONS
from tests.support.routes import LIVEKIT_METHODS, ROUTES, Route

PER_SECOND: Final = 200
AT_ONCE: Final = 16
"""Requests in flight. A slow emulator lowers the rate instead of queueing requests."""
ATTACKER: Final = "eve"
HOST: Final = "bob"
OTHER: Final = "cleo"
ATTEMPTS: Final = 20
REFUSED_CALLS: Final = 2
"""Calls of the table by a refused request: the counter, and names that a cold function caches."""
OTHERS_CALLS: Final = 300
"""The most calls of the table during a flood by the other person and the reconciler."""
SENDS_MESSAGES: Final = "POST /api/chat/{username}"
ONCE: Final = {"DELETE /api/me"}
"""Routes that end the account at the first call."""
ROWS: Final = {row.route: row for row in reversed(ROUTES)}
BY_OTHERS: Final = {"SendData", "ListRooms", "ListParticipants", "UpdateRoomMetadata"}
"""Methods of LiveKit that the other person's actions and the reconciler call, too."""
CALL = re.compile(r"\tAPI \w+\.(\w+)\t")

pytestmark = pytest.mark.attack


@dataclass
class Flood:
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
def flooding(send: Callable[[Api, int], Answer], callers: list[Api]) -> Generator[Flood]:
    """Send requests during the block, and for at least the seconds of the chosen effort."""
    flood, lock, stopping = Flood(), threading.Lock(), threading.Event()
    numbers, begin = itertools.count(), time.monotonic()
    ends = begin + effort.chosen().flood_seconds

    def work() -> None:
        own = [Api(caller.base, caller.token) for caller in callers]
        for each, caller in zip(own, callers, strict=True):
            each.cookies = dict(caller.cookies)
        while time.monotonic() < ends or not stopping.is_set():
            with lock:
                number = next(numbers)
            time.sleep(max(0, begin + number / PER_SECOND - time.monotonic()))
            sent = time.monotonic()
            try:
                status = send(own[number % len(own)], number).status
            except urllib3.exceptions.HTTPError:
                status = 503
            with lock:
                flood.statuses[status] += 1
                flood.seconds.append(time.monotonic() - sent)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        workers = [threads.submit(work) for _ in range(AT_ONCE)]
        try:
            yield flood
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


def token_after_floods(caller: Api) -> str:
    """Return a viewer token as soon as the attacker gets one: earlier floods count, too."""

    def token() -> str | None:
        answer = caller.post("/api/token", {"host": HOST})
        return answer.json["token"] if answer.status == 200 else None

    return wait_until(token, within=90, every=1, what="the attacker to be admitted")


def requests_to(row: Route, stack: Stack) -> tuple[Callable[[Api, int], Answer], list[Api]]:
    """Return a function that sends a request to the route, and the attackers: account and guest."""
    account, guest = stack.api(ATTACKER), stack.api()
    if row.who == "viewer token":
        for caller in (account, guest):
            caller.token = token_after_floods(caller)
    if "session" in row.path:
        guest.cookies["footlight_session"] = "made-up"
    names = {"username": HOST, "guestId": uuid.uuid4(), "viewerId": uuid.uuid4()}
    path = row.path.format(**names, messageId=uuid.uuid4(), id=uuid.uuid4())
    query = "&".join(f"{name}={value}" for name, value in (row.call.query or {}).items())
    body = row.call.body if isinstance(row.call.body, dict) else None

    def send(caller: Api, number: int) -> Answer:
        fresh: Any = {"text": f"{number}", "id": str(uuid.uuid4())}
        given = fresh if row.route == SENDS_MESSAGES else body
        return caller.call(row.method, path + (f"?{query}" if query else ""), given)

    return send, [account, guest]


def acts(host: Api, token: str) -> list[float]:
    """Post a message, and block and unblock a guest. Return how long each took."""
    message = {"text": "hello", "id": str(uuid.uuid4())}
    block = f"/api/blocks/guests/{uuid.uuid4()}"
    viewer = Api(host.base, token)
    return [
        succeeds(lambda: viewer.post(f"/api/chat/{HOST}", message)),
        succeeds(lambda: host.put(block)),
        succeeds(lambda: host.delete(block)),
    ]


@pytest.mark.parametrize("route", sorted(OPERATIONS.keys() - ONCE))
def test_a_flood_of_one_route_stops_no_one_else(stack: Stack, host: Api, route: str) -> None:
    row = ROWS[route]
    send, attackers = requests_to(row, stack)
    token = admitted(stack.api(OTHER), HOST)["token"]
    livekit_before, table_before, begin = livekit_calls(), table_calls(), time.time()
    with flooding(send, attackers) as flood:
        seconds = acts(host, token)
    table, livekit = table_calls() - table_before, livekit_calls() - livekit_before

    calls = row.calls.replace("(", "").replace(")", "").split()
    for method in LIVEKIT_METHODS - BY_OTHERS:
        assert livekit[method] <= flood.accepted * calls.count(method), flood
    asked = sum(call not in LIVEKIT_METHODS for call in calls) + REFUSED_CALLS
    assert table <= flood.accepted * asked + flood.statuses[429] * REFUSED_CALLS + OTHERS_CALLS, (
        flood
    )
    if name := row.limit or ("chat" if row.route == SENDS_MESSAGES else ""):
        times, window = limits.LIMITS[cast("limits.Name", name)]
        windows = time.time() // window - begin // window + 1
        successes = sum(count for status, count in flood.statuses.items() if status < 300)
        assert successes <= times * windows * len(attackers), flood
    sys.stdout.write(
        f"\n{route}: {flood}; LiveKit {livekit.total()}, table {table} calls; "
        f"the other person's actions {', '.join(f'{each:.1f}' for each in seconds)} s\n"
    )


def test_a_creator_goes_live_during_a_flood(stack: Stack, host: Api) -> None:
    del host  # Another channel is live as well.
    floods = [requests_to(ROWS[route], stack) for route in ("GET /api/ingress", "POST /api/token")]
    (read, attackers), (mint, guests) = floods
    with (
        flooding(read, attackers) as reads,
        flooding(mint, guests) as mints,
        broadcast(stack, OTHER) as creator,
    ):
        succeeds(lambda: creator.patch("/api/stream", {"title": "Live in a flood"}))
    sys.stdout.write(f"\nwent live: {reads}; {mints}\n")
