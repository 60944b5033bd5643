"""Alarms, their mail, and the logs: whether the operator learns of faults."""

import time
from collections.abc import Iterable
from typing import Any, Final

from operations.checks import Absent, Failed, Warned
from operations.deployment import Deployment

LOG_MINUTES: Final = 10
FAULTS: Final = ("AccessDenied", "unhandled exception", "Task timed out", '"status":"timeout"')
"""What no log may contain. Lambda writes the last two itself, as text and as JSON."""
NEW_METRIC: Final = "a new metric takes up to 15 minutes to appear; then run make verify again"
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html"""


def alarm_metrics(deployment: Deployment) -> str:
    """Require that each alarm's metric exists: its namespace, name, and exact dimensions.

    CloudWatch treats each combination of dimensions as a metric of its own, and an alarm on a
    metric without data never changes. A metric that counts log lines has no data before the first
    such line, so its metric filters are enough.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
    """
    cloudwatch = deployment.client("cloudwatch")
    missing: list[str] = []
    count = 0
    alarms = _alarms(deployment)
    for alarm in alarms:
        for metric in _metrics_of(alarm):
            count += 1
            if not _exists(cloudwatch, metric) and not _is_counted(deployment, metric):
                missing.append(f"{alarm['AlarmName']} ({_text(metric)})")
    if missing:
        raise Failed(f"no metric for {', '.join(missing)}", NEW_METRIC)
    return f"{count} metrics of {len(alarms)} alarms exist"


def alarm_states(deployment: Deployment) -> str:
    """Require that no alarm is in ALARM."""
    alarms = _alarms(deployment)
    firing = [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"]
    if firing:
        reasons = "; ".join(f"{each['AlarmName']}: {each['StateReason']}" for each in firing)
        raise Failed(reasons, "the alarm's description says what to do (docs/operating.md)")
    return f"none of {len(alarms)} in ALARM"


def alarm_mail(deployment: Deployment) -> str:
    """Require a confirmed email subscription behind every alarm.

    SNS sends nothing until the link in its first email is opened.
    https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
    """
    sns = deployment.client("sns")
    topics = sorted({topic for alarm in _alarms(deployment) for topic in alarm["AlarmActions"]})
    if not topics:
        raise Warned("alarms send no email", "set alarmEmail in footlight.toml, then: make deploy")
    for topic in topics:
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        subscriptions = [each for page in pages for each in page["Subscriptions"]]
        if not subscriptions:
            raise Failed(f"{topic} has no subscription", "make deploy")
        for each in subscriptions:
            if each["SubscriptionArn"] == "PendingConfirmation":
                raise Failed(
                    f"{each['Endpoint']} has not confirmed the subscription",
                    "open the link in SNS's email, or send it again: aws sns subscribe "
                    f"--topic-arn {topic} --protocol email "
                    f"--notification-endpoint {each['Endpoint']}",
                )
    return "confirmed"


def alarm_delivery(deployment: Deployment) -> str:
    """Set one alarm to ALARM, and require that CloudWatch could publish it. Sends one email."""
    cloudwatch = deployment.client("cloudwatch")
    alarm = next((each for each in _alarms(deployment) if each["AlarmActions"]), None)
    if alarm is None:
        raise Warned("alarms send no email", "set alarmEmail in footlight.toml, then: make deploy")
    name = alarm["AlarmName"]
    cloudwatch.set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="A test by make verify"
    )
    try:
        for _ in range(15):
            history = cloudwatch.describe_alarm_history(AlarmName=name, HistoryItemType="Action")
            summaries = [item["HistorySummary"] for item in history["AlarmHistoryItems"][:1]]
            if summaries and summaries[0].startswith("Successfully executed"):
                return f"{name} was sent"
            if summaries and summaries[0].startswith("Failed"):
                raise Failed(
                    f"{name}: {summaries[0]}",
                    "the topic's policy must allow sns:Publish to cloudwatch.amazonaws.com",
                )
            time.sleep(2)
    finally:
        cloudwatch.set_alarm_state(
            AlarmName=name, StateValue="OK", StateReason="The end of a test by make verify"
        )
    raise Failed(
        f"{name}: no action within 30 s",
        f"aws cloudwatch describe-alarm-history --alarm-name {name}",
    )


def logs(deployment: Deployment) -> str:
    """Require logs without refused rights, unhandled exceptions, and timeouts."""
    groups = _function_logs(deployment)
    if not groups:
        raise Failed("the stack has no log groups", "make deploy")
    pattern = "|".join(FAULTS)
    found = _query(
        deployment.client("logs"),
        groups,
        f"fields @message, @log | filter @message like /{pattern}/ | limit 20",
    )
    if found:
        group = found[0].get("@log", groups[0]).rpartition(":")[2]
        raise Failed(
            f"{len(found)} faults, the first is: {found[0]['@message'].strip()[:300]}",
            f"aws logs tail {group} --since {LOG_MINUTES}m",
        )
    return f"no faults in {len(groups)} groups in {LOG_MINUTES} minutes"


def access_log(deployment: Deployment) -> str:
    """Require entries in the gateway's access log. The checks before this one are among them."""
    groups = [
        group.name
        for group in deployment.stack.of_type("AWS::Logs::LogGroup")
        if "AccessLog" in group.id
    ]
    if not groups:
        raise Failed("the stack has no access log", "make deploy")
    start = int((time.time() - LOG_MINUTES * 60) * 1000)
    events = deployment.client("logs").filter_log_events(
        logGroupName=groups[0], startTime=start, limit=10
    )["events"]
    if not events:
        raise Absent(f"no entry in {LOG_MINUTES} minutes", "make deploy")
    return "has entries"


