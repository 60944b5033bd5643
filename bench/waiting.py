"""Simulate 5,000 viewers who wait for a channel that goes live, and price an hour of waiting.

The delays between requests are the site's own (`web/src/lib/delays.ts`, run by Node). The number
of AWS calls of each request comes from the contract tests' table. The clock is simulated, so the
result is the same on every machine.

Assumed, not measured:

- Pages have waited so long that their polls are spread evenly. All are visible.
- A fifth of the viewers are signed in, with valid access tokens: the list of channels keeps
  renewing them. The title has just changed, so these viewers read the page again.
- CloudFront answers at ten locations behind two regional caches. Each keeps a response for its
  whole `s-maxage`, one after the other. Caches that count `Age` keep it for less.
- A cached response takes 40 ms, one from the API 40 ms more than its function.
- A warm call takes 25 ms and 12 ms for each call to AWS. A cold start takes 1 s more.
- The account may run 1,000 functions at once. An idle environment is used again.
  https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
- The gateway limits each route by a token bucket.
  https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
- LiveKit takes 0.5 s from the token to the media, and reports each join by a webhook.
"""

import heapq
import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.report import Goal, Report, quantile
from bench.usage import SECONDS_PER_CALL, WARM_SECONDS, Usage, of_function
from local import settings
from tests.support.routes import ROUTES

VIEWERS: Final = 5_000
SIGNED_IN_SHARE: Final = 0.2
ROUTE_RATE, ROUTE_BURST = 1_000, 2_000
"""The gateway's limit of each route that a whole audience calls, in requests per second."""
CONCURRENCY: Final = 1_000
LOCATIONS, REGIONS = 10, 2
SHARED_SECONDS: Final = 1.0
"""`s-maxage` of the live status."""
NETWORK: Final = 0.040
COLD: Final = 1.0
MEDIA: Final = 0.5

DELAYS: Final = Path(__file__).parents[1] / "web" / "src" / "lib" / "delays.ts"
SAMPLE: Final = f"""
import {{ readFileSync }} from 'node:fs'
import * as delays from {json.dumps(DELAYS.as_uri())}
const {{ awaitedBy, waiting, spread, join }} = JSON.parse(readFileSync(0, 'utf8'))
console.log(JSON.stringify({{
  waiting: waiting.map((random) => delays.waitingDelayMs(0, random) / 1000),
  spread: spread.map((random) => delays.joinSpreadMs(awaitedBy, random) / 1000),
  join: join.map((randoms) =>
    randoms.map((random, attempt) => delays.joinDelayMs(attempt, null, random) / 1000)),
}}))
"""

RESPONSE_BYTES: Final = 1_100
"""A response over HTTP/2: 160 bytes of body, and headers with the security policies, compressed."""
APPSYNC_CONNECTION_MINUTE: Final = 0.08e-6
APPSYNC_OPERATION: Final = 1.00e-6
"""https://aws.amazon.com/appsync/pricing/"""

Process = Generator[float, None, object]
"""A viewer or a request: it yields how long it waits, in seconds."""

ROWS: Final = {row.name: row for row in ROUTES}
POLLS: Final = 6


@dataclass(frozen=True)
class Delays:
    """Samples of the site's delays, in seconds. One of each per viewer, except `waiting`."""

    waiting: list[float]
    spread: list[float]
    join: list[list[float]]


def sample_delays(rng: random.Random, viewers: int, followers: int) -> Delays:
    """Run the site's own functions on random numbers."""
    randoms = {
        "awaitedBy": followers,
        "waiting": [rng.random() for _ in range(viewers * POLLS)],
        "spread": [rng.random() for _ in range(viewers)],
        "join": [[rng.random() for _ in range(8)] for _ in range(viewers)],
    }
    done = subprocess.run(
        [
            "node",
            "--experimental-strip-types",
            "--no-warnings",
            "--input-type=module",
            "-e",
            SAMPLE,
        ],
        input=json.dumps(randoms),
        env=os.environ | {"PATH": settings.path_with_tools()},
        capture_output=True,
        text=True,
        check=True,
    )
    return Delays(**json.loads(done.stdout))


