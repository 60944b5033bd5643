"""One Lambda function: its runtime, memory, logs, role, and zip, and the layer of all functions.

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

MEMORY_MB: Final = 512
"""Lambda assigns CPU in proportion to memory. Less memory slows cold starts and costs the same."""


FOR_LIBRARIES: Final = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""Environment variables that libraries read. pydantic would search all packages for plugins.
https://docs.pydantic.dev/latest/concepts/plugins/
"""

RESERVED: Final = {"webhook": 50, "reconcile": 50}
"""Concurrent executions that the setting `reserve` keeps for a function, which is also its maximum.
Lambda requires that 100 stay unreserved, so a new account with ten can't reserve any.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

MAX_QUEUE_SECONDS: Final = 60


def runtime(target: Target) -> lambda_.Runtime:
    """Return the runtime of the version that the functions are built for."""
    return lambda_.Runtime(
        f"python{target.python}", lambda_.RuntimeFamily.PYTHON, supports_snap_start=True
    )


def dependency_layer(scope: Construct, target: Target, *, linked: bool) -> lambda_.LayerVersion:
    """Return the layer that all functions share.

    A change of a dependency publishes a new version. CloudFormation deletes the old one only after
    the update of the whole stack, so a rollback still finds it, and versions of functions keep
    their layers after that. https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html

    An update of a function isn't atomic: its old code runs on the new layer for a few seconds.
    https://github.com/aws/aws-cdk/issues/8446
    """
    return lambda_.LayerVersion(
        scope,
        "Dependencies",
        layer_version_name=f"{Stack.of(scope).stack_name}-dependencies",
        description="Footlight: the dependencies of all functions",
        code=assets.layer(target, linked=linked),
        compatible_runtimes=[runtime(target)],
        compatible_architectures=[lambda_.Architecture.ARM_64],
    )


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
        layer: lambda_.ILayerVersion,
        environment: Mapping[str, str],
        timeout_seconds: int,
        snap_start: bool,
        reserves: bool,
    ) -> None:
        super().__init__(scope, f"{name.title()}Function")
        if snap_start:
            target.require_snap_start()
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
            runtime=runtime(target),
            architecture=lambda_.Architecture.ARM_64,
            handler=f"functions.{name}.handler.handler",
            code=assets.code(name, target),
            layers=[layer],
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
                **FOR_LIBRARIES,
                "POWERTOOLS_SERVICE_NAME": name,
                "POWERTOOLS_METRICS_NAMESPACE": Stack.of(self).stack_name,
            },
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            reserved_concurrent_executions=RESERVED.get(name) if reserves else None,
        )
        accept_findings(
            self.function,
            {
                "AwsSolutions-L1": "The runtime is the version of the Python that deploys, so that "
                "its bytecode matches, which halves cold starts",
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
