"""One function of ours: runtime, memory, logs, role and zip, said once.

The casts here and elsewhere: jsii's classes name a parameter otherwise than their interfaces, which
type checkers mind and jsii does not.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import assets
from infra.accepted import accept
from infra.assets import Target

RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
"""`Target.lambda_runtime` builds for the same."""

MEMORY_MB: Final = 512
"""Processor comes with memory: below this, imports make cold starts slow, and cost the same."""


class FootlightFunction(Construct):
    """A function out of `functions/<name>/`, with a role of its own that may write its log.

    All other rights are granted in `stack.py`, by `may`.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        name: str,
        target: Target,
        environment: Mapping[str, str],
        timeout_seconds: int,
        snap_start: bool,
    ) -> None:
        super().__init__(scope, f"{name.title()}Function")
        self.name = name
        self.log_group = logs.LogGroup(
            self,
            "Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=cast("iam.IPrincipal", iam.ServicePrincipal("lambda.amazonaws.com")),
            description=f"What the {name} function may do",
        )
        self.may(["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            description=f"Footlight: {name}",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{name}.handler.handler",
            code=assets.code(name, target),
            role=cast("iam.IRole", self.role),
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            memory_size=MEMORY_MB,
            timeout=Duration.seconds(timeout_seconds),
            tracing=lambda_.Tracing.DISABLED,
            environment={
                **environment,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": "Footlight",
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
        )
        accept(
            self.function,
            {
                "AwsSolutions-L1": "All dependencies have wheels for it; and the machine that "
                "deploys needs its Python, to make the byte-code that halves cold starts"
            },
        )
        # Snapshots are taken of published versions only.
        entry = self.function.add_alias("live") if snap_start else self.function
        self.entry = cast("lambda_.IFunction", entry)

    def may(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, object] | None = None,
    ) -> None:
        """Let the function do something. Called by `stack.py` alone."""
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=list(actions), resources=list(resources), conditions=conditions
            )
        )
