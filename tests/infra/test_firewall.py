"""Tests of the web ACL: webhooks and ordinary chat pass, floods from one address do not."""

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from footlight.edge.http import ErrorBody
from footlight.errors import RateLimited

if TYPE_CHECKING:
    from .conftest import Template

BODY_RULES: Final = {
    "SizeRestrictions_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "CrossSiteScripting_BODY",
}
"""Rules of AWSManagedRulesCommonRuleSet that inspect a body.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""


def matches(statement: dict[str, Any], method: str, path: str) -> bool:
    """Return whether a statement of the web ACL matches a request."""
    ((kind, inner),) = statement.items()
    if kind == "NotStatement":
        return not matches(inner["Statement"], method, path)
    if kind == "AndStatement":
        return all(matches(one, method, path) for one in inner["Statements"])
    assert kind == "ByteMatchStatement"
    (field,) = inner["FieldToMatch"]
    value = {"Method": method, "UriPath": path}[field]
    compare = {"EXACTLY": value.__eq__, "STARTS_WITH": value.startswith}
    return bool(compare[inner["PositionalConstraint"]](inner["SearchString"]))


def rules_for(template: "Template", method: str, path: str) -> dict[str, dict[str, Any]]:
    """Return the statements that apply to a request, by name of their rule."""
    applied: dict[str, dict[str, Any]] = {}
    for rule in template.one("AWS::WAFv2::WebACL")["Rules"]:
        (statement,) = rule["Statement"].values()
        scope = statement.get("ScopeDownStatement")
        if scope is None or matches(scope, method, path):
            applied[rule["Name"]] = statement
    return applied


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/api/webhook/livekit", None),
        ("GET", "/", 10_000),
        ("GET", "/assets/index-abc123.js", 10_000),
        ("GET", "/api/pages/live/", None),
        ("GET", "/api/pages/live/ann", None),
        ("POST", "/api/pages/live/ann", 2_000),
        ("GET", "/api/pages/live", 10_000),
        ("HEAD", "/api/pages/home", 10_000),
        ("POST", "/api/token", 2_000),
        ("POST", "/api/chat/ann", 2_000),
        ("DELETE", "/api/follows/ann", 2_000),
        ("POST", "/api/webhook/livekit/x", 2_000),
    ],
)
def test_requests_from_one_address_are_limited_except_webhooks_and_polls(
    second: "Template", method: str, path: str, limit: int | None
) -> None:
    applied = rules_for(second, method, path)
    limits = [statement["Limit"] for statement in applied.values() if "Limit" in statement]
    assert min(limits, default=None) == limit
    assert ("Common" in applied) is (path != "/api/webhook/livekit")


def test_ordinary_chat_messages_are_not_blocked(second: "Template") -> None:
    group = rules_for(second, "POST", "/api/chat/ann")["Common"]
    counted = {
        override["Name"]
        for override in group["RuleActionOverrides"]
        if override["ActionToUse"] == {"Count": {}}
    }
    # An identity provider's code may be longer than the 2,048 bytes that the last one allows.
    assert counted == BODY_RULES | {"SizeRestrictions_QUERYSTRING"}


def test_a_limited_request_gets_an_error_that_pages_can_read(second: "Template") -> None:
    acl = second.one("AWS::WAFv2::WebACL")
    responses = [
        rule["Action"]["Block"]["CustomResponse"] for rule in acl["Rules"] if "Action" in rule
    ]
    assert len(responses) == 2
    for response in responses:
        assert response["ResponseCode"] == RateLimited.status
        body = acl["CustomResponseBodies"][response["CustomResponseBodyKey"]]
        assert body["ContentType"] == "APPLICATION_JSON"
        error = ErrorBody.model_validate(json.loads(body["Content"])).error
        assert (error.code, error.message) == (RateLimited.code, RateLimited.message)
