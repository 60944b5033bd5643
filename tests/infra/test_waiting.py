"""The claims about viewers who wait for a channel, by the simulation of `make bench`."""

from typing import TYPE_CHECKING

import pytest

from bench import waiting
from bench.report import quantile
from bench.waiting import Outcome, Simulation, price_of_appsync, usage_of_waiting
from functions.token.handler import SHARED_SECONDS
from infra.routes import CROWDED, WEBHOOK

if TYPE_CHECKING:
    from .conftest import Template


@pytest.fixture(scope="module", params=[1, 2, 3])
def site(request: pytest.FixtureRequest) -> Outcome:
    """5,000 viewers wait when a channel goes live."""
    return Simulation(seed=request.param).run()


def test_a_waiting_page_knows_within_5_s(site: Outcome) -> None:
    assert len(site.knows) == waiting.VIEWERS
    assert quantile(site.knows, 0.95) < 5


def test_all_viewers_are_admitted_within_15_s_and_no_request_is_refused(site: Outcome) -> None:
    assert len(site.admitted) == waiting.VIEWERS
    assert max(site.admitted) < 15
    assert site.refused.total() == 0
    assert site.peak_functions < waiting.CONCURRENCY


def test_the_api_is_asked_as_rarely_as_caches_expire_not_for_each_viewer(site: Outcome) -> None:
    seconds = 8 + 2 + max(site.knows)
    asked = site.requests["GET /api/pages/live/{username}"]
    assert 0 < asked <= waiting.REGIONS * seconds / waiting.SHARED_SECONDS


def test_an_hour_of_waiting_costs_at_most_a_dollar_per_1_000_viewers() -> None:
    hour = usage_of_waiting(Simulation(viewers=1_000).delays.waiting)
    assert price_of_appsync() < hour.dollars() < 1


def test_the_gateway_s_former_limit_refuses_most_requests() -> None:
    """The simulation can fail: these are the limits of 0.2.0."""
    outcome = Simulation(rate=200, burst=400).run()
    assert outcome.refused["gateway"] > waiting.VIEWERS
    assert max(outcome.admitted) > 15


def test_viewers_who_join_without_a_spread_exhaust_the_account() -> None:
    outcome = Simulation(followers=0).run()
    assert outcome.refused["concurrency"] > 0
    assert outcome.peak_functions == waiting.CONCURRENCY


def test_the_simulation_uses_the_template_s_limits_and_the_route_s_lifetime(
    production: "Template",
) -> None:
    settings = production.one("AWS::ApiGatewayV2::Stage")["RouteSettings"]
    limit = {
        "ThrottlingRateLimit": waiting.ROUTE_RATE,
        "ThrottlingBurstLimit": waiting.ROUTE_BURST,
    }
    for row in Simulation(viewers=10).run().requests:
        route = waiting.ROWS[row].route
        if route != "GET /api/pages/live/{username}":  # answered from the cache
            assert route in {*CROWDED, WEBHOOK}
            assert settings[route] == limit
    assert waiting.SHARED_SECONDS == SHARED_SECONDS
