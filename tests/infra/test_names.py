"""Tests that several deployments fit in one account, and in one region of it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from infra.config import InvalidSettings, read_config
from infra.names import MAX_LENGTH, MAX_REGION_LENGTH, MAX_STACK_LENGTH, global_name

from .conftest import text

if TYPE_CHECKING:
    from .conftest import Template

GLOBAL: Final = {
    # CloudFront and WAF for CloudFront have one namespace per account.
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig.Name"),
    ("AWS::CloudFront::Function", "Name"),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig.Name"),
    ("AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicyConfig.Name"),
    ("AWS::WAFv2::WebACL", "Rules.*.VisibilityConfig.MetricName"),
    ("AWS::WAFv2::WebACL", "VisibilityConfig.MetricName"),
    ("AWS::Budgets::Budget", "Budget.BudgetName"),
}
"""Names that must be unique in the whole account."""

REGIONAL: Final = {
    ("AWS::ApiGatewayV2::Api", "Name"),
    ("AWS::CloudWatch::Dashboard", "DashboardName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::Lambda::LayerVersion", "LayerName"),
    ("AWS::Logs::LogGroup", "LogGroupName"),
    ("AWS::SQS::Queue", "QueueName"),
}
"""Names that must be unique in one region, or by which an operator knows a deployment."""

LOCAL: Final = (
    r"AWS::(DynamoDB::GlobalTable|Table)",  # attributes, indexes
    r"AWS::IAM::Policy PolicyName",  # inline: unique in its role
    r"AWS::CloudFront::Distribution .*(DomainName|HeaderName)",
    r"AWS::CloudWatch::Alarm .*(MetricName|Dimensions\.\*\.Name)",
    r"AWS::Cognito::UserPool AccountRecoverySetting\..*Name",
    r"AWS::WAFv2::WebACL .*\.(Vendor)?Name",
    r"AWS::ApiGatewayV2::Stage StageName",  # unique in its API
    # They refer to another resource.
    r"AWS::Lambda::(Permission|Alias|Version|EventInvokeConfig) FunctionName",
    r"AWS::Lambda::(Alias|EventSourceMapping) (Name|FunctionName)",
    r"Custom::\w+ (Destination)?BucketName",
    r"AWS::Logs::MetricFilter .*",
)
"""Names inside a resource, or of another resource."""


def names(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and value of every property whose name ends with `Name`."""
    if isinstance(value, list):
        for item in value:
            yield from names(item, f"{path}.*")
    elif isinstance(value, dict) and not any(key.startswith("Fn::") for key in value):
        for key, item in value.items():
            here = f"{path}.{key}".removeprefix(".")
            if key.endswith("Name"):
                yield here, item
            else:
                yield from names(item, here)


def physical_names(template: "Template") -> Iterator[tuple[str, str, str]]:
    """Yield type, path, and value of each name outside of `LOCAL`."""
    for resource in template.resources.values():
        for path, value in names(resource.get("Properties", {})):
            if not any(re.match(local, f"{resource['Type']} {path}") for local in LOCAL):
                yield resource["Type"], path, text(value)


def test_every_name_of_an_account_has_the_region_and_the_stack_s_name(
    production: "Template", full: "Template", second: "Template"
) -> None:
    for template, stack in ((production, "Footlight"), (full, "Footlight"), (second, "Second")):
        found = list(physical_names(template))
        assert {kind for kind, _, _ in found} >= {"AWS::CloudFront::OriginAccessControl"}
        for kind, path, name in found:
            assert (kind, path) in GLOBAL | REGIONAL, f"{kind} {path}: where must it be unique?"
            assert stack in name or "<AWS::StackName>" in name, f"{kind} {path}: {name}"
            if (kind, path) in GLOBAL:
                assert "<AWS::Region>" in name, f"{kind} {path}: {name}"


def test_two_deployments_share_no_name(
    production: "Template", full: "Template", second: "Template"
) -> None:
    first = {
        (kind, name.replace("<AWS::StackName>", "Footlight"))
        for template in (production, full)
        for kind, _, name in physical_names(template)
    }
    other = {
        (kind, name.replace("<AWS::StackName>", "Second"))
        for kind, _, name in physical_names(second)
    }
    assert len(first) > 8
    assert len(other) > 8
    assert not first & other


def test_the_longest_name_fits(production: "Template", second: "Template") -> None:
    for template in (production, second):
        for kind, path, name in physical_names(template):
            if (kind, path) in GLOBAL:
                size = len(name.replace("<AWS::Region>", "").replace("<AWS::StackName>", ""))
                longest = size + MAX_REGION_LENGTH + MAX_STACK_LENGTH
                assert longest <= MAX_LENGTH, f"{kind} {path}: {name}"


def test_the_setting_accepts_exactly_the_names_that_fit() -> None:
    assert read_config({"name": "A" * MAX_STACK_LENGTH}).name == "A" * MAX_STACK_LENGTH
    with pytest.raises(InvalidSettings):
        read_config({"name": "A" * (MAX_STACK_LENGTH + 1)})


def test_a_kind_that_is_too_long_is_rejected() -> None:
    with pytest.raises(ValueError, match="TooLongAKind"):
        global_name("TooLongAKind")
