"""Checks of a deployment that need what the local stack doesn't have: alarms and a domain."""

import dataclasses
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from operations.checks import Check, Line, result
from operations.deployment import Deployment, Resource, Stack
from operations.leftovers import leftovers
from operations.verify import parts, site, watching
from tests.operations.conftest import FUNCTION_LOG
from tests.support import templates
from tests.support.answers import answering
from tests.support.aws_answers import answer_with
from tests.support.http_server import QuietHandler
from tests.support.https_server import serving_https

DIMENSIONS = [{"Name": "service", "Value": "reconcile"}]


def outcome(check: Any, deployment: Deployment) -> Line:
    return result(Check("it", check), deployment)


def put_alarm(deployment: Deployment, **changes: Any) -> None:
    """Create the stack's alarm."""
    options: dict[str, Any] = {
        "AlarmName": "FunctionErrors",
        "Namespace": "Footlight",
        "MetricName": "LiveChannels",
        "Dimensions": DIMENSIONS,
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
    }
    deployment.client("cloudwatch").put_metric_alarm(**options | changes)


def put_metric(deployment: Deployment, **changes: Any) -> None:
    datum: dict[str, Any] = {"MetricName": "LiveChannels", "Value": 1, "Dimensions": DIMENSIONS}
    namespace = changes.pop("Namespace", "Footlight")
    deployment.client("cloudwatch").put_metric_data(
        Namespace=namespace, MetricData=[datum | changes]
    )


def subscribed(deployment: Deployment) -> str:
    """Return a topic whose email address has confirmed, as moto always does."""
    sns = deployment.client("sns")
    topic = sns.create_topic(Name="Alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.com")
    return topic


# ---- metrics


def test_an_alarm_on_a_metric_that_exists_passes(deployment: Deployment) -> None:
    put_alarm(deployment)
    put_metric(deployment)
    assert outcome(watching.alarm_metrics, deployment).status == "OK"


@pytest.mark.parametrize(
    "written",
    [
        {"Namespace": "Other"},
        {"MetricName": "Viewers"},
        {"Dimensions": []},
        {"Dimensions": [{"Name": "service", "Value": "webhook"}]},
        {"Dimensions": [*DIMENSIONS, {"Name": "region", "Value": "eu"}]},
    ],
)
def test_an_alarm_on_a_metric_that_no_one_writes_fails(
    deployment: Deployment, written: dict[str, Any]
) -> None:
    put_alarm(deployment)
    put_metric(deployment, **written)
    line = outcome(watching.alarm_metrics, deployment)
    assert line.status == "FAIL"
    assert "Footlight LiveChannels {service=reconcile}" in line.text


def test_a_metric_that_counts_log_lines_needs_no_data(deployment: Deployment) -> None:
    put_alarm(deployment, MetricName="FunctionErrors", Dimensions=[])
    logs = deployment.client("logs")
    logs.create_log_group(logGroupName=FUNCTION_LOG)
    assert outcome(watching.alarm_metrics, deployment).status == "FAIL"

    logs.put_metric_filter(
        logGroupName=FUNCTION_LOG,
        filterName="Failures",
        filterPattern="{ $.a = 1 }",
        metricTransformations=[
            {"metricName": "FunctionErrors", "metricNamespace": "Footlight", "metricValue": "1"}
        ],
    )
    assert outcome(watching.alarm_metrics, deployment).status == "OK"


def test_an_alarm_that_is_gone_fails(deployment: Deployment) -> None:
    assert outcome(watching.alarm_metrics, deployment).status == "FAIL"
    assert outcome(watching.alarm_states, deployment).status == "FAIL"


def test_an_alarm_in_alarm_fails_with_its_reason(deployment: Deployment) -> None:
    put_alarm(deployment)
    assert outcome(watching.alarm_states, deployment).status == "OK"
    deployment.client("cloudwatch").set_alarm_state(
        AlarmName="FunctionErrors", StateValue="ALARM", StateReason="three datapoints"
    )
    line = outcome(watching.alarm_states, deployment)
    assert (line.status, line.text) == ("FAIL", "FunctionErrors: three datapoints")


