"""What a deleted stack, or a failed first deploy, leaves behind, and how to remove it.

The table and the user pool are kept because they contain people's data. Nothing here deletes them.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from operations.deployment import Deployment


@dataclass(frozen=True)
class Leftover:
    """A resource without a stack, and the commands that remove it."""

    kind: str
    name: str
    commands: tuple[str, ...]


def leftovers(deployment: Deployment) -> list[Leftover]:
    """Return resources with names as this stack's, which don't belong to it."""
    return [
        *_tables(deployment),
        *_user_pools(deployment),
        *_log_groups(deployment),
    ]


def _tables(deployment: Deployment) -> Generator[Leftover]:
    kept = set(deployment.stack.names("AWS::DynamoDB::GlobalTable"))
    pages = deployment.client("dynamodb").get_paginator("list_tables").paginate()
    for name in (name for page in pages for name in page["TableNames"]):
        if name not in kept and _is_named(name, deployment.stack.name, "Table"):
            yield Leftover(
                "table",
                name,
                (
                    f"aws dynamodb update-table --table-name {name} "
                    "--no-deletion-protection-enabled",
                    f"aws dynamodb delete-table --table-name {name}",
                ),
            )


def _user_pools(deployment: Deployment) -> Generator[Leftover]:
    kept = set(deployment.stack.names("AWS::Cognito::UserPool"))
    pages = deployment.client("cognito-idp").get_paginator("list_user_pools")
    pools: list[dict[str, Any]] = [
        pool for page in pages.paginate(MaxResults=60) for pool in page["UserPools"]
    ]
    for pool in pools:
        name = pool["Name"]
        if pool["Id"] in kept or not _is_named(name, deployment.stack.name, "People"):
            continue
        domain = (
            deployment.client("cognito-idp")
            .describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
            .get("Domain")
        )
        remove_domain = (
            f"aws cognito-idp delete-user-pool-domain --user-pool-id {pool['Id']} --domain {domain}"
        )
        yield Leftover(
            "user pool",
            f"{pool['Id']} ({name})",
            (
                *((remove_domain,) if domain else ()),
                f"aws cognito-idp update-user-pool --user-pool-id {pool['Id']} "
                "--deletion-protection INACTIVE",
                f"aws cognito-idp delete-user-pool --user-pool-id {pool['Id']}",
            ),
        )


def _log_groups(deployment: Deployment) -> Generator[Leftover]:
    if deployment.stack.resources:
        return
    prefix = f"/aws/lambda/{deployment.stack.name}-"
    pages = deployment.client("logs").get_paginator("describe_log_groups")
    for page in pages.paginate(logGroupNamePrefix=prefix):
        for group in page["logGroups"]:
            name = group["logGroupName"]
            yield Leftover(
                "log group", name, (f"aws logs delete-log-group --log-group-name {name}",)
            )


def _is_named(name: str, stack: str, construct: str) -> bool:
    """Return whether CloudFormation made this name from the stack's and a construct's id."""
    return re.match(rf"{re.escape(stack)}-{construct}\w*[0-9A-F]{{8}}", name) is not None
