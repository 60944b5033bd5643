"""Is the stack on a laptop the stack of production, but for what `infra/local.py` says?"""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Reading

ONLY_ON_AWS = {
    "AWS::CloudWatch::Alarm",
    "AWS::Lambda::LayerVersion",
    "Custom::CDKBucketDeployment",
    "Custom::S3AutoDeleteObjects",
}
BROUGHT_BY_THEM = {
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
}


def kinds(template: "Reading") -> Counter[str]:
    return Counter(resource["Type"] for resource in template.resources.values())


def test_a_laptop_has_every_kind_of_resource_that_it_can(
    production: "Reading", laptop: "Reading"
) -> None:
    missing = kinds(production) - kinds(laptop)
    assert set(missing) <= ONLY_ON_AWS | BROUGHT_BY_THEM
    assert not kinds(laptop) - kinds(production)


def test_a_laptop_s_api_is_an_origin_that_resolves(laptop: "Reading") -> None:
    config = laptop.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    (api,) = [origin for origin in config["Origins"] if "CustomOriginConfig" in origin]
    assert api["DomainName"] == "localhost"
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "http-only"


def test_a_laptop_s_api_may_be_called_beside_the_site(laptop: "Reading") -> None:
    for function in laptop.functions():
        assert "FOOTLIGHT_ORIGIN_SECRET_ID" not in laptop.environment(function)


def test_a_laptop_s_issuer_is_asked_for_its_keys_at_the_emulator(laptop: "Reading") -> None:
    address = str(laptop.environment("session")["FOOTLIGHT_OIDC_DISCOVERY_URL"])
    assert "http://localhost:" in address
    assert "/.well-known/openid-configuration" in address
