#!/usr/bin/env bash
# aws-cdk-lib 2.275.0: with `scope_permission_to_route=False`, a function behind the route `$default`
# of an HTTP API gets a permission that doesn't cover that route.
#
# The permission's source ARN is `API/*/*/*`. API Gateway invokes the function of `$default` with
# `API/STAGE/$default`, which has one slash less, so ArnLike doesn't match, Lambda refuses, and the
# caller gets 500: https://github.com/aws/serverless-application-model/issues/1860
# Seen: the pattern matches the source ARN of `GET /x`, and not the one of `$default`. With the
# default `scope_permission_to_route=True`, it matches.
# Needs Node 22 or newer on the PATH.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder" aws-cdk-lib==2.275.0

PYTHONPATH=$folder python3 - <<'PYTHON'
import fnmatch

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_


def matched(is_scoped: bool) -> dict[str, bool]:
    stack = cdk.Stack(cdk.App(), "Stack")
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    api = apigatewayv2.HttpApi(stack, "Api")
    integration = integrations.HttpLambdaIntegration(
        "Integration", function, scope_permission_to_route=is_scoped
    )
    api.add_routes(
        path="/x", methods=[apigatewayv2.HttpMethod.GET], integration=integration
    )
    apigatewayv2.HttpRoute(
        stack,
        "Default",
        http_api=api,
        route_key=apigatewayv2.HttpRouteKey.DEFAULT,
        integration=integration,
    )
    template = assertions.Template.from_stack(stack)
    patterns = [
        permission["Properties"]["SourceArn"]["Fn::Join"][1][-1].lstrip("/")
        for permission in template.find_resources("AWS::Lambda::Permission").values()
    ]
    return {
        source: any(fnmatch.fnmatchcase(source, pattern) for pattern in patterns)
        for source in ("$default/GET/x", "$default/$default")
    }


unscoped, scoped = matched(is_scoped=False), matched(is_scoped=True)
print("unscoped:", unscoped)
print("scoped:  ", scoped)
assert unscoped == {"$default/GET/x": True, "$default/$default": False}
assert scoped == {"$default/GET/x": True, "$default/$default": True}
PYTHON
