"""Tests of the table, the secrets, and the outputs."""

import json
from typing import TYPE_CHECKING, Any

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
        assert index["Projection"]["ProjectionType"] == "INCLUDE"
        assert set(index["Projection"]["NonKeyAttributes"]) == {"kind", "created_at", "name"}


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


def test_livekit_s_secret_is_a_placeholder_and_the_others_are_generated(
    production: "Template",
) -> None:
    placeholders = [
        secret["SecretString"]
        for _, secret in production.all("AWS::SecretsManager::Secret")
        if "SecretString" in secret
    ]
    assert [json.loads(value) for value in placeholders] == [
        {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""}
    ]
    generated = [
        secret["GenerateSecretString"]
        for _, secret in production.all("AWS::SecretsManager::Secret")
        if "GenerateSecretString" in secret
    ]
    assert len(generated) == 2
    assert all(secret["PasswordLength"] >= 48 for secret in generated)


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
