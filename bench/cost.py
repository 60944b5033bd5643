"""Compute what the site costs on AWS, without LiveKit, at list price and within the free tiers.

Needs no server. The contract tests hold the requests of each route (`tests/support/routes.py`), and
here they are priced with their real arguments and items. `bench/prices.py` has the prices.

**1,000 viewer-hours**: 1,000 viewers watch one channel for an hour. Each stays for half an hour, so
there are 2,000 visits. Assumed:

- A fifth of the viewers are signed in.
- A quarter of the visits begin with an empty browser cache and load all files of the watch page
  with its chat, as large as `web/size.mjs` allows. The others revalidate three files. The share is
  Facebook's: https://code.facebook.com/posts/964122680272229/web-performance-cache-efficiency-exercise/
- Each visit asks for the live status, the channel page, a viewer token, the chat's history, and
  the list of channels. A signed-in viewer's page also renews its session and reads the profile.
- LiveKit reports that the viewer joined and that they left.
- An open page reloads the list of channels every 15 minutes (`SIDEBAR_RELOAD_MS`).
- Visits and reloads come at random times. The edge shares guests' pages for 2 s, the live status
  for 1 s, in two regional caches.
- The reconciler checks the channel every minute.
- While watching, a page makes no other request. Chat messages are counted separately.

Not included: S3's requests, which the edge caches save, storage, and the traffic of request bodies.
Together they are less than a cent.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bench import idle, prices, waiting
from bench.idle import HOURS, Run
from bench.report import Goal, Report
from bench.usage import Position, Stored, Usage, dollars, of_function, of_table
from tests.support import templates
from tests.support._moto import speed_up
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.deployment import create_table, deployment, moto_account, put_secrets
from tests.support.livekit import LiveKit
from tests.support.provider import Provider
from tests.support.recorded import Recorded, record
from tests.support.stored import stored
from tests.support.world import World, begin

WEB: Final = Path(__file__).parents[1] / "web"

VISITS: Final = 2_000
SIGNED_IN: Final = waiting.SIGNED_IN_SHARE
EMPTY_CACHE: Final = 0.255
GUESTS_SHARE_SECONDS: Final = 2
"""`s-maxage` of guests' pages, and of a channel's HTML."""
HTML_DATA_SECONDS: Final = 10
"""How old the data in a channel's HTML may be: `TIMEOUT_MS` in `web/src/app/shell.ts`."""

STYLE_BYTES: Final = 10_000
"""The style sheet, the HTML, and the icon, compressed."""
OTHER_FILES: Final = 4
"""The HTML, the style sheet, the icon, and `config.json`."""
REVALIDATED_FILES: Final = 3
HEADER_BYTES: Final = 900
"""Of each response, with the security policies."""
BODY_BYTES: Final = 2_000
"""Of a response of the API, compressed, on average: a page of the chat has more."""

LOGGED: Final = {
    "$context.requestId": "JKJaXmPLvHcESHA=",
    "$context.requestTime": "10/Nov/2026:13:55:36 +0000",
    "$context.routeKey": "",
    "$context.status": "201",
    "$context.responseLatency": "57",
    "$context.integrationLatency": "55",
    "$context.integrationErrorMessage": "-",
    "$context.responseLength": "407",
}
"""What the gateway logs of a request. Its function logs nothing more, unless something is wrong."""


@dataclass(frozen=True)
class Cost:
    """One line of the table: what is billed for something."""

    name: str
    positions: Sequence[Position]
    digits: int = 2

    def dollars(self, *, with_free_tier: bool) -> str:
        """Return the price as text, rounded."""
        return f"${dollars(self.positions, with_free_tier=with_free_tier):.{self.digits}f}"

    def row(self) -> str:
        """Return the line of README's table."""
        prices = (self.dollars(with_free_tier=tier) for tier in (False, True))
        return f"| {self.name} | {' | '.join(prices)} |"


