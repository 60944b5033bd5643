"""An optional CloudWatch dashboard: what is live, what fails, how fast it is, and what it uses."""

from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import metrics
from infra.alarms import Alarms
from infra.function import FootlightFunction
from infra.metrics import PERIOD
from infra.names import global_name

WIDTH: Final = 8
"""The columns of a widget. A dashboard has 24."""


class Dashboard(Construct):
    """A dashboard with a name that no other deployment in the account has."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        alarms: Alarms,
        functions: Sequence[FootlightFunction],
        http_api: apigatewayv2.HttpApi,
        table: dynamodb.ITableV2,
        distribution: cloudfront.Distribution,
    ) -> None:
        super().__init__(scope, id)

        def reconciler(name: str, statistic: str) -> cloudwatch.Metric:
            return metrics.reconciler(self, name, statistic)

        def of_table(name: str) -> cloudwatch.Metric:
            return table.metric(name, statistic="Sum", period=PERIOD)

        def of_site(name: str, statistic: str) -> cloudwatch.Metric:
            """Return a metric of the distribution. All of them are in us-east-1."""
            return cloudwatch.Metric(
                namespace="AWS/CloudFront",
                metric_name=name,
                dimensions_map={
                    "DistributionId": distribution.distribution_id,
                    "Region": "Global",
                },
                region="us-east-1",
                statistic=statistic,
                period=PERIOD,
            )

        rows = [
            [
                _graph("Live", reconciler("LiveChannels", "max"), reconciler("Viewers", "max")),
                _graph(
                    "Repairs by the reconciler",
                    reconciler("ReconcileDrift", "Sum"),
                    reconciler("ReconcileFaults", "Sum"),
                ),
                cloudwatch.AlarmStatusWidget(
                    title="Alarms",
                    width=WIDTH,
                    alarms=[cast("cloudwatch.IAlarm", alarm) for alarm in alarms.alarms],
                ),
            ],
            [
                _graph(
                    "API",
                    http_api.metric_count(period=PERIOD, statistic="Sum"),
                    http_api.metric_client_error(period=PERIOD, statistic="Sum"),
                    http_api.metric_server_error(period=PERIOD, statistic="Sum"),
                ),
                _graph(
                    "API latency",
                    http_api.metric_latency(period=PERIOD, statistic="p50", label="p50"),
                    http_api.metric_latency(period=PERIOD, statistic="p95", label="p95"),
                ),
                _graph("Site", of_site("Requests", "Sum"), of_site("5xxErrorRate", "Average")),
            ],
            [
                _graph(
                    "Failed calls, and throttles of the account",
                    metrics.failures(self),
                    lambda_.Function.metric_all_throttles(period=PERIOD, statistic="Sum"),
                ),
                _graph(
                    "Concurrent executions of the account",
                    lambda_.Function.metric_all_concurrent_executions(
                        period=PERIOD, statistic="max"
                    ),
                ),
                _graph(
                    "Table",
                    of_table("ConsumedReadCapacityUnits"),
                    of_table("ConsumedWriteCapacityUnits"),
                    of_table("ReadThrottleEvents"),
                    of_table("WriteThrottleEvents"),
                ),
            ],
            [
                _graph(
                    "Calls",
                    *(
                        one.function.metric_invocations(
                            period=PERIOD, statistic="Sum", label=one.name
                        )
                        for one in functions
                    ),
                ),
                _graph(
                    "Duration, p95",
                    *(
                        one.function.metric_duration(period=PERIOD, statistic="p95", label=one.name)
                        for one in functions
                    ),
                ),
            ],
        ]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=global_name("metrics"),
            default_interval=Duration.hours(12),
            widgets=rows,
        )


def _graph(title: str, *shown: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(shown), width=WIDTH)
