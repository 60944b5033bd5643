"""Tests of the template against the quotas of Lambda, CloudWatch, SNS, Scheduler, and Budgets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.support.cloudwatch import of_alarm, on_dashboards

if TYPE_CHECKING:
    from .conftest import Template

LAMBDA: Final = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
LOGS: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html"
CLOUDWATCH: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"
)
API: Final = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference"

INSERTED: Final = "x" * 150
"""Stands for a value that CloudFormation inserts. Our ARNs and URLs are shorter."""


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


def text(value: Any) -> str:
    """Return a value of the template with a long text for each reference."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(map(text, parts))
    return INSERTED


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
    yield BUDGET_NAME, len(text(budget["Budget"]["BudgetName"]).replace(INSERTED, "ap-southeast-1"))


QUOTAS: Final = [value for value in vars().copy().values() if isinstance(value, Quota)]


@pytest.mark.parametrize("quota", QUOTAS, ids=str)
def test_the_full_template_is_within_a_quota(full: "Template", quota: Quota) -> None:
    amounts = [amount for used, amount in uses(full) if used == quota]
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