class Costs:
    """Everything that is priced, from what the contract tests recorded.

    `items` is the table before each recorded call. `idle_run` is a run of the reconciler without
    channels, `live_run` one with a live channel. `resources` are those of the template.
    """

    def __init__(
        self,
        recorded: Recorded,
        items: Stored,
        resources: Mapping[str, Any],
        idle_run: Run,
        live_run: Run,
    ) -> None:
        self.recorded, self.items, self.resources = recorded, items, resources
        self.idle_run, self.live_run = idle_run, live_run

    def lines(self) -> list[Cost]:
        """Return the lines of README's table."""
        thousand = 1000
        hour = waiting.usage_of_waiting(waiting.Simulation(viewers=1_000).delays.waiting)
        return [
            Cost("no visitors, a month", idle.bill(self.resources, self.idle_run)),
            Cost("1,000 viewer-hours", self.viewer_hours().positions()),
            Cost("1,000 viewers who wait for an hour", hour.positions()),
            Cost("1,000 chat messages", (thousand * self.message()).positions(), 4),
            Cost("1,000 chat messages of guests", (thousand * self.guest_message()).positions(), 4),
            Cost("1,000 events of LiveKit", (thousand * self.join()).positions(), 4),
            Cost("a channel live for a month", (HOURS * self.channel_hour()).positions()),
        ]

    def viewer_hours(self) -> Usage:
        """Return the usage of 1,000 viewer-hours."""
        visits = VISITS * (self.files() + self.requests_of_everyone())
        members = VISITS * SIGNED_IN * self.requests_of_a_member()
        return visits + members + self.pages_of_guests() + self.reloads() + self.channel_hour()

    def files(self) -> Usage:
        """Return the usage of a visit's files, on average."""
        return EMPTY_CACHE * all_files() + (1 - EMPTY_CACHE) * _files(REVALIDATED_FILES, 0)

    def requests_of_everyone(self) -> Usage:
        """Return the usage of a visit's requests that no other visit shares."""
        return (
            self.request("POST /api/token")
            + self.request("GET /api/chat/{username}")
            + self.join()
            + self.ignored_event()
        )

    def requests_of_a_member(self) -> Usage:
        """Return the usage of what a signed-in viewer's visit requests in addition."""
        return (
            self.request("POST /api/session/token")
            + self.request("GET /api/me")
            + self.request("GET /api/pages/channels/{username}")
            + self.request("GET /api/pages/home")
        )

    def pages_of_guests(self) -> Usage:
        """Return the usage of the pages of all visits that the edge shares.

        A visit gets the HTML that the previous visit in its region caused. It requests what the
        HTML carries if that visit is too long ago, as random visits are with this probability.
        """
        guests = (1 - SIGNED_IN) * VISITS
        old = math.exp(-VISITS / 3600 / waiting.REGIONS * HTML_DATA_SECONDS)
        return (
            # CloudFront's part of the HTML is in `files`.
            _reaching_api(VISITS, GUESTS_SHARE_SECONDS) * self.behind_the_edge("GET /index.html")
            + self.shared("GET /api/pages/live/{username}", old * VISITS, waiting.SHARED_SECONDS)
            + self.shared(
                "GET /api/pages/channels/{username}, a guest", old * guests, GUESTS_SHARE_SECONDS
            )
            + self.shared("GET /api/pages/home, a guest", guests, GUESTS_SHARE_SECONDS)
        )

    def reloads(self) -> Usage:
        """Return the usage of 1,000 open pages that reload the list of channels for an hour."""
        reloads = 1_000 * 3600 / reload_seconds()
        return SIGNED_IN * reloads * self.request("GET /api/pages/home") + self.shared(
            "GET /api/pages/home, a guest", (1 - SIGNED_IN) * reloads, GUESTS_SHARE_SECONDS
        )

    def shared(self, row: str, requests: float, seconds: float) -> Usage:
        """Return the usage of requests at random times in an hour, cached for some seconds."""
        reaching_api = _reaching_api(requests, seconds)
        return requests * _edge() + reaching_api * self.behind_the_edge(row)

    def channel_hour(self) -> Usage:
        """Return what the reconciler uses in an hour for a live channel, in a run with others.

        The channel's place in the index has its number of viewers. When that changes, the index is
        written twice, whatever it projects. Otherwise it is written once, because it contains all
        attributes. The price is that of viewers who come and go every minute.
        """
        live, idle_usage = self.live_run.usage, self.idle_run.usage
        # With other channels, the state is written in a transaction.
        factor = prices.TRANSACTION_FACTOR
        minute = Usage(
            read_units=live.read_units - idle_usage.read_units,
            write_units=factor * (live.write_units - idle_usage.write_units),
            index_units=factor * (live.index_units - idle_usage.index_units),
        )
        return 60 * minute

    def message(self) -> Usage:
        """Return the usage of a signed-in viewer's chat message."""
        return self.request("POST /api/chat/{username}")

    def guest_message(self) -> Usage:
        """Return the usage of a guest's message.

        It is also counted for the guest's address. A guest has no standing to read.
        """
        one_more = of_function(1).lambda_gb_seconds - of_function(0).lambda_gb_seconds
        return self.message() + Usage(read_units=-1, write_units=1, lambda_gb_seconds=one_more)

    def join(self) -> Usage:
        """Return the usage of the most frequent event: a viewer joined."""
        return self.request("POST /api/webhook/livekit, bob joined")

    def ignored_event(self) -> Usage:
        """Return the usage of an event that changes nothing: a viewer left."""
        return _edge() + self._gateway("POST /api/webhook/livekit") + of_function(0)

    def request(self, row: str) -> Usage:
        """Return the usage of a request of the route table."""
        return _edge() + self.behind_the_edge(row)

    def behind_the_edge(self, row: str) -> Usage:
        """Return the usage of a request without CloudFront."""
        call = self.recorded[row].warm
        function = of_function(len(call.calls))
        return self._gateway(row) + function + of_table(call.requests, self.items)

    def _gateway(self, row: str) -> Usage:
        return Usage(api_requests=1, log_bytes=self._access_log_bytes(row.partition(",")[0]))

    def _access_log_bytes(self, route: str) -> int:
        (stage,) = (
            resource["Properties"]
            for resource in self.resources.values()
            if resource["Type"] == "AWS::ApiGatewayV2::Stage"
        )
        line = {
            name: LOGGED[variable] or route
            for name, variable in json.loads(stage["AccessLogSettings"]["Format"]).items()
        }
        return len(json.dumps(line)) + prices.LOG_EVENT_BYTES


