"""Tests that a laptop's stack equals production, except for what `infra/local.py` lists."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Template

ONLY_ON_AWS = {
    "AWS::CloudWatch::Alarm",
    "AWS::Cognito::ManagedLoginBranding",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::MetricFilter",
    "Custom::CDKBucketDeployment",
    "Custom::S3AutoDeleteObjects",
}
ADDED_BY_THEM = {
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
}


def kinds(template: "Template") -> Counter[str]:
    return Counter(resource["Type"] for resource in template.resources.values())


def test_a_laptop_has_every_kind_of_resource_that_the_emulator_supports(
    production: "Template", laptop: "Template"
) -> None:
    missing = kinds(production) - kinds(laptop)
    assert set(missing) <= ONLY_ON_AWS | ADDED_BY_THEM
    assert not kinds(laptop) - kinds(production)


def test_a_laptop_s_api_origin_resolves(laptop: "Template") -> None:
    config = laptop.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    apis = [origin for origin in config["Origins"] if "CustomOriginConfig" in origin]
    assert len(apis) == 2  # of the API's routes, and of channels' pages
    for api in apis:
        assert api["DomainName"] == "localhost"
        assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "http-only"


def test_a_laptop_s_api_may_be_called_directly(laptop: "Template") -> None:
    for function in laptop.functions():
        assert "FOOTLIGHT_ORIGIN_SECRET_ID" not in laptop.environment(function)


def test_a_laptop_discovers_the_issuer_at_the_emulator(laptop: "Template") -> None:
    address = str(laptop.environment("session")["FOOTLIGHT_OIDC_DISCOVERY_URL"])
    assert "http://localhost:" in address
    assert "/.well-known/openid-configuration" in address
