"""The HTTP API: its stage, its limits, its access log, and the way from a route to a function."""

import json
from typing import Final, cast

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.accepted import accept
from infra.routes import ROUTES

REQUESTS_PER_SECOND: Final = 200
BURST: Final = 400
"""Above these the gateway answers 429 by itself, so that a flood costs little."""

ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "latencyMs": "$context.responseLatency",
    "integrationLatencyMs": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
    "responseLength": "$context.responseLength",
}
"""No address, query or name of the caller's: a log is no place for who watched whom."""


class Api(Construct):
    """One HTTP API in front of all functions.

    No authorizer of the gateway's: many routes take an access token where there is one, which it
    can't say, and errors come in one shape. Tokens are verified in the functions.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.http_api = apigatewayv2.HttpApi(
            self, "Http", api_name="footlight", create_default_stage=False
        )
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        stage = apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.http_api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(
                rate_limit=REQUESTS_PER_SECOND, burst_limit=BURST
            ),
        )
        template = cast("apigatewayv2.CfnStage", stage.node.default_child)
        template.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn, format=json.dumps(ACCESS_LOG)
        )

        accept(
            self,
            {
                "AwsSolutions-APIG4": "The functions verify access tokens themselves: guests may "
                "call many routes, LiveKit signs its webhooks, and sign-in comes before any token"
            },
        )

    def answer_by(self, name: str, function: lambda_.IFunction) -> None:
        """Lead a function's routes to it."""
        integration = integrations.HttpLambdaIntegration(
            f"{name.title()}Integration", function, scope_permission_to_route=False
        )
        for route in ROUTES[name]:
            apigatewayv2.HttpRoute(
                self,
                route,
                http_api=self.http_api,
                route_key=_route_key(route),
                integration=integration,
            )


def _route_key(route: str) -> apigatewayv2.HttpRouteKey:
    method, _, path = route.partition(" ")
    if not path:
        return apigatewayv2.HttpRouteKey.DEFAULT
    return apigatewayv2.HttpRouteKey.with_(path, apigatewayv2.HttpMethod[method])
