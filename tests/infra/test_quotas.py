"""Tests of the template against AWS's quotas: defaults of an account, and fixed limits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from infra import routes
from infra.names import MAX_REGION_LENGTH, MAX_STACK_LENGTH
from tests.support.cloudwatch import of_alarm, on_dashboards

if TYPE_CHECKING:
    from .conftest import Template

LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
CLOUDWATCH: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
)
GATEWAY: Final = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"
CLOUDFORMATION: Final = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
)
CLOUDFRONT: Final = (
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"
)
API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"

INSERTED: Final = "x" * 150
"""Stands for a value that CloudFormation inserts. Our ARNs and URLs are shorter."""
LONGEST: Final = {"AWS::Region": "r" * MAX_REGION_LENGTH, "AWS::StackName": "s" * MAX_STACK_LENGTH}


@dataclass(frozen=True)
class Quota:
    """A limit of AWS that can't be raised, or that we don't want to ask for."""

    name: str
    maximum: int
    source: str

    def __str__(self) -> str:
        return self.name


VARIABLES = Quota("bytes of a function's environment variables", 4096, LAMBDA)
LAYERS = Quota("layers of a function", 5, LAMBDA)
TIMEOUT = Quota("seconds of a call", 900, LAMBDA)
FUNCTION_POLICY = Quota("bytes of a function's resource policy", 20_480, LAMBDA)
CONCURRENCY = Quota("reserved executions of a default account, less 100", 900, LAMBDA)
FILTERS = Quota("metric filters of a log group", 100, LOGS)
PATTERN = Quota(
    "characters of a filter pattern",
    1024,
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html",
)
GROUP_NAME = Quota("characters of a log group's name", 512, LOGS)
ALARM_ACTIONS = Quota("actions of an alarm for one state", 5, CLOUDWATCH)
ALARM_TEXT = Quota("characters of an alarm's description", 1024, f"{API}/API_PutMetricAlarm.html")
DIMENSIONS = Quota("dimensions of a metric", 30, CLOUDWATCH)
WIDGETS = Quota("widgets of a dashboard", 500, CLOUDWATCH)
DASHBOARD = Quota("metrics of a dashboard", 2500, CLOUDWATCH)
DASHBOARD_NAME = Quota("characters of a dashboard's name", 255, f"{API}/API_PutDashboard.html")
TOPIC_POLICY = Quota(
    "bytes of a topic's policy",
    30 * 1024,
    "https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html",
)
NOTIFICATIONS = Quota(
    "notifications of a budget",
    10,
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html",
)
BUDGET_NAME = Quota("characters of a budget's name", 100, NOTIFICATIONS.source)
RESOURCES = Quota("resources of a stack", 500, CLOUDFORMATION)
OUTPUTS = Quota("outputs of a stack", 200, CLOUDFORMATION)
TEMPLATE = Quota("bytes of a template", 1_000_000, CLOUDFORMATION)
ROUTES = Quota("routes of an API", 300, GATEWAY)
INTEGRATIONS = Quota("integrations of an API", 300, GATEWAY)
RATE = Quota("requests per second to all APIs of an account", 10_000, GATEWAY)
INTEGRATION_TIMEOUT = Quota("seconds of a call through the API", 30, GATEWAY)
BEHAVIORS = Quota("behaviors of a distribution", 75, CLOUDFRONT)
CACHE_POLICIES = Quota("cache policies of an account", 20, CLOUDFRONT)
HEADERS_POLICIES = Quota("response headers policies of an account", 20, CLOUDFRONT)
CUSTOM_HEADERS = Quota("custom headers of a response headers policy", 10, CLOUDFRONT)
HEADER = Quota("characters of a custom header's value", 1783, CLOUDFRONT)
KEY_HEADERS = Quota("headers in a cache key", 10, CLOUDFRONT)
KEY_QUERIES = Quota("query strings in a cache key", 10, CLOUDFRONT)
EDGE_CODE = Quota("bytes of a function at the edge", 10_240, CLOUDFRONT)
INDEXES = Quota(
    "indexes of a table",
    20,
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",
)
ROLE_POLICY = Quota(
    "characters of a role's inline policies",
    10_240,
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
)

DEPLOYMENTS: Final = 5
"""This many deployments fit in an account without asking AWS for more."""


def text(value: Any) -> str:
    """Return a value of the template with a long text for each reference."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(map(text, parts))
    return LONGEST.get(value.get("Ref", ""), INSERTED) if isinstance(value, dict) else INSERTED


