"""Tests that an upgrade replaces nothing that holds data. `kept.json` is what is deployed.

CloudFormation replaces a resource if its logical id or one of these properties changes. A replaced
table or user pool stays, but the site starts with an empty one. "Update requires: Replacement" is
documented for each property in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from .conftest import Template

FILE: Final = Path(__file__).with_name("kept.json")

PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    # Its address is part of the distribution's origin.
    "AWS::ApiGatewayV2::Api": ("ProtocolType",),
    # Its domain is the site's address, and the callback at the identity provider.
    "AWS::CloudFront::Distribution": (),
    # The sort key's, the index's, and the projection's changes are refused or replace the table.
    "AWS::DynamoDB::GlobalTable": (
        "AttributeDefinitions",
        "GlobalSecondaryIndexes",
        "KeySchema",
        "LocalSecondaryIndexes",
        "TableName",
    ),
    "AWS::Cognito::UserPool": (
        "AliasAttributes",
        "Schema",
        "UsernameAttributes",
        "UsernameConfiguration",
    ),
    # A new client id ends all sessions.
    "AWS::Cognito::UserPoolClient": ("GenerateSecret", "UserPoolId"),
    "AWS::Cognito::UserPoolDomain": ("Domain", "UserPoolId"),
    # A changed generator or value writes a new value over the operator's.
    "AWS::SecretsManager::Secret": ("GenerateSecretString", "Name", "SecretString"),
}
"""The properties that must not change, by type of resource."""

WAY_OUT: Final = """
{change}

Deployed sites would lose data, or the deployment would fail. If the change is needed, add the new
resource next to the old one, and remove the old one in a later release:

- a new index: add it under a new name, deploy, wait for its backfill, then let the code query it.
  DynamoDB adds one index in each deployment.
- new attributes of items in an index: write a step for `make migrate` that rewrites the items.
- another key of the table: add a second table, let the code write both, copy the items with a
  step for `make migrate`, let the code read the new one, then stop writing the old one.
- a secret: never change its generator. Add a key that the code creates if it is missing, or add
  another secret.
- the user pool: a pool can't be copied with its passwords. Add a second pool with a Lambda trigger
  for migration: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html
- a logical id: give the construct its old id, or call `override_logical_id`.

Then write how operators upgrade into CHANGELOG.md, and store the new state:

    .venv/bin/python -m tests.infra.test_kept
"""


def kept(template: "Template") -> dict[str, dict[str, Any]]:
    """Return what must not change, by logical id."""
    return {
        id: {
            "Type": resource["Type"],
            **{
                name: resource["Properties"][name]
                for name in PROPERTIES[resource["Type"]]
                if name in resource["Properties"]
            },
        }
        for id, resource in template.resources.items()
        if resource["Type"] in PROPERTIES
    }


def test_an_upgrade_replaces_nothing_that_holds_data(production: "Template") -> None:
    stored, now = json.loads(FILE.read_text()), kept(production)
    changed: list[str] = []
    for id in sorted(stored.keys() | now.keys()):
        was, becomes = stored.get(id, {}), now.get(id, {})
        for name in sorted(was.keys() | becomes.keys()):
            if was.get(name) != becomes.get(name):
                changed.append(f"{id} {name}: {was.get(name)} becomes {becomes.get(name)}")
    if changed:
        pytest.fail(WAY_OUT.format(change="\n".join(changed)))


def test_settings_replace_nothing_that_holds_data(each: "Template", production: "Template") -> None:
    """A setting may remove the table or the pool, which both stay, but not change one."""
    without_settings = kept(production)
    for id, resource in kept(each).items():
        assert resource == without_settings[id]


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::GlobalTable", "AWS::Cognito::UserPool"])
def test_what_holds_data_stays_if_it_is_replaced_after_all(
    production: "Template", full: "Template", kind: str
) -> None:
    for template in (production, full):
        for resource in template.resources.values():
            if resource["Type"] == kind:
                assert resource["DeletionPolicy"] == "Retain"
                assert resource["UpdateReplacePolicy"] == "Retain"


if __name__ == "__main__":
    from tests.support import templates

    from .conftest import Template

    state = kept(Template(templates.template("production")))
    FILE.write_text(json.dumps(state, indent=2, sort_keys=True) + "\n")
