"""Tests that every route of the API description invokes its function."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.api import LIVEKIT_SHARES
from infra.config import CLOUD_REQUESTS_PER_MINUTE
from infra.routes import CROWDED, DEFAULT, ROUTES, WEBHOOK

from .conftest import text

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


def arn_like(pattern: str, arn: str) -> bool:
    """Return whether IAM's ArnLike holds. `*` matches any text in one part between colons.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
    """
    parts = pattern.split(":", 5), arn.split(":", 5)
    assert [len(part) for part in parts] == [6, 6]
    return all(
        re.fullmatch(re.escape(one).replace(r"\*", ".*").replace(r"\?", "."), other)
        for one, other in zip(*parts, strict=True)
    )


def source_arn(api: str, route_key: str) -> str:
    """Return the source ARN with which the gateway invokes the function of a route.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    https://github.com/aws/serverless-application-model/issues/1860
    """
    method, _, path = route_key.partition(" ")
    resource = f"{method}{path}" if path else route_key
    api_arn = f"arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:{api}"
    return f"{api_arn}/$default/{resource}"


def test_every_route_may_invoke_its_function(each: "Template") -> None:
    permitted: dict[str, list[str]] = {}
    for _, permission in each.all("AWS::Lambda::Permission"):
        if permission["Principal"] == "apigateway.amazonaws.com":
            assert permission["Action"] == "lambda:InvokeFunction"
            function = text(permission["FunctionName"])
            permitted.setdefault(function, []).append(text(permission["SourceArn"]))
    integrations = {
        id: text(integration["IntegrationUri"])
        for id, integration in each.all("AWS::ApiGatewayV2::Integration")
    }
    routes = [route for _, route in each.all("AWS::ApiGatewayV2::Route")]
    refused = [
        route["RouteKey"]
        for route in routes
        if not any(
            arn_like(pattern, source_arn(text(route["ApiId"]), route["RouteKey"]))
            for pattern in permitted[integrations[route["Target"]["Fn::Join"][1][-1]["Ref"]]]
        )
    ]
    assert len(routes) == sum(map(len, ROUTES.values()))
    assert refused == []


def test_only_this_api_may_call_a_function(each: "Template") -> None:
    (api,) = (id for id, _ in each.all("AWS::ApiGatewayV2::Api"))
    for _, permission in each.all("AWS::Lambda::Permission"):
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert f"<{api}>" in text(permission["SourceArn"])
        assert "execute-api" in text(permission["SourceArn"])


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


def test_routes_that_a_whole_audience_calls_at_once_have_a_higher_limit(
    production: "Template",
) -> None:
    settings = production.one("AWS::ApiGatewayV2::Stage")["RouteSettings"]
    assert set(settings) == {*CROWDED, WEBHOOK}
    assert {"POST /api/token", "GET /api/pages/live/{username}"} <= set(CROWDED)
    for limit in settings.values():
        assert limit == {"ThrottlingBurstLimit": 2_000, "ThrottlingRateLimit": 1_000}


def test_webhooks_do_not_share_the_limit_of_an_audience(second: "Template") -> None:
    settings = second.one("AWS::ApiGatewayV2::Stage")["RouteSettings"]
    assert settings["POST /api/token"]["ThrottlingRateLimit"] == 200
    assert settings[WEBHOOK] == {"ThrottlingBurstLimit": 2_000, "ThrottlingRateLimit": 1_000}


def test_a_share_of_livekit_s_quota_is_kept_for_moderation_and_the_reconciler(
    production: "Template", full: "Template"
) -> None:
    """Only the full template has a URL at LiveKit Cloud."""
    settings = full.one("AWS::ApiGatewayV2::Stage")["RouteSettings"]
    shares = {route: settings[route] for route in LIVEKIT_SHARES}
    per_minute = sum(60 * limit["ThrottlingRateLimit"] for limit in shares.values())
    assert per_minute == pytest.approx(700)
    # The worst minute starts after a quiet time.
    bursts = sum(limit["ThrottlingBurstLimit"] for limit in shares.values())
    assert per_minute + bursts <= 0.85 * CLOUD_REQUESTS_PER_MINUTE
    for limit in shares.values():
        assert isinstance(limit["ThrottlingBurstLimit"], int)
    assert not LIVEKIT_SHARES.keys() & production.one("AWS::ApiGatewayV2::Stage")["RouteSettings"]


def test_the_stage_is_created_after_the_routes_that_its_settings_name(each: "Template") -> None:
    """Otherwise the gateway refuses: "Unable to find Route by key … within the RouteSettings"."""
    ((stage, _),) = each.all("AWS::ApiGatewayV2::Stage")
    waits_for = each.needed_by(stage)
    assert {id for id, _ in each.all("AWS::ApiGatewayV2::Route")} <= waits_for
    assert {id for id, _ in each.all("AWS::Lambda::Permission")} <= waits_for
    assert set(each.function_ids()) <= waits_for