def _reaching_api(requests: float, seconds: float) -> float:
    """Return how many requests at random times in an hour reach the API from a cache."""
    return requests / (1 + requests / 3600 / waiting.REGIONS * seconds)


def _edge() -> Usage:
    """Return CloudFront's part of a request to the API."""
    return Usage(
        cloudfront_requests=1,
        cloudfront_bytes=HEADER_BYTES + BODY_BYTES,
        cloudfront_functions=1,
    )


def _files(number: int, body_bytes: int) -> Usage:
    size = number * HEADER_BYTES + body_bytes
    return Usage(cloudfront_requests=number, cloudfront_bytes=size, cloudfront_functions=number)


def all_files() -> Usage:
    """Return the usage of loading the watch page with its chat, as large as it may be."""
    budgets = (WEB / "size.mjs").read_text()
    found = re.search(
        r"page: 'watch, with chat and menus',\s+limit: ([\d_]+),\s+files: (\d+),", budgets
    )
    assert found, "web/size.mjs has no budget of the watch page"
    script_bytes, scripts = (int(number) for number in found.groups())
    return _files(scripts + OTHER_FILES, script_bytes + STYLE_BYTES)


def reload_seconds() -> float:
    """Return the site's interval between reloads of the list of channels on a watch page."""
    source = (WEB / "src" / "features" / "channels" / "useHome.ts").read_text()
    found = re.search(r"SIDEBAR_RELOAD_MS = ([\d_]+)\n", source)
    assert found, "useHome.ts has no interval"
    return int(found[1]) / 1000


def measured() -> Costs:
    """Record every route on moto, and price what was recorded."""
    with pytest.MonkeyPatch.context() as patch, moto_account(patch):
        speed_up(patch)
        create_table()
        put_secrets()
        provider = Provider()
        with deployment(provider), LiveKit.running() as livekit, Clock.stopped() as time:
            idle_run = idle.record_run(stored())
            begun = begin(Api(provider), livekit)
            world = World(Api(provider), livekit, begun)
            recorded = record(world)
            live_run = run_with_a_live_channel(world, time)
    resources = templates.template("production")["Resources"]
    return Costs(recorded, begun.stored, resources, idle_run, live_run)


def run_with_a_live_channel(world: World, time: Clock) -> Run:
    """Run the reconciler a minute after the beginning, while ann is live."""
    world.as_begun(cold=False)
    time.moves(seconds=60)
    return idle.record_run(stored())


def measure() -> Report:
    """Price everything that README mentions, by service."""
    costs = measured()
    lines = costs.lines()
    names = dict.fromkeys(position.name for line in lines for position in line.positions)
    figures = {
        line.name: {
            position.name: position.dollars() for position in line.positions if position.amount
        }
        | {"within free tiers": dollars(line.positions, with_free_tier=True)}
        for line in lines
    }
    by_name = {line.name: line.positions for line in lines}
    no_visitors = by_name["no visitors, a month"]
    return Report(
        title="Cost on AWS, $",
        columns=["", "list price", "free tiers", "by service"],
        rows=[
            [
                line.name,
                line.dollars(with_free_tier=False),
                line.dollars(with_free_tier=True),
                _shares(line),
            ]
            for line in lines
        ],
        figures=figures | {"services": list(names)},
        goals=[
            Goal("Cost: no visitors, $ a month", dollars(no_visitors), 3.50),
            Goal(
                "Cost: no visitors within the free tiers, $",
                dollars(no_visitors, with_free_tier=True),
                1.50,
            ),
            Goal("Cost: 1,000 viewer-hours, $", dollars(by_name["1,000 viewer-hours"]), 0.10),
        ],
    )


def _shares(line: Cost) -> str:
    """Return the positions with at least an eighth of the price, the largest first."""
    total = dollars(line.positions)
    large = sorted(
        (position for position in line.positions if position.dollars() >= total / 8),
        key=lambda position: -position.dollars(),
    )
    return ", ".join(f"{each.name} {each.dollars() / total:.0%}" for each in large)
