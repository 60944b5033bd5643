"""The HTTP API: its stage, limits, access log, and the routes to each function."""

import json
from typing import Final, cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.accepted import accept_findings
from infra.routes import ROUTES

REQUESTS_PER_SECOND: Final = 200
BURST: Final = 400
"""Above these rates the gateway returns 429 and invokes no function, so a flood costs little."""

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
"""Without the caller's address, query, or username, so the log doesn't reveal who watched whom."""


class Api(Construct):
    """One HTTP API in front of all functions.

    The functions verify tokens themselves. A gateway authorizer can't express that a token is
    optional, as it is on many routes, and its errors would have a different shape.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.http_api = apigatewayv2.HttpApi(
            self, "Http", api_name="footlight", create_default_stage=False
        )
        self.access_log = logs.LogGroup(
            self,
            "AccessLog",
            # Each other name adds to the account's resource policy for log delivery, which has a
            # maximum length.
            # https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
            log_group_name=f"/aws/vendedlogs/{Stack.of(self).stack_name}/api",
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

        accept_findings(
            self,
            {
                "AwsSolutions-APIG4": "The functions verify access tokens themselves. Guests may "
                "call many routes, LiveKit signs its webhooks, and sign-in happens without a token"
            },
        )

    def add_routes(self, name: str, function: lambda_.IFunction) -> None:
        """Send the requests of a function's routes to it."""
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