@dataclass
class Bucket:
    """A gateway route's token bucket."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> bool:
        """Count a request. Return False if it exceeds the limit."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Functions:
    """One account's functions: idle environments by function, and how many are in use."""

    concurrency: int
    idle: Counter[str] = field(default_factory=Counter[str])
    busy: int = 0
    peak: int = 0
    colds: Counter[str] = field(default_factory=Counter[str])

    def begin(self, function: str) -> float | None:
        """Return how long starting takes, or None if the account's limit is reached."""
        if self.busy >= self.concurrency:
            return None
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        if self.idle[function]:
            self.idle[function] -= 1
            return 0.0
        self.colds[function] += 1
        return COLD

    def end(self, function: str) -> None:
        self.busy -= 1
        self.idle[function] += 1


@dataclass
class Outcome:
    """What happened, in seconds after the channel went live, and in requests."""

    knows: list[float] = field(default_factory=list[float])
    admitted: list[float] = field(default_factory=list[float])
    requests: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    peak_functions: int = 0
    cold_starts: int = 0


class Simulation:
    """A channel goes live while viewers poll its live status."""

    def __init__(
        self,
        *,
        viewers: int = VIEWERS,
        rate: float = ROUTE_RATE,
        burst: float = ROUTE_BURST,
        concurrency: int = CONCURRENCY,
        followers: int = VIEWERS,
        seed: int = 1,
    ) -> None:
        self.now = 0.0
        self.rng = random.Random(seed)  # noqa: S311 - a simulation
        self.delays = sample_delays(self.rng, viewers, followers)
        self.viewers = viewers
        self.rate, self.burst = rate, burst
        self.limits: dict[str, Bucket] = {}
        self.functions = Functions(concurrency)
        self.cached: dict[tuple[str, int], tuple[float, bool]] = {}
        self.outcome = Outcome()
        # The caches' phases depend on when the first page opened, so the moment is random.
        self.live_at = self.rng.uniform(0, 2)
        self.queue: list[tuple[float, int, Process]] = []
        self.started = 0

    def run(self) -> Outcome:
        """Simulate until the last viewer has joined and read the chat."""
        for viewer in range(self.viewers):
            self._start(self._viewer(viewer), at=-self.rng.uniform(4, 8))
        while self.queue:
            self.now, number, process = heapq.heappop(self.queue)
            wait = next(process, None)
            if wait is not None:
                heapq.heappush(self.queue, (self.now + wait, number, process))
        self.outcome.peak_functions = self.functions.peak
        self.outcome.cold_starts = self.functions.colds.total()
        return self.outcome

    def _start(self, process: Process, at: float) -> None:
        self.started += 1
        heapq.heappush(self.queue, (at, self.started, process))

    def _viewer(self, viewer: int) -> Process:
        location = viewer % LOCATIONS
        for poll in range(POLLS):
            is_live, took = self._live_status(location)
            yield took
            if is_live:
                break
            yield self.delays.waiting[viewer * POLLS + poll]
        self.outcome.knows.append(self.now - self.live_at)
        if viewer < self.viewers * SIGNED_IN_SHARE:
            self._start(self._request("GET /api/pages/channels/{username}"), self.now)
        yield self.delays.spread[viewer]
        for delay in [*self.delays.join[viewer], None]:
            if (yield from self._request("POST /api/token, a guest")):
                break
            assert delay is not None, "a viewer was refused too often"
            yield delay
        yield MEDIA
        self.outcome.admitted.append(self.now - self.live_at)
        self._start(self._request("POST /api/webhook/livekit, bob joined"), self.now)
        yield from self._request("GET /api/chat/{username}")

    def _live_status(self, location: int) -> tuple[bool, float]:
        """Return what the edge answers now, and how long the viewer waits for it."""
        is_live, took = self._from("location", location, lambda: self._regional(location))
        return is_live, NETWORK + took

    def _regional(self, location: int) -> tuple[bool, float]:
        row = "GET /api/pages/live/{username}"

        def ask_api() -> tuple[bool, float]:
            self.outcome.requests[row] += 1
            return self.now >= self.live_at, NETWORK + warm_seconds(row)

        return self._from("region", location % REGIONS, ask_api)

    def _from(
        self, tier: str, number: int, ask_next: Callable[[], tuple[bool, float]]
    ) -> tuple[bool, float]:
        """Return a cached response, or ask the next tier and keep the response."""
        kept = self.cached.get((tier, number))
        if kept and self.now - kept[0] < SHARED_SECONDS:
            return kept[1], 0.0
        is_live, took = ask_next()
        self.cached[tier, number] = self.now, is_live
        return is_live, took

    def _request(self, row: str) -> Generator[float, None, bool]:
        """Make a request of the API. Return whether it succeeded."""
        function = ROWS[row].function
        bucket = self.limits.setdefault(ROWS[row].route, Bucket(self.rate, self.burst))
        self.outcome.requests[row] += 1
        yield NETWORK / 2
        if not bucket.take(self.now):
            self.outcome.refused["gateway"] += 1
            return False
        starts = self.functions.begin(function)
        if starts is None:
            self.outcome.refused["concurrency"] += 1
            return False
        yield starts + warm_seconds(row)
        self.functions.end(function)
        yield NETWORK / 2
        return True


