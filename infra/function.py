"""One Lambda function: its runtime, memory, logs, role, and zip.

jsii's classes and interfaces name the same parameter differently. Type checkers reject that and
jsii doesn't, so this module and others cast a class to its interface.
"""

from collections.abc import Mapping
from typing import Final, cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import assets
from infra.accepted import accept_findings
from infra.building import Target

RUNTIME: Final = lambda_.Runtime.PYTHON_3_13
"""`Target.lambda_runtime` builds for the same version."""

MEMORY_MB: Final = 512
"""Lambda assigns CPU in proportion to memory. Less memory slows cold starts and costs the same."""


RESERVED: Final = {"webhook": 50, "reconcile": 50}
"""Concurrent executions that the setting `reserve` keeps for a function, which is also its maximum.
Lambda requires that 100 stay unreserved, so a new account with ten can't reserve any.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

MAX_QUEUE_SECONDS: Final = 60


class FootlightFunction(Construct):
    """A function from `functions/<name>/`, with its own role, which may write the function's log.

    `grants.py` grants all other rights.
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
        reserves: bool,
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
            description=f"Rights of the {name} function",
        )
        self.allow(
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[self.log_group.log_group_arn],
            )
        )
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
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            # Without the two lines of each call, which are more than half of the log. Failed calls
            # are still logged.
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            memory_size=MEMORY_MB,
            timeout=Duration.seconds(timeout_seconds),
            tracing=lambda_.Tracing.DISABLED,
            environment={
                **environment,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": Stack.of(self).stack_name,
            },
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            reserved_concurrent_executions=RESERVED.get(name) if reserves else None,
        )
        accept_findings(
            self.function,
            {
                "AwsSolutions-L1": "All dependencies have wheels for Python 3.13. The machine that "
                "deploys needs the same version to compile bytecode, which halves cold starts",
                "Annotation::@aws-cdk/aws-lambda:snapStartRequirePublish": "The alias publishes a "
                "version",
            },
        )
        # SnapStart takes snapshots of published versions only.
        entry = self.function.add_alias("live") if snap_start else self.function
        self.entry = cast("lambda_.IFunction", entry)

    def run_once(self) -> None:
        """Never retry an asynchronous call, and keep it in the queue for at most a minute.

        Lambda's defaults are two retries, and six hours in the queue without free executions.
        https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
        """
        self.entry.configure_async_invoke(
            retry_attempts=0, max_event_age=Duration.seconds(MAX_QUEUE_SECONDS)
        )

    def allow(self, statement: iam.PolicyStatement) -> None:
        """Add a statement to the policy of the function's role."""
        self.role.add_to_policy(statement)

    def allow_itself(self) -> None:
        """Let the function invoke itself, in a policy that the function doesn't depend on.

        CDK makes a function depend on its role's own policy, which would make a circle.
        """
        statement = iam.PolicyStatement(
            actions=["lambda:InvokeFunction"], resources=[self.entry.function_arn]
        )
        policy = iam.Policy(self, "Itself", statements=[statement])
        policy.attach_to_role(cast("iam.IRole", self.role))