def _query(logs: Any, groups: list[str], text: str) -> list[dict[str, str]]:
    now = int(time.time())
    query = logs.start_query(
        logGroupNames=groups, startTime=now - LOG_MINUTES * 60, endTime=now + 1, queryString=text
    )["queryId"]
    for _ in range(60):
        answer = logs.get_query_results(queryId=query)
        if answer["status"] not in ("Scheduled", "Running"):
            break
        time.sleep(1)
    else:
        raise Warned("the log query took more than a minute", "make verify")
    if answer["status"] != "Complete":
        raise Failed(f"the log query is {answer['status']}", "make verify")
    return [{field["field"]: field["value"] for field in row} for row in answer["results"]]


def _alarms(deployment: Deployment) -> list[dict[str, Any]]:
    names = deployment.stack.names("AWS::CloudWatch::Alarm")
    if not names:
        raise Absent("the stack has no alarms", "make deploy")
    found = deployment.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    if len(found) != len(names):
        raise Failed(f"{len(names) - len(found)} alarms of the stack are gone", "make deploy")
    return found


def _metrics_of(alarm: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the metrics of an alarm: its own, or those of its expression."""
    if "MetricName" in alarm:
        yield alarm
    for query in alarm.get("Metrics", []):
        if "MetricStat" in query:
            yield query["MetricStat"]["Metric"]


def _exists(cloudwatch: Any, metric: dict[str, Any]) -> bool:
    dimensions = _dimensions(metric)
    pages = cloudwatch.get_paginator("list_metrics").paginate(
        Namespace=metric["Namespace"],
        MetricName=metric["MetricName"],
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions],
    )
    # The filter also finds metrics with more dimensions.
    return any(_dimensions(found) == dimensions for page in pages for found in page["Metrics"])


def _is_counted(deployment: Deployment, metric: dict[str, Any]) -> bool:
    """Return whether every function's log is counted in the metric."""
    if _dimensions(metric):
        return False
    filters = (
        deployment.client("logs")
        .get_paginator("describe_metric_filters")
        .paginate(metricName=metric["MetricName"], metricNamespace=metric["Namespace"])
    )
    counted = {found["logGroupName"] for page in filters for found in page["metricFilters"]}
    groups = _function_logs(deployment)
    return bool(groups) and counted >= set(groups)


def _function_logs(deployment: Deployment) -> list[str]:
    return [
        group.name
        for group in deployment.stack.of_type("AWS::Logs::LogGroup")
        if "Function" in group.id
    ]


def _dimensions(metric: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((each["Name"], each["Value"]) for each in metric.get("Dimensions", []))


def _text(metric: dict[str, Any]) -> str:
    dimensions = ", ".join(f"{name}={value}" for name, value in _dimensions(metric))
    return f"{metric['Namespace']} {metric['MetricName']} {{{dimensions}}}"