def warm_seconds(row: str) -> float:
    """Return how long a warm function takes for a request of the table."""
    calls = [call for call in ROWS[row].calls.split() if not call.startswith("(")]
    return WARM_SECONDS + SECONDS_PER_CALL * len(calls)


def usage_of_waiting(polls: list[float]) -> Usage:
    """Return what 1,000 viewers use in an hour who poll at the site's intervals, in seconds."""
    requests = 1_000 * 3600 / (sum(polls) / len(polls) + NETWORK)
    # Each regional cache asks the API once per lifetime of a response.
    api_requests = REGIONS * 3600 / SHARED_SECONDS
    row = ROWS["GET /api/pages/live/{username}"]
    calls = [call for call in row.calls.split() if not call.startswith("(")]
    api = Usage(api_requests=1, read_units=2) + of_function(len(calls))
    polling = Usage(cloudfront_requests=requests, cloudfront_bytes=requests * RESPONSE_BYTES)
    return polling + api_requests * api


def price_of_appsync() -> float:
    """Price an hour of 1,000 viewers on AppSync Events: connected, subscribed, notified once."""
    return 60_000 * APPSYNC_CONNECTION_MINUTE + 3_000 * APPSYNC_OPERATION


def measure() -> Report:
    """Simulate the site, a channel that few of the viewers follow, and an earlier limit."""
    outcomes = {
        "the site": Simulation().run(),
        "a channel that few of them follow": Simulation(followers=100).run(),
        "200 requests per second and route": Simulation(rate=200, burst=400).run(),
    }
    site = outcomes["the site"]
    hour = usage_of_waiting(Simulation(viewers=1_000).delays.waiting).dollars()
    return Report(
        title=f"{VIEWERS:,} viewers wait for a channel, simulated",
        columns=["", "knows p95 s", "last one in s", "429", "functions", "cold"],
        rows=[
            [
                name,
                f"{quantile(outcome.knows, 0.95):.1f}",
                f"{max(outcome.admitted):.1f}",
                str(outcome.refused["gateway"]),
                str(outcome.peak_functions),
                str(outcome.cold_starts),
            ]
            for name, outcome in outcomes.items()
        ]
        + [
            ["an hour of 1,000 viewers, $", f"{hour:.2f}", "", "", "", ""],
            ["  with AppSync Events, $", f"{price_of_appsync():.3f}", "", "", "", ""],
        ],
        figures={
            name: {
                "knows_p95_s": quantile(outcome.knows, 0.95),
                "last_admitted_s": max(outcome.admitted),
                "refused": dict(outcome.refused),
                "peak_functions": outcome.peak_functions,
                "requests": dict(outcome.requests),
            }
            for name, outcome in outcomes.items()
        }
        | {"hour_dollars": hour, "appsync_hour_dollars": price_of_appsync()},
        goals=[
            Goal("Waiting: knows within, p95, s", quantile(site.knows, 0.95), 5),
            Goal("Waiting: the last of 5,000 is in after, s", max(site.admitted), 15),
            Goal("Waiting: 429 by the gateway", site.refused["gateway"], 0),
            Goal("Waiting: $ per hour and 1,000 viewers", hour, 1),
        ],
    )
