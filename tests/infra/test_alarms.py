"""Tests of what is watched: every metric is written and watched, and every alarm is delivered."""

import ast
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from footlight.ingress.reset import reset_ingress
from functions.reconcile.handler import handler as reconcile
from infra import assets
from infra.metrics import FAILURE_PATTERN
from infra.needs import FUNCTIONS
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.cloudwatch import (
    Metric,
    embedded,
    filtered,
    matches,
    metric,
    of_alarm,
    on_dashboards,
)
from tests.support.livekit import LiveKit
from tests.support.people import a_person

if TYPE_CHECKING:
    from .conftest import Template

ROOT = Path(__file__).resolve().parents[2]
METRICS = ROOT / "footlight" / "aws" / "metrics.py"
VIEWER = "c" * 32 + ":abcd1234"


def a_run(livekit: LiveKit) -> None:
    """Let the reconciler find a live channel with a viewer that no webhook has reported."""
    with Clock.stopped() as time:
        ann = a_person("ann")
        reset_ingress(ann, "rtmp")
        livekit.rooms[ann.id] = [ann.id, VIEWER]
        time.moves(minutes=1)
        reconcile({}, None)
        time.moves(minutes=1)
        reconcile({}, None)  # counts the viewers that the first run recorded


def an_outage(livekit: LiveKit) -> None:
    livekit.before = livekit.breaks
    reconcile({}, None)
    livekit.before = None


RUNS: dict[str, tuple[Callable[[LiveKit], None], ...]] = {"reconcile": (a_run, an_outage)}
"""Runs of each function in which it writes all of its metrics."""


def with_environment(template: "Template", function: str, patch: pytest.MonkeyPatch) -> None:
    """Set the variables that decide the identity of a function's metrics, as in the template."""
    for name, value in template.environment(function).items():
        if name.startswith("POWERTOOLS_"):
            patch.setenv(name, value)


Writes = Callable[["Template"], set[Metric]]


