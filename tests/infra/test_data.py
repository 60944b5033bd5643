"""Do people's data survive mistakes, and are secrets kept out of sight?"""

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conftest import Reading


def table(template: "Reading") -> dict[str, Any]:
    return template.one("AWS::DynamoDB::GlobalTable")


def policies(template: "Reading", kind: str) -> set[str]:
    return {
        resource.get("DeletionPolicy", "Delete")
        for resource in template.resources.values()
        if resource["Type"] == kind
    }


def test_the_table_has_the_keys_and_the_index_that_the_code_asks_for(
    production: "Reading", laptop: "Reading"
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


def test_the_table_can_be_restored_and_is_not_deleted_by_mistake(production: "Reading") -> None:
    (replica,) = table(production)["Replicas"]
    assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert replica["DeletionProtectionEnabled"] is True
    assert policies(production, "AWS::DynamoDB::GlobalTable") == {"Retain"}


def test_a_laptop_keeps_nothing(laptop: "Reading") -> None:
    assert policies(laptop, "AWS::DynamoDB::GlobalTable") == {"Delete"}
    assert policies(laptop, "AWS::Cognito::UserPool") == {"Delete"}
    (replica,) = table(laptop)["Replicas"]
    assert not replica.get("DeletionProtectionEnabled")


def test_livekit_s_secret_is_a_placeholder_and_the_others_are_generated(
    production: "Reading",
) -> None:
    given = [
        secret["SecretString"]
        for _, secret in production.all("AWS::SecretsManager::Secret")
        if "SecretString" in secret
    ]
    assert [json.loads(value) for value in given] == [
        {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""}
    ]
    generated = [
        secret["GenerateSecretString"]
        for _, secret in production.all("AWS::SecretsManager::Secret")
        if "GenerateSecretString" in secret
    ]
    assert len(generated) == 2
    assert all(each["PasswordLength"] >= 48 for each in generated)


def test_no_output_shows_a_secret(production: "Reading") -> None:
    assert "resolve:" not in str(production.template["Outputs"])


def test_outputs_are_those_that_tools_read(production: "Reading", laptop: "Reading") -> None:
    for template in (production, laptop):
        assert set(template.template["Outputs"]) == {
            *("SiteUrl", "ApiUrl", "WebhookUrl", "DistributionId", "DistributionDomain"),
            *("SiteBucket", "UserPoolId", "ClientId", "Issuer", "TableName"),
            *("LiveKitSecretName", "SiteConfig"),
        }


def test_the_stack_asks_for_livekit_s_address_only_where_it_is_not_set(
    production: "Reading", full: "Reading"
) -> None:
    parameter = production.template["Parameters"]["LiveKitUrl"]
    assert "Default" not in parameter
    assert "LiveKitUrl" not in full.template["Parameters"]
    assert full.environment("token")["FOOTLIGHT_LIVEKIT_URL"] == "wss://studio.livekit.cloud"
