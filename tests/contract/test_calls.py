"""What each route asks for of DynamoDB, LiveKit, and the reconcile function, in this order."""

import re

import pytest

from infra.routes import DEFAULT
from infra.routes import ROUTES as DEPLOYED
from tests.support.openapi import OPERATIONS
from tests.support.recorded import Recorded
from tests.support.routes import ROUTES, Route

EVERY_ROW = pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)


def without_parameters(route: str) -> str:
    return re.sub(r"\{\w+\}", "{}", route)


def test_every_route_is_in_the_route_table() -> None:
    in_table = {row.route for row in ROUTES}
    deployed = {route for routes in DEPLOYED.values() for route in routes if route != DEFAULT}
    assert in_table == set(OPERATIONS)
    assert {*map(without_parameters, in_table)} >= {*map(without_parameters, deployed)}


def test_every_row_of_the_route_table_has_its_own_name() -> None:
    assert len({row.name for row in ROUTES}) == len(ROUTES)


def test_all_rows_of_a_route_name_the_same_callers() -> None:
    assert len({(row.route, row.who) for row in ROUTES}) == len(OPERATIONS)


@EVERY_ROW
def test_a_cold_function_makes_exactly_these_calls(recorded: Recorded, row: Route) -> None:
    call = recorded[row.name].cold
    assert call.status < 400
    assert call.calls == row.calls.replace("(", "").replace(")", "").split()


@EVERY_ROW
def test_a_warm_function_makes_no_call_in_brackets(recorded: Recorded, row: Route) -> None:
    call = recorded[row.name].warm
    assert call.status < 400
    assert call.calls == row.calls.replace("(BatchGet)", "").split()