@pytest.fixture
def writes(
    livekit: LiveKit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Writes:
    """Return a deployment's own metrics: those of its code and of its metric filters."""

    def run_all(template: "Template") -> set[Metric]:
        capsys.readouterr()
        found = filtered(template.resources)
        for function, runs in RUNS.items():
            with_environment(template, function, monkeypatch)
            for run in runs:
                run(livekit)
            found |= embedded(capsys.readouterr().out)
        return found

    return run_all


@pytest.fixture
def written(full: "Template", writes: Writes) -> set[Metric]:
    return writes(full)


def own(metrics: set[Metric]) -> set[Metric]:
    return {one for one in metrics if not one.namespace.startswith("AWS/")}


def alarms(template: "Template") -> set[Metric]:
    return {of_alarm(alarm) for _, alarm in template.all("AWS::CloudWatch::Alarm")}


def shown(template: "Template") -> set[Metric]:
    return {one for one, _ in on_dashboards(template.resources)}


# --- written and watched ---


def test_every_metric_that_an_alarm_watches_is_written(
    full: "Template", production: "Template", written: set[Metric]
) -> None:
    assert own(alarms(full)) <= written
    assert own(alarms(production)) == own(alarms(full))


def test_every_metric_that_is_written_is_on_the_dashboard_and_no_other(
    full: "Template", written: set[Metric]
) -> None:
    assert own(shown(full)) == written


def test_only_functions_with_runs_above_can_write_metrics() -> None:
    assert {name for name in FUNCTIONS if METRICS in assets.sources(name)} == RUNS.keys()


def test_the_runs_above_write_every_metric_that_the_code_names(written: set[Metric]) -> None:
    named: set[str] = set()
    for file in (*(ROOT / "footlight").rglob("*.py"), *(ROOT / "functions").rglob("*.py")):
        source = file.read_text()
        if re.search(r"import (\w+, )*metrics", source):
            for node in ast.walk(ast.parse(source)):
                text = node.value if isinstance(node, ast.Constant) else None
                name = node.arg if isinstance(node, ast.keyword) else text
                if isinstance(name, str) and re.fullmatch(r"([A-Z][a-z]+)+", name):
                    named.add(name)
    assert "LiveChannels" in named
    assert named <= {one.name for one in written}


def test_an_idle_run_writes_only_what_alarms_watch_in_one_line(
    production: "Template",
    livekit: LiveKit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each other metric would be billed for an idle site too."""
    with_environment(production, "reconcile", monkeypatch)
    capsys.readouterr()
    reconcile({}, None)
    lines = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert len(lines) == 1
    assert embedded(lines[0]) == own(alarms(production)) - filtered(production.resources)


def test_two_deployments_in_one_region_write_and_watch_different_metrics(
    production: "Template", second: "Template", writes: Writes
) -> None:
    written = writes(second)
    assert {one.namespace for one in written} == {"Second"}
    assert own(alarms(second)) <= written
    assert not own(alarms(second)) & own(alarms(production))


OF_AWS: dict[tuple[str, tuple[str, ...]], set[str]] = {
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ("AWS/Lambda", ()): {"Throttles", "ConcurrentExecutions"},
    ("AWS/Lambda", ("FunctionName",)): {"Invocations", "Duration"},
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    ("AWS/ApiGateway", ("ApiId",)): {"4xx", "5xx", "Count", "Latency", "IntegrationLatency"},
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    ("AWS/DynamoDB", ("TableName",)): {
        "ConsumedReadCapacityUnits",
        "ConsumedWriteCapacityUnits",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
    },
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    ("AWS/CloudFront", ("DistributionId", "Region")): {"Requests", "5xxErrorRate"},
}
"""Metrics that AWS's services write, by namespace and dimensions."""


def test_every_metric_of_aws_that_is_watched_exists(full: "Template") -> None:
    watched = alarms(full) | shown(full)
    for one in watched - own(watched):
        names = tuple(sorted(name for name, _ in one.dimensions))
        assert one.name in OF_AWS[one.namespace, names], one


def test_cloudfront_s_metrics_are_read_in_us_east_1(full: "Template") -> None:
    for one, region in on_dashboards(full.resources):
        assert (region == "us-east-1") == (one.namespace == "AWS/CloudFront")


# --- failed calls ---


def test_the_alarm_counts_the_failed_calls_of_every_function(production: "Template") -> None:
    """In one metric, because Lambda's own metrics are billed for each function."""
    filters = [one for _, one in production.all("AWS::Logs::MetricFilter")]
    groups = {
        properties["LoggingConfig"]["LogGroup"]["Ref"]
        for properties in production.functions().values()
    }
    assert {one["LogGroupName"]["Ref"] for one in filters} == groups
    for one in filters:
        assert one["FilterPattern"] == FAILURE_PATTERN
        (transformation,) = one["MetricTransformations"]
        assert transformation["MetricValue"] == "1"
        # A default value would write the metric, and bill it, in every minute with a log.
        assert "DefaultValue" not in transformation
    assert filtered(production.resources) == {metric("Footlight", "FunctionErrors")}
    assert metric("Footlight", "FunctionErrors") in alarms(production)


def test_an_exception_in_a_route_is_a_failed_call(
    api: Api, logged: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("functions.pages.handler.home", bug)
    assert api.get("/api/pages/home").status == 500
    assert any(matches(FAILURE_PATTERN, line) for line in logged.getvalue().splitlines())


def report(status: str) -> str:
    """Return Lambda's own line after a call, as in the documentation.

    https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
    """
    return json.dumps(
        {
            "time": "2022-10-12T00:01:15.000Z",
            "type": "platform.report",
            "record": {
                "requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
                "status": status,
                "metrics": {
                    "billedDurationMs": 694,
                    "durationMs": 693.92,
                    "initDurationMs": 397.68,
                    "maxMemoryUsedMB": 84,
                    "memorySizeMB": 128,
                },
            },
        }
    )


@pytest.mark.parametrize("status", ["failure", "error", "timeout"])
def test_an_exception_a_crash_and_a_timeout_are_failed_calls(status: str) -> None:
    assert matches(FAILURE_PATTERN, report(status))


def test_a_successful_call_is_no_failed_call(
    livekit: LiveKit, logged: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    reconcile({}, None)
    an_outage(livekit)  # logs a warning
    for line in (
        report("success"),
        *logged.getvalue().splitlines(),
        *capsys.readouterr().out.splitlines(),
    ):
        assert not matches(FAILURE_PATTERN, line)


# --- alarms ---


def test_every_alarm_has_a_description(production: "Template") -> None:
    alarms = dict(production.all("AWS::CloudWatch::Alarm"))
    assert len(alarms) == 5
    for alarm in alarms.values():
        assert len(alarm["AlarmDescription"]) > 40


def test_missing_runs_of_the_reconciler_alarm_and_missing_drift_does_not(
    production: "Template",
) -> None:
    by_metric = {
        alarm["MetricName"]: alarm
        for _, alarm in production.all("AWS::CloudWatch::Alarm")
        if alarm.get("Namespace") == "Footlight"
    }
    assert by_metric["LiveChannels"]["TreatMissingData"] == "breaching"
    assert by_metric["LiveChannels"]["ComparisonOperator"] == "LessThanThreshold"
    assert by_metric["ReconcileDrift"]["TreatMissingData"] == "notBreaching"
    assert by_metric["ReconcileDrift"]["EvaluationPeriods"] == 2


def test_alarms_are_emailed_if_an_address_is_set(production: "Template", full: "Template") -> None:
    assert all("AlarmActions" not in alarm for _, alarm in production.all("AWS::CloudWatch::Alarm"))
    assert all(alarm["AlarmActions"] for _, alarm in full.all("AWS::CloudWatch::Alarm"))


def test_the_end_of_an_alarm_is_emailed_too(full: "Template") -> None:
    for _, alarm in full.all("AWS::CloudWatch::Alarm"):
        assert alarm["OKActions"] == alarm["AlarmActions"]


def test_the_topic_of_every_alarm_admits_the_alarms_of_this_account(full: "Template") -> None:
    topics = {
        action["Ref"]
        for _, alarm in full.all("AWS::CloudWatch::Alarm")
        for action in (*alarm["AlarmActions"], *alarm["OKActions"])
    }
    for topic in topics:
        (policy,) = (
            one for _, one in full.all("AWS::SNS::TopicPolicy") if {"Ref": topic} in one["Topics"]
        )
        (allow,) = (
            one for one in policy["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"
        )
        assert allow["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert allow["Action"] == "sns:Publish"
        assert allow["Resource"] == {"Ref": topic}
        assert allow["Condition"]["StringEquals"] == {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"}
        }


# --- the dashboard and the budget ---


def one_of(template: "Template", kind: str) -> list[dict[str, Any]]:
    return [properties for _, properties in template.all(kind)]


@pytest.mark.parametrize("kind", ["AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget"])
def test_the_dashboard_and_the_budget_are_off_by_default(
    production: "Template", full: "Template", kind: str
) -> None:
    assert one_of(production, kind) == []
    assert len(one_of(full, kind)) == 1


def test_names_that_the_whole_account_shares_contain_stack_and_region(full: "Template") -> None:
    for name in (
        full.one("AWS::CloudWatch::Dashboard")["DashboardName"],
        full.one("AWS::Budgets::Budget")["Budget"]["BudgetName"],
    ):
        assert {"Ref": "AWS::Region"} in name["Fn::Join"][1]
        assert {"Ref": "AWS::StackName"} in name["Fn::Join"][1]


def test_the_dashboard_is_within_the_free_tier(full: "Template") -> None:
    """Of 50 metrics. https://aws.amazon.com/cloudwatch/pricing/"""
    assert len(on_dashboards(full.resources)) <= 50


def test_the_budget_warns_before_and_after_it_is_spent(full: "Template") -> None:
    budget = full.one("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 20, "Unit": "USD"}
    warnings = {
        one["Notification"]["NotificationType"]: one
        for one in budget["NotificationsWithSubscribers"]
    }
    assert warnings["ACTUAL"]["Notification"]["Threshold"] < 100
    assert warnings["FORECASTED"]["Notification"]["Threshold"] == 100
    for warning in warnings.values():
        assert warning["Subscribers"] == [
            {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}
        ]
