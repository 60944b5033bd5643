"""What a deploy would drop from the running stack, so that it stops and says so.

CloudFormation removes what the new template lacks, without a question. A deploy from a clone
without its `footlight.toml` would take the domain, the alarms, and the identity provider away.
Imports nothing of CDK.
"""

from collections.abc import Mapping, Set
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

RECORD: Final = "FootlightSettings"
"""The key of the template's metadata that holds the settings, as `Config.recorded`."""

DATA: Final = {
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::DynamoDB::Table": "table",
    "AWS::Cognito::UserPool": "userPool",
}
"""Resources that hold people's data, and what to write after `ALLOW=` to drop them."""

Template = Mapping[str, Any]


class UnreadableStack(Exception):
    """The running stack can't be read, for example without the right to do so."""


def running_template(name: str, *, account: str, region: str) -> Template | None:
    """Return the template of the running stack, or None if there is no such stack.

    Raises UnreadableStack. The CDK CLI doesn't pass its credentials on, so the account is compared:
    with `--profile`, this process may have credentials of another account.
    """
    try:
        session = boto3.Session(region_name=region)
        own_account = session.client("sts").get_caller_identity()["Account"]
        if own_account != account:
            raise UnreadableStack(
                f"these are credentials of account {own_account}, the CDK's are of {account}; "
                "set AWS_PROFILE instead of --profile"
            )
        return session.client("cloudformation").get_template(StackName=name)["TemplateBody"] or {}
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise UnreadableStack(str(error)) from error
    except BotoCoreError as error:
        raise UnreadableStack(str(error)) from error


def dropped(running: Template, new: Template, *, allowed: Set[str] = frozenset()) -> list[str]:
    """Return a line for each setting and each resource with data that only the running stack has.

    A setting that changes isn't dropped. Templates without a record of settings have none. The new
    setting `tableName` replaces the stack's own table on purpose.
    """
    lines: list[str] = []
    new_settings = _settings(new)
    if "tableName" in new_settings:
        allowed = {*allowed, "table"}
    for name, value in _settings(running).items():
        if name not in new_settings and name not in allowed:
            cure = "Restore the file" if "/" in name else "Set it in footlight.toml"
            lines.append(
                f"{name}: the running stack has {value!r}, and this deploy would drop it. {cure}, "
                f"or drop it on purpose: {_override(name)}"
            )
    kept = new.get("Resources", {})
    for id, resource in running.get("Resources", {}).items():
        name = DATA.get(resource["Type"])
        is_kept = id in kept and kept[id]["Type"] == resource["Type"]
        if name and name not in allowed and not is_kept:
            lines.append(
                f"{name}: the running stack has {id}, with people's data, and this deploy would "
                f"go on without it. To do that on purpose: {_override(name)}"
            )
    return lines


def unreadable(error: UnreadableStack, *, allowed: Set[str] = frozenset()) -> list[str]:
    """Return the line for a running stack that can't be read."""
    if "stack" in allowed:
        return []
    return [
        f"stack: the running stack can't be read ({error}), so this deploy might drop its "
        f"settings or data. To deploy without the comparison: {_override('stack')}"
    ]


def _override(name: str) -> str:
    return f"make deploy ALLOW={name} (or cdk deploy -c allow={name})"


def _settings(template: Template) -> Mapping[str, str]:
    return template.get("Metadata", {}).get(RECORD, {})