# ---- email


def test_alarms_without_an_address_are_a_warning(deployment: Deployment) -> None:
    put_alarm(deployment)
    assert outcome(watching.alarm_mail, deployment).status == "WARN"
    assert outcome(watching.alarm_delivery, deployment).status == "WARN"


def test_a_confirmed_subscription_passes(deployment: Deployment) -> None:
    put_alarm(deployment, AlarmActions=[subscribed(deployment)])
    assert outcome(watching.alarm_mail, deployment).status == "OK"


def test_a_topic_without_a_subscription_fails(deployment: Deployment) -> None:
    topic = deployment.client("sns").create_topic(Name="Alarms")["TopicArn"]
    put_alarm(deployment, AlarmActions=[topic])
    assert outcome(watching.alarm_mail, deployment).status == "FAIL"


def test_a_subscription_that_is_not_confirmed_fails_and_says_how(deployment: Deployment) -> None:
    put_alarm(deployment, AlarmActions=[subscribed(deployment)])

    def unconfirm(parsed: dict[str, Any], **_: Any) -> None:
        """Return what SNS returns before the link is opened. Moto confirms at once."""
        for each in parsed["Subscriptions"]:
            each["SubscriptionArn"] = "PendingConfirmation"

    events = deployment.client("sns").meta.events
    events.register("after-call.sns.ListSubscriptionsByTopic", unconfirm)
    line = outcome(watching.alarm_mail, deployment)
    assert line.status == "FAIL"
    assert "aws sns subscribe" in line.help


@pytest.mark.parametrize(
    ("history", "expected", "text"),
    [
        (["Successfully executed action arn:aws:sns:…"], "OK", "was sent"),
        (["Failed to execute action arn:aws:sns:…"], "FAIL", "Failed to execute"),
        ([], "FAIL", "no action within 30 s"),
    ],
)
def test_a_test_alarm_must_be_published_and_ends(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    history: list[str],
    expected: str,
    text: str,
) -> None:
    put_alarm(deployment, AlarmActions=[subscribed(deployment)])
    states: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        states.append(params["StateValue"])

    items = [{"HistorySummary": summary} for summary in history]
    # Moto executes no actions.
    answer_with(deployment.session, "cloudwatch.DescribeAlarmHistory", {"AlarmHistoryItems": items})
    deployment.session.events.register("provide-client-params.cloudwatch.SetAlarmState", note)
    deployment = dataclasses.replace(deployment)  # with clients that know both
    monkeypatch.setattr(time, "sleep", [].append)

    line = outcome(watching.alarm_delivery, deployment)

    assert (line.status, text in line.text) == (expected, True)
    assert states == ["ALARM", "OK"]


# ---- the functions and the site


@pytest.mark.parametrize(("status", "expected"), [("On", "OK"), ("Off", "FAIL")])
def test_a_function_with_snap_start_needs_its_snapshot(
    deployment: Deployment, status: str, expected: str
) -> None:
    function = Resource("TokenFunction1", "AWS::Lambda::Function", "token")
    deployment.stack = dataclasses.replace(deployment.stack, resources=[function])
    configured = {"SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": status}}
    answer_with(deployment.session, "lambda.GetFunctionConfiguration", configured)
    assert outcome(parts.snap_start, deployment).status == expected


@pytest.mark.parametrize(("status", "expected"), [(301, "OK"), (308, "OK"), (200, "FAIL")])
def test_plain_http_must_be_redirected(deployment: Deployment, status: int, expected: str) -> None:
    with answering("", status=status) as address:
        site_url = address.replace("http:", "https:")
        deployment.stack = Stack("Footlight", "CREATE_COMPLETE", {"SiteUrl": site_url})
        assert outcome(site.https, deployment).status == expected


# ---- the table


