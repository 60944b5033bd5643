"""Five alarms for the whole site, sent to the operator by email if an address is set."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.function import FootlightFunction

PERIOD = Duration.minutes(5)

MIN_RUNS = 3
"""Completed runs of the reconciler per period. It starts once a minute."""


class Alarms(Construct):
    """Errors and throttles of functions, server errors of the API, and health of the live state.

    One alarm covers all functions. An alarm costs $0.10 a month per metric, beyond the account's
    first ten metrics, and the log shows which function failed.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        functions: Sequence[FootlightFunction],
        http_api: apigatewayv2.HttpApi,
        email: str | None,
    ) -> None:
        super().__init__(scope, id)
        alarms = [
            self._alarm(
                "FunctionErrors",
                _sum([function.function.metric_errors(period=PERIOD) for function in functions]),
                threshold=1,
                description="A function raised an exception that it didn't handle, which is a bug. "
                "Its log group has the traceback.",
            ),
            self._alarm(
                "Throttles",
                _sum([function.function.metric_throttles(period=PERIOD) for function in functions]),
                threshold=1,
                description="Lambda rejected calls because all concurrent executions were in use. "
                "A new AWS account has ten in total. Request more under Service Quotas.",
            ),
            self._alarm(
                "ServerErrors",
                http_api.metric_server_error(period=PERIOD, statistic="Sum"),
                threshold=10,
                description="The API returns 5xx. LiveKit, DynamoDB, or the identity provider may "
                "be unreachable, or the LiveKit secret is empty.",
            ),
            self._alarm(
                "Drift",
                _metric("ReconcileDrift", "Sum"),
                threshold=1,
                periods=2,
                description="The reconciler keeps finding channels that started or ended without a "
                "webhook, so LiveKit's webhooks don't arrive. Lists are still correct within 75 s. "
                "Check the webhook URL in LiveKit and the webhook function's log.",
            ),
            self._alarm(
                "ReconcilerMissing",
                _metric("LiveChannels", "SampleCount"),
                threshold=MIN_RUNS,
                below=True,
                description="The reconciler isn't completing its runs, so lost webhooks aren't "
                "corrected. Its log group has the reason. LiveKit may be unreachable, or the "
                "LiveKit secret is empty.",
            ),
        ]
        if email:
            self._send_by_email(alarms, email)

    def _send_by_email(self, alarms: Sequence[cloudwatch.Alarm], email: str) -> None:
        topic = sns.Topic(self, "Topic", enforce_ssl=True)
        sns.Subscription(
            self,
            "Email",
            topic=cast("sns.ITopic", topic),
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=email,
        )
        notify = actions.SnsAction(cast("sns.ITopic", topic))
        for alarm in alarms:
            alarm.add_alarm_action(cast("cloudwatch.IAlarmAction", notify))

    def _alarm(
        self,
        id: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: int,
        description: str,
        periods: int = 1,
        below: bool = False,
    ) -> cloudwatch.Alarm:
        """Create an alarm. With `below`, it fires under the threshold and also without data."""
        compare = cloudwatch.ComparisonOperator
        missing = cloudwatch.TreatMissingData
        return cloudwatch.Alarm(
            self,
            id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=compare.LESS_THAN_THRESHOLD
            if below
            else compare.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=missing.BREACHING if below else missing.NOT_BREACHING,
            alarm_description=description,
        )


def _metric(name: str, statistic: str) -> cloudwatch.Metric:
    """Return a metric that the functions write to their logs (`footlight/aws/metrics.py`)."""
    return cloudwatch.Metric(
        namespace="Footlight", metric_name=name, statistic=statistic, period=PERIOD
    )


def _sum(metrics: Sequence[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    named: dict[str, cloudwatch.IMetric] = {f"m{i}": metric for i, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression="SUM(METRICS())", using_metrics=named, period=PERIOD
    )
