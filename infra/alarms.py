"""What wakes the operator up? Three alarms over the whole site, told by e-mail where one is set."""

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


class Alarms(Construct):
    """Errors and throttles of the functions, and server errors of the API.

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
        self, id: str, metric: cloudwatch.IMetric, *, threshold: int, means: str
    ) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=means,
        )


def _sum(metrics: Sequence[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    named: dict[str, cloudwatch.IMetric] = {f"m{i}": metric for i, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression="SUM(METRICS())", using_metrics=named, period=PERIOD
    )
