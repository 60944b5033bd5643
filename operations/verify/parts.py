"""The stack's own parts: CloudFormation, CloudFront, the schedule, and the functions."""

from operations.checks import Absent, Failed
from operations.deployment import Deployment
from operations.table import require_backups, require_expiry


def stack(deployment: Deployment) -> str:
    """Require a stack whose last operation succeeded."""
    status = deployment.stack.status
    if not status.endswith("_COMPLETE") or "ROLLBACK" in status or status == "DELETE_COMPLETE":
        raise Failed(
            f"{deployment.stack.name} is {status}",
            f"aws cloudformation describe-stack-events --stack-name {deployment.stack.name}",
        )
    return f"{deployment.stack.name} is {status}"


def distribution(deployment: Deployment) -> str:
    """Require that CloudFront has deployed the distribution everywhere."""
    id = deployment.output("DistributionId")
    found = deployment.client("cloudfront").get_distribution(Id=id)["Distribution"]
    if not found["DistributionConfig"]["Enabled"]:
        raise Failed(f"{id} is disabled", "enable it in the CloudFront console, or: make deploy")
    if found["Status"] != "Deployed":
        raise Failed(
            f"{id} is {found['Status']}, and not yet the same everywhere",
            f"aws cloudfront wait distribution-deployed --id {id}",
        )
    return f"{id} is deployed"


def table(deployment: Deployment) -> str:
    """Require that items expire, and warn without a backup. A restored table has neither."""
    if deployment.on_emulator:
        raise Absent("expiry and backups, which the emulator's CloudFormation doesn't set")
    client, name = deployment.client("dynamodb"), deployment.output("TableName")
    require_expiry(client, name)
    require_backups(client, name)
    return f"{name} expires items and has point-in-time recovery"


def schedule(deployment: Deployment) -> str:
    """Require an enabled schedule, which starts the reconciler."""
    names = deployment.stack.names("AWS::Scheduler::Schedule")
    if not names:
        raise Failed("the stack has no schedule", "make deploy")
    for name in names:
        state = deployment.client("scheduler").get_schedule(Name=name)["State"]
        if state != "ENABLED":
            raise Failed(
                f"{name} is {state}, so lists can stay wrong",
                "enable it in the console under EventBridge → Schedules, or: make deploy",
            )
    return f"{len(names)} enabled"


def snap_start(deployment: Deployment) -> str:
    """Require a snapshot of each function that should have one.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html
    """
    lambda_ = deployment.client("lambda")
    uses = 0
    for name in deployment.stack.names("AWS::Lambda::Function"):
        configured = lambda_.get_function_configuration(FunctionName=name)
        if (configured.get("SnapStart") or {}).get("ApplyOn") != "PublishedVersions":
            continue
        uses += 1
        live = lambda_.get_function_configuration(FunctionName=name, Qualifier="live")
        if (live.get("SnapStart") or {}).get("OptimizationStatus") != "On":
            raise Failed(f"{name} starts without a snapshot", "make deploy")
    return f"on for {uses} functions" if uses else "off (the setting snapStart)"
