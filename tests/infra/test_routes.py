"""Tests that every route of the API description invokes its function."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from infra.routes import DEFAULT, ROUTES

if TYPE_CHECKING:
    from .conftest import Template

OPENAPI = Path(__file__).resolve().parents[2] / "openapi.json"


def shape(route: str) -> str:
    """Return a route without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", route)


def test_the_template_has_the_routes_of_the_table(production: "Template") -> None:
    ids = production.function_ids()
    integrations = {
        id: ids[properties["IntegrationUri"]["Fn::GetAtt"][0]]
        for id, properties in production.all("AWS::ApiGatewayV2::Integration")
    }
    routes: dict[str, set[str]] = {}
    for _, route in production.all("AWS::ApiGatewayV2::Route"):
        target = route["Target"]["Fn::Join"][1][-1]["Ref"]
        routes.setdefault(integrations[target], set()).add(route["RouteKey"])
    assert routes == {function: set(keys) for function, keys in ROUTES.items()}


def test_the_table_has_the_routes_of_the_api_description() -> None:
    described = {
        shape(f"{method.upper()} {path}")
        for path, operations in json.loads(OPENAPI.read_text())["paths"].items()
        for method in operations
        if method in {"get", "put", "post", "patch", "delete"}
    }
    table = {shape(route) for routes in ROUTES.values() for route in routes if route != DEFAULT}
    # The description doesn't include its own route.
    assert table - described <= {"GET /api/openapi.json"}
    assert described - table == set()


def test_only_this_api_may_call_a_function(production: "Template") -> None:
    permissions = list(production.all("AWS::Lambda::Permission"))
    assert len(permissions) == len(ROUTES)
    for _, permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert "execute-api" in str(permission["SourceArn"])


def test_the_stage_has_limits_and_a_log_without_addresses(production: "Template") -> None:
    stage = production.one("AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 400,
        "ThrottlingRateLimit": 200,
    }
    written = stage["AccessLogSettings"]["Format"]
    assert "$context.requestId" in written
    assert not re.search(r"sourceIp|userAgent|queryString|\.path\b|authorizer", written)
