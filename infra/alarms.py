"""Five alarms for the whole site, sent to the operator by email if an address is set."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Arn, ArnComponents, ArnFormat, Aws, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra import metrics
from infra.function import FootlightFunction
from infra.metrics import PERIOD

MIN_RUNS = 3
"""Completed runs of the reconciler per period. It starts once a minute."""


class Alarms(Construct):
    """Failures of functions, throttles, server errors of the API, and health of the live state.

    Each alarm watches one metric for all functions. An alarm costs $0.10 a month per metric, beyond
    the account's first ten metrics, and the log shows which function failed.
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
        metrics.count_failures(self, functions)
        self.alarms = [
            self._alarm(
                "FunctionErrors",
                metrics.failures(self),
                threshold=1,
                description="A function raised an exception that it didn't handle, timed out, or "
                "crashed, which is a bug. Its log group has the traceback.",
            ),
            self._alarm(
                "Throttles",
                # Of the whole account and region, because its functions share the executions.
                lambda_.Function.metric_all_throttles(period=PERIOD, statistic="Sum"),
                threshold=1,
                description="Lambda rejected calls because all concurrent executions of this "
                "account and region were in use, or all that a function has reserved. "
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
                metrics.reconciler(self, "ReconcileDrift", "Sum"),
                threshold=1,
                periods=2,
                description="The reconciler keeps finding channels that started or ended without a "
                "webhook, so LiveKit's webhooks don't arrive. Lists are still correct within 75 s. "
                "Check the webhook URL in LiveKit and the webhook function's log.",
            ),
            self._alarm(
                "ReconcilerMissing",
                metrics.reconciler(self, "LiveChannels", "SampleCount"),
                threshold=MIN_RUNS,
                below=True,
                description="The reconciler isn't completing its runs, so lost webhooks aren't "
                "corrected. Its log group has the reason. LiveKit may be unreachable, or the "
                "LiveKit secret is empty.",
            ),
        ]
        if email:
            self._send_by_email(email)

    def _send_by_email(self, email: str) -> None:
        """Send each alarm, and its end, to an address. Its owner must confirm the subscription."""
        topic = sns.Topic(self, "Topic", enforce_ssl=True)
        topic.grant_publish(cast("iam.IGrantable", _alarms_of(self)))
        sns.Subscription(
            self,
            "Email",
            topic=cast("sns.ITopic", topic),
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=email,
        )
        notify = cast("cloudwatch.IAlarmAction", actions.SnsAction(cast("sns.ITopic", topic)))
        for alarm in self.alarms:
            alarm.add_alarm_action(notify)
            alarm.add_ok_action(notify)

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


def _alarms_of(scope: Construct) -> iam.ServicePrincipal:
    """Return CloudWatch, as it acts for the alarms of this account.

    CDK's alarm action grants nothing. A topic with a policy of its own no longer admits its owner's
    alarms, as one without a policy does.
    https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    """
    alarms = ArnComponents(
        service="cloudwatch",
        resource="alarm",
        resource_name="*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.ServicePrincipal(
        "cloudwatch.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": Arn.format(alarms, Stack.of(scope))},
        },
    )
