"""Tests of the table, the secrets, and the outputs."""

from typing import TYPE_CHECKING, Any

from .conftest import text

if TYPE_CHECKING:
    from .conftest import Template


def table(template: "Template") -> dict[str, Any]:
    return template.one("AWS::DynamoDB::GlobalTable")


def policies(template: "Template", kind: str) -> set[str]:
    return {
        resource.get("DeletionPolicy", "Delete")
        for resource in template.resources.values()
        if resource["Type"] == kind
    }


def test_the_table_has_the_keys_and_the_index_that_the_code_uses(
    production: "Template", laptop: "Template"
) -> None:
    for template in (production, laptop):
        properties = table(template)
        assert properties["BillingMode"] == "PAY_PER_REQUEST"
        assert properties["TimeToLiveSpecification"] == {
            "AttributeName": "expires_at",
            "Enabled": True,
        }
        assert [key["AttributeName"] for key in properties["KeySchema"]] == ["pk", "sk"]
        (index,) = properties["GlobalSecondaryIndexes"]
        assert index["IndexName"] == "lists"
        assert [key["AttributeName"] for key in index["KeySchema"]] == ["list_pk", "list_sk"]
        assert index["Projection"] == {"ProjectionType": "ALL"}


def test_the_table_can_be_restored_and_is_protected_from_deletion(production: "Template") -> None:
    (replica,) = table(production)["Replicas"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert replica["DeletionProtectionEnabled"] is True
    assert policies(production, "AWS::DynamoDB::GlobalTable") == {"Retain"}


def test_a_laptop_deletes_all_data_with_the_stack(laptop: "Template") -> None:
    assert policies(laptop, "AWS::DynamoDB::GlobalTable") == {"Delete"}
    assert policies(laptop, "AWS::Cognito::UserPool") == {"Delete"}
    (replica,) = table(laptop)["Replicas"]
    assert not replica.get("DeletionProtectionEnabled")


def test_no_deployment_can_overwrite_livekit_s_secret(each: "Template") -> None:
    """CloudFormation writes a new value whenever the template's value or generator changes."""
    secrets = dict(each.all("AWS::SecretsManager::Secret"))
    assert len(secrets) == 3
    (livekit,) = [value for value in secrets.values() if "LiveKit" in value["Description"]]
    assert livekit.keys() == {"Description"}
    generated = [value for value in secrets.values() if value is not livekit]
    assert all(value["GenerateSecretString"]["PasswordLength"] >= 48 for value in generated)
    assert not any("SecretString" in value for value in generated)


def test_a_restored_table_replaces_the_stack_s_own(second: "Template") -> None:
    assert not list(second.all("AWS::DynamoDB::GlobalTable"))
    assert second.body["Outputs"]["TableName"]["Value"] == "restored"
    reached: set[str] = set()
    for function in second.functions():
        if "FOOTLIGHT_TABLE" in second.environment(function):
            assert second.environment(function)["FOOTLIGHT_TABLE"] == "restored"
        for statement in second.statements(function):
            if "dynamodb:" in str(statement["Action"]):
                resources = statement["Resource"]
                resources = resources if isinstance(resources, list) else [resources]
                reached |= set(map(text, resources))
    table = "arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/restored"
    assert reached == {table, f"{table}/index/lists"}


def test_no_resource_waits_for_itself(each: "Template") -> None:
    """CloudFormation refuses such a template: "Circular dependency between resources"."""
    assert [id for id in each.resources if id in each.needed_by(id)] == []


def test_no_output_contains_a_secret(production: "Template") -> None:
    assert "resolve:" not in str(production.body["Outputs"])


def test_the_stack_has_exactly_the_outputs_that_tools_read(
    production: "Template", laptop: "Template"
) -> None:
    for template in (production, laptop):
        assert set(template.body["Outputs"]) == {
            *("SiteUrl", "ApiUrl", "WebhookUrl", "DistributionId", "DistributionDomain"),
            *("SiteBucket", "UserPoolId", "ClientId", "Issuer", "TableName"),
            *("LiveKitSecretName", "SiteConfig"),
        }


def test_livekit_s_url_is_a_parameter_only_if_it_is_not_set(
    production: "Template", full: "Template"
) -> None:
    parameter = production.body["Parameters"]["LiveKitUrl"]
    assert "Default" not in parameter
    assert "LiveKitUrl" not in full.body["Parameters"]
    assert full.environment("token")["FOOTLIGHT_LIVEKIT_URL"] == "wss://studio.livekit.cloud"