def test_a_table_must_expire_items_and_needs_a_backup(deployment: Deployment) -> None:
    dynamodb = deployment.client("dynamodb")
    deployment.stack = Stack("Footlight", "CREATE_COMPLETE", {"TableName": "restored"})
    dynamodb.create_table(TableName="restored", **templates.table())
    assert outcome(parts.table, deployment).status == "FAIL"

    dynamodb.update_time_to_live(
        TableName="restored",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
    )
    line = outcome(parts.table, deployment)
    assert line.status == "WARN"
    assert "aws dynamodb update-continuous-backups --table-name restored" in line.help

    dynamodb.update_continuous_backups(
        TableName="restored",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    assert outcome(parts.table, deployment).status == "OK"


# ---- the site's own domain

DOMAIN = "live.example.com"
OLD = "d1.cloudfront.net"


@contextmanager
def domain(
    deployment: Deployment,
    folder: Path,
    *,
    aliases: Sequence[str] = (DOMAIN,),
    certified: Sequence[str] = (DOMAIN, OLD),
    cloudfront: bool = True,
    old: tuple[int, str] = (301, f"https://{DOMAIN}/"),
) -> Generator[Deployment]:
    """Serve a site's own domain and CloudFront's, which redirects to it."""
    config = {"DistributionConfig": {"Aliases": {"Quantity": len(aliases), "Items": [*aliases]}}}
    answer_with(deployment.session, "cloudfront.GetDistributionConfig", config)

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            status, location = old if self.headers["Host"] == OLD else (200, "")
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            if cloudfront:
                self.send_header("X-Amz-Cf-Id", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()

    names = [DOMAIN, OLD]
    with serving_https(Handler, names, certified=[*certified], folder=folder):
        yield dataclasses.replace(deployment, domain=DOMAIN)


@pytest.mark.parametrize(
    ("changed", "expected", "text"),
    [
        ({}, "OK", "leads to"),
        ({"aliases": ["other.example.com"]}, "FAIL", "doesn't serve"),
        ({"aliases": []}, "FAIL", "doesn't serve"),
        ({"certified": [OLD]}, "FAIL", "certificate"),
        ({"cloudfront": False}, "FAIL", "doesn't lead to CloudFront"),
        ({"old": (200, "")}, "FAIL", "not a redirect"),
        ({"old": (301, "https://other.example.com/")}, "FAIL", "not a redirect"),
    ],
)
def test_the_domain_and_the_old_name_must_lead_to_the_site(
    deployment: Deployment, tmp_path: Path, changed: Any, expected: str, text: str
) -> None:
    with domain(deployment, tmp_path, **changed) as site_with_domain:
        line = outcome(site.domain, site_with_domain)
    assert (line.status, text in line.text) == (expected, True)


def test_a_site_without_its_own_domain_passes(deployment: Deployment) -> None:
    assert outcome(site.domain, deployment).status == "OK"


def test_a_domain_without_a_dns_record_fails_with_the_record(deployment: Deployment) -> None:
    other = dataclasses.replace(deployment, domain="live.invalid")
    line = outcome(site.domain, other)
    assert line.status == "FAIL"
    assert "CNAME" in line.help
    assert "d1.cloudfront.net" in line.help


# ---- what a removed stack leaves


def test_kept_tables_pools_and_logs_are_listed_with_commands(deployment: Deployment) -> None:
    table = "Footlight-TableCD117FA1-1ABCDEFGH"
    deployment.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    deployment.client("dynamodb").create_table(
        TableName="Other-TableCD117FA1-1ABCDEFGH",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    deployment.client("logs").create_log_group(logGroupName="/aws/lambda/Footlight-CustomS3")
    deployment.stack = Stack("Footlight", "DELETE_COMPLETE", {})

    found = leftovers(deployment)

    assert [each.name for each in found] == [table, "/aws/lambda/Footlight-CustomS3"]
    assert found[0].commands[1] == f"aws dynamodb delete-table --table-name {table}"
