"""The schedule that runs the reconciler once a minute."""

from typing import cast

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct


class EveryMinute(Construct):
    """An EventBridge schedule. Its retry policy concerns only the delivery of the event to Lambda.

    A delivered run isn't retried either (`FootlightFunction.run_once`), because the next one starts
    soon.
    https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html

    Uses the plain CloudFormation resource, because CDK's target would let the schedule invoke
    `<function>:*`.
    """

    def __init__(self, scope: Construct, id: str, *, function: lambda_.IFunction) -> None:
        super().__init__(scope, id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=cast("iam.IPrincipal", _schedules_of_this_account()),
            description="Invokes the reconciler",
        )
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"], resources=[function.function_arn]
            )
        )
        scheduler.CfnSchedule(
            self,
            "Schedule",
            description="Footlight: compare the recorded live state with LiveKit",
            schedule_expression="rate(1 minute)",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                input="{}",
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=0, maximum_event_age_in_seconds=60
                ),
            ),
        )


def _schedules_of_this_account() -> iam.ServicePrincipal:
    """Return Scheduler, as it acts for this account.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    return iam.ServicePrincipal(
        "scheduler.amazonaws.com",
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
