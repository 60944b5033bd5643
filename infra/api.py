"""The HTTP API: its stage, limits, access log, and the routes to each function."""

import json
import math
from typing import Final, cast

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.accepted import accept_findings
from infra.routes import CROWDED, DEFAULT, ROUTES, WEBHOOK

REQUESTS_PER_SECOND: Final = 200
"""Requests to each route without its own limit. Above it, the gateway returns 429.

A rejected request invokes no function, so a flood costs less. The limits are per route and stage:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

BURST_SECONDS: Final = 2
"""A route accepts this many seconds' worth of requests at once after a quiet time."""

WEBHOOKS_PER_SECOND: Final = 1_000
"""LiveKit's webhooks. Viewers who join and leave all the time cause many, which must not depend on
the limit for an audience. LiveKit retries after 429, and the reconciler repairs what was lost."""

LIVEKIT_SHARES: Final = {"POST /api/chat/{username}": 0.5, "GET /api/ingress": 0.2}
"""The shares of LiveKit's quota for the routes that everyone may call often, one call each.

The rest is kept for moderation, blocks, changes of an ingress, and the reconciler.
"""

LIVEKIT_BURST_SECONDS: Final = 10
"""A quota counts whole minutes, and chats have bursts."""

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

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        crowd_requests_per_second: int,
        livekit_requests_per_minute: int,
    ) -> None:
        super().__init__(scope, id)
        self.http_api = apigatewayv2.HttpApi(
            self, "Http", api_name=Aws.STACK_NAME, create_default_stage=False
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
        self.stage = apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=self.http_api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigatewayv2.ThrottleSettings(
                rate_limit=REQUESTS_PER_SECOND, burst_limit=REQUESTS_PER_SECOND * BURST_SECONDS
            ),
        )
        template = cast("apigatewayv2.CfnStage", self.stage.node.default_child)
        template.access_log_settings = apigatewayv2.CfnStage.AccessLogSettingsProperty(
            destination_arn=self.access_log.log_group_arn, format=json.dumps(ACCESS_LOG)
        )
        quota = livekit_requests_per_minute / 60
        template.route_settings = {
            **dict.fromkeys(CROWDED, _limit(crowd_requests_per_second)),
            WEBHOOK: _limit(WEBHOOKS_PER_SECOND),
            **{
                route: _limit(min(share * quota, REQUESTS_PER_SECOND), LIVEKIT_BURST_SECONDS)
                for route, share in LIVEKIT_SHARES.items()
                if quota
            },
        }

        accept_findings(
            self,
            {
                "AwsSolutions-APIG4": "The functions verify access tokens themselves. Guests may "
                "call many routes, LiveKit signs its webhooks, and sign-in happens without a token"
            },
        )

    def add_routes(self, name: str, function: lambda_.IFunction) -> None:
        """Send the requests of a function's routes to it.

        The stage waits for all routes and their permissions: its limits name routes, and nothing
        may be served before the functions behind it exist.
        """
        integration = integrations.HttpLambdaIntegration(
            f"{name.title()}Integration", function, scope_permission_to_route=False
        )
        for route in ROUTES[name]:
            created = apigatewayv2.HttpRoute(
                self,
                route,
                http_api=self.http_api,
                route_key=_route_key(route),
                integration=integration,
            )
            if route == DEFAULT:
                self._permit_default(created, function)
            self.stage.node.add_dependency(created)

    def _permit_default(self, route: apigatewayv2.HttpRoute, function: lambda_.IFunction) -> None:
        """Allow requests without a route, whose source ARN has no method and no path.

        CDK's permission `API/*/*/*` requires two more slashes than `API/$default/$default` has:
        https://github.com/aws/serverless-application-model/issues/1860
        """
        function.add_permission(
            "PermissionOfDefault",
            scope=route,
            principal=cast("iam.IPrincipal", iam.ServicePrincipal("apigateway.amazonaws.com")),
            source_arn=Stack.of(self).format_arn(
                service="execute-api",
                resource=self.http_api.api_id,
                resource_name=f"{self.stage.stage_name}/{DEFAULT}",
            ),
        )


def _limit(per_second: float, burst_seconds: int = BURST_SECONDS) -> dict[str, float]:
    return {
        "ThrottlingRateLimit": per_second,
        "ThrottlingBurstLimit": math.ceil(per_second * burst_seconds),
    }


def _route_key(route: str) -> apigatewayv2.HttpRouteKey:
    method, _, path = route.partition(" ")
    if not path:
        return apigatewayv2.HttpRouteKey.DEFAULT
    return apigatewayv2.HttpRouteKey.with_(path, apigatewayv2.HttpMethod[method])