def uses(template: "Template") -> Iterator[tuple[Quota, int]]:
    """Yield each use of a quota."""
    reserved = 0
    for id, function in template.all("AWS::Lambda::Function"):
        variables = function.get("Environment", {}).get("Variables", {})
        yield VARIABLES, sum(len(name) + len(text(value)) for name, value in variables.items())
        yield LAYERS, len(function.get("Layers", ()))
        yield TIMEOUT, function["Timeout"]
        yield (
            FUNCTION_POLICY,
            sum(
                len(json.dumps(one)) + len(INSERTED)
                for _, one in template.all("AWS::Lambda::Permission")
                if id in json.dumps(one["FunctionName"])
            ),
        )
        reserved += function.get("ReservedConcurrentExecutions", 0)
    yield CONCURRENCY, reserved
    filters = [one for _, one in template.all("AWS::Logs::MetricFilter")]
    for id, group in template.all("AWS::Logs::LogGroup"):
        yield FILTERS, sum(one["LogGroupName"] == {"Ref": id} for one in filters)
        yield GROUP_NAME, len(group.get("LogGroupName", ""))
    for one in filters:
        yield PATTERN, len(one["FilterPattern"])
    for _, alarm in template.all("AWS::CloudWatch::Alarm"):
        yield ALARM_ACTIONS, max(len(alarm["AlarmActions"]), len(alarm["OKActions"]))
        yield ALARM_TEXT, len(alarm["AlarmDescription"])
        yield DIMENSIONS, len(of_alarm(alarm).dimensions)
    dashboard = template.one("AWS::CloudWatch::Dashboard")
    yield DASHBOARD_NAME, len(text(dashboard["DashboardName"]))
    yield WIDGETS, len(json.loads(text(dashboard["DashboardBody"]))["widgets"])
    yield DASHBOARD, len(on_dashboards(template.resources))
    for _, policy in template.all("AWS::SNS::TopicPolicy"):
        yield TOPIC_POLICY, len(json.dumps(policy["PolicyDocument"]))
    budget = template.one("AWS::Budgets::Budget")
    yield NOTIFICATIONS, len(budget["NotificationsWithSubscribers"])
    yield BUDGET_NAME, len(text(budget["Budget"]["BudgetName"]))


def uses_of_the_edge(template: "Template") -> Iterator[tuple[Quota, int]]:
    """Yield each use of a quota of CloudFormation, the API, CloudFront, the table, and IAM."""
    yield RESOURCES, len(template.resources)
    yield OUTPUTS, len(template.body["Outputs"])
    yield TEMPLATE, len(json.dumps(template.body))
    yield ROUTES, len(list(template.all("AWS::ApiGatewayV2::Route")))
    yield INTEGRATIONS, len(list(template.all("AWS::ApiGatewayV2::Integration")))
    stage = template.one("AWS::ApiGatewayV2::Stage")
    for limits in (stage["DefaultRouteSettings"], *stage["RouteSettings"].values()):
        yield RATE, limits["ThrottlingRateLimit"]
    for name, function in template.functions().items():
        if name in routes.ROUTES:
            yield INTEGRATION_TIMEOUT, function["Timeout"]
    site = template.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    yield BEHAVIORS, 1 + len(site["CacheBehaviors"])
    cache_policies = [one for _, one in template.all("AWS::CloudFront::CachePolicy")]
    yield CACHE_POLICIES, DEPLOYMENTS * len(cache_policies)
    for policy in cache_policies:
        key = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
        yield KEY_HEADERS, len(key["HeadersConfig"].get("Headers", ()))
        yield KEY_QUERIES, len(key["QueryStringsConfig"].get("QueryStrings", ()))
    headers = [
        one["ResponseHeadersPolicyConfig"]
        for _, one in template.all("AWS::CloudFront::ResponseHeadersPolicy")
    ]
    yield HEADERS_POLICIES, DEPLOYMENTS * len(headers)
    for one in headers:
        yield CUSTOM_HEADERS, len(one["CustomHeadersConfig"]["Items"])
        security = one["SecurityHeadersConfig"]["ContentSecurityPolicy"]
        yield HEADER, len(text(security["ContentSecurityPolicy"]))
    for _, function in template.all("AWS::CloudFront::Function"):
        yield EDGE_CODE, len(function["FunctionCode"].encode())
    for _, table in template.all("AWS::DynamoDB::GlobalTable"):
        yield INDEXES, len(table["GlobalSecondaryIndexes"])
    for _, policy in template.all("AWS::IAM::Policy"):
        yield ROLE_POLICY, len(json.dumps(policy["PolicyDocument"]))


QUOTAS: Final = [value for value in vars().copy().values() if isinstance(value, Quota)]


@pytest.mark.parametrize("quota", QUOTAS, ids=str)
def test_the_full_template_is_within_a_quota(full: "Template", quota: Quota) -> None:
    used = [*uses(full), *uses_of_the_edge(full)]
    amounts = [amount for kind, amount in used if kind == quota]
    assert amounts
    assert max(amounts) <= quota.maximum


def test_the_schedule_s_rate_is_the_highest_that_scheduler_knows(production: "Template") -> None:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""
    assert production.one("AWS::Scheduler::Schedule")["ScheduleExpression"] == "rate(1 minute)"


def test_a_run_is_not_queued_longer_than_the_minimum_of_both_services(
    production: "Template",
) -> None:
    """Of 60 s: of Scheduler's retry policy, and of Lambda's asynchronous calls.

    https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
    https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
    """
    policy = production.one("AWS::Scheduler::Schedule")["Target"]["RetryPolicy"]
    queue = production.one("AWS::Lambda::EventInvokeConfig")
    assert policy == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
    assert queue["MaximumEventAgeInSeconds"] == 60
