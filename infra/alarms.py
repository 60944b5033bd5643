"""What wakes the operator up? Five alarms over the whole site, told by e-mail where one is set."""

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

LEAST_RUNS = 3
"""Of the reconciler, in a period: it runs once a minute."""


class Alarms(Construct):
    """Errors and throttles of the functions, server errors of the API, and the live state's health.

    One alarm over all functions and not one for each: an alarm costs $0.10 a month for each metric
    in it beyond the first ten of an account, and the log says which function it was.
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
                _sum([each.function.metric_errors(period=PERIOD) for each in functions]),
                threshold=1,
                means="A function failed without an answer of its own: a fault in the code. "
                "Its log group has the exception.",
            ),
            self._alarm(
                "Throttles",
                _sum([each.function.metric_throttles(period=PERIOD) for each in functions]),
                threshold=1,
                means="Calls were refused for want of concurrency. A new AWS account has ten "
                "executions at once in all: ask for more under Service Quotas.",
            ),
            self._alarm(
                "ServerErrors",
                http_api.metric_server_error(period=PERIOD, statistic="Sum"),
                threshold=10,
                means="The API answers 5xx: LiveKit, DynamoDB or the identity provider may be "
                "out of reach, or LiveKit's secret is not filled.",
            ),
            self._alarm(
                "Drift",
                _figure("ReconcileDrift", "Sum"),
                threshold=1,
                periods=2,
                means="The reconciler keeps finding channels whose start or end no webhook told: "
                "LiveKit's webhooks do not arrive. Lists are right within 75 s all the same; look "
                "at LiveKit's webhook address and the webhook function's log.",
            ),
            self._alarm(
                "ReconcilerMissing",
                _figure("LiveChannels", "SampleCount"),
                threshold=LEAST_RUNS,
                below=True,
                means="The reconciler has not finished its runs: lost webhooks are not made good. "
                "Its log group says why; LiveKit may be out of reach, or its secret not filled.",
            ),
        ]
        if email:
            topic = sns.Topic(self, "Topic", enforce_ssl=True)
            sns.Subscription(
                self,
                "Email",
                topic=cast("sns.ITopic", topic),
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=email,
            )
            tell = actions.SnsAction(cast("sns.ITopic", topic))
            for alarm in alarms:
                alarm.add_alarm_action(cast("cloudwatch.IAlarmAction", tell))

    def _alarm(
        self,
        id: str,
        metric: cloudwatch.IMetric,
        *,
        threshold: int,
        means: str,
        periods: int = 1,
        below: bool = False,
    ) -> cloudwatch.Alarm:
        """`below`: less than the threshold is the fault, and no word at all is too."""
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
            alarm_description=means,
        )


def _figure(name: str, statistic: str) -> cloudwatch.Metric:
    """One of those that the functions write into their logs (`footlight/metrics.py`)."""
    return cloudwatch.Metric(
        namespace="Footlight", metric_name=name, statistic=statistic, period=PERIOD
    )


def _sum(metrics: Sequence[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    named: dict[str, cloudwatch.IMetric] = {f"m{i}": metric for i, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression="SUM(METRICS())", using_metrics=named, period=PERIOD
    )
