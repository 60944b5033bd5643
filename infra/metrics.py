"""The metrics that alarms and the dashboard watch.

Our own metrics are in a namespace with the stack's name, so that several deployments in one account
and region don't mix. Functions write theirs in the embedded metric format
(`footlight/aws/metrics.py`), with the function's name as the dimension `service`. CloudWatch treats
each combination of dimensions as a separate metric.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
"""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import IConstruct

from infra.function import FootlightFunction

PERIOD: Final = Duration.minutes(5)

FAILURES: Final = "FunctionErrors"

FAILURE_PATTERN: Final = (
    '{ ($.message = "unhandled exception") || '
    '(($.type = "platform.report") && ($.record.status != "success")) }'
)
"""The log lines of a failed call. The first is written by our API if its code raised an exception:
it responds with 500, so Lambda counts no error. The second is written by Lambda after a timeout, a
crash, or an exception in any other function.
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""


def namespace(scope: IConstruct) -> str:
    """Return the namespace of a deployment's own metrics."""
    return Stack.of(scope).stack_name


def reconciler(scope: IConstruct, name: str, statistic: str) -> cloudwatch.Metric:
    """Return a metric that the reconciler writes."""
    return cloudwatch.Metric(
        namespace=namespace(scope),
        metric_name=name,
        dimensions_map={"service": "reconcile"},
        statistic=statistic,
        period=PERIOD,
    )


def failures(scope: IConstruct) -> cloudwatch.Metric:
    """Return the metric of failed calls, which `count_failures` defines."""
    return cloudwatch.Metric(
        namespace=namespace(scope), metric_name=FAILURES, statistic="Sum", period=PERIOD
    )


def count_failures(scope: IConstruct, functions: Sequence[FootlightFunction]) -> None:
    """Count the failed calls of all functions in one metric, from their logs.

    One metric makes one alarm metric of $0.10 a month. Lambda's own `Errors` are one metric for
    each function, or one for the whole account, which also counts other deployments. Without a
    failure the metric has no data and costs nothing.
    """
    for function in functions:
        function.log_group.add_metric_filter(
            "Failures",
            metric_namespace=namespace(scope),
            metric_name=FAILURES,
            filter_pattern=logs.FilterPattern.literal(FAILURE_PATTERN),
        )
