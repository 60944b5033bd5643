"""An optional web ACL in front of CloudFront. Off by default because of its monthly price.

CloudFront's flat-rate plans can't replace it. The smaller plans exclude our cache and headers
policies, and a distribution on a plan can't lose its web ACL in a later deployment:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html
"""

import json
from typing import Final

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.names import global_name

REQUESTS_IN_FIVE_MINUTES: Final = 10_000
CHANGES_IN_FIVE_MINUTES: Final = 2_000
"""From one address, which may be a school or an office with many viewers. A visit loads about 15
files."""

LIVE_STATUS: Final = "/api/pages/live/"
"""What waiting pages poll: 75 times in five minutes, so 130 waiting viewers would reach the limit.

CloudFront answers from its cache, for all channels that exist. The gateway limits the rest, see
`CROWDED`. The rules run before the cache, so AWS WAF bills each poll:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-event-request-response.html
"""

WEBHOOK: Final = "/api/webhook/livekit"
"""LiveKit sends thousands of events from a few addresses when an audience joins. They are
signed, so no rule applies to them."""

COUNTED: Final = (
    "SizeRestrictions_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "CrossSiteScripting_BODY",
    "SizeRestrictions_QUERYSTRING",
)
"""Rules of the group that would block what people write, and the long codes of identity providers.

The API validates bodies itself, and pages run no code from them.
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
"""

REFUSAL: Final = {
    "error": {
        "code": "rate_limited",
        "message": "Too many requests; try again shortly",
        "requestId": "",
        "retryAfterMs": 60_000,
    }
}
"""The API's own shape of an error, so that pages can read it."""

Statement = wafv2.CfnWebACL.StatementProperty
PATH: Final = wafv2.CfnWebACL.FieldToMatchProperty(uri_path={})
METHOD: Final = wafv2.CfnWebACL.FieldToMatchProperty(method={})


class Firewall(Construct):
    """AWS's common rules and rate limits per address. CloudFront requires it in us-east-1."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility("Acl"),
            custom_response_bodies={
                "RateLimited": wafv2.CfnWebACL.CustomResponseBodyProperty(
                    content_type="APPLICATION_JSON", content=json.dumps(REFUSAL)
                )
            },
            rules=[
                _rate_rule("Rate", 0, REQUESTS_IN_FIVE_MINUTES, _is_counted()),
                _rate_rule("Changes", 1, CHANGES_IN_FIVE_MINUTES, _is_change()),
                wafv2.CfnWebACL.RuleProperty(
                    name="Common",
                    priority=2,
                    override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
                    statement=Statement(
                        managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                            vendor_name="AWS",
                            name="AWSManagedRulesCommonRuleSet",
                            scope_down_statement=_is_not_webhook(),
                            rule_action_overrides=[
                                wafv2.CfnWebACL.RuleActionOverrideProperty(
                                    name=name,
                                    action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={}),
                                )
                                for name in COUNTED
                            ],
                        )
                    ),
                    visibility_config=_visibility("Common"),
                ),
            ],
        )
        self.acl_arn = acl.attr_arn


def _rate_rule(
    name: str, priority: int, limit: int, scope: wafv2.CfnWebACL.StatementProperty
) -> wafv2.CfnWebACL.RuleProperty:
    response = wafv2.CfnWebACL.CustomResponseProperty(
        response_code=429,
        custom_response_body_key="RateLimited",
        response_headers=[wafv2.CfnWebACL.CustomHTTPHeaderProperty(name="retry-after", value="60")],
    )
    return wafv2.CfnWebACL.RuleProperty(
        name=f"{name}ByAddress",
        priority=priority,
        action=wafv2.CfnWebACL.RuleActionProperty(
            block=wafv2.CfnWebACL.BlockActionProperty(custom_response=response)
        ),
        statement=Statement(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, scope_down_statement=scope
            )
        ),
        visibility_config=_visibility(name),
    )


def _is_not_webhook() -> wafv2.CfnWebACL.StatementProperty:
    return _not(_matches(PATH, "EXACTLY", WEBHOOK))


def _is_counted() -> wafv2.CfnWebACL.StatementProperty:
    """Match all requests but webhooks and polls. A rate rule counts only what its scope matches.

    https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-scope-down-statements.html
    """
    return Statement(
        and_statement=wafv2.CfnWebACL.AndStatementProperty(
            statements=[_is_not_webhook(), _not(_matches(PATH, "STARTS_WITH", LIVE_STATUS))]
        )
    )


def _is_change() -> wafv2.CfnWebACL.StatementProperty:
    """Match calls of the API that change something: all methods but GET and HEAD."""
    return Statement(
        and_statement=wafv2.CfnWebACL.AndStatementProperty(
            statements=[
                _matches(PATH, "STARTS_WITH", "/api/"),
                _is_not_webhook(),
                _not(_matches(METHOD, "EXACTLY", "GET")),
                _not(_matches(METHOD, "EXACTLY", "HEAD")),
            ]
        )
    )


def _not(statement: wafv2.CfnWebACL.StatementProperty) -> wafv2.CfnWebACL.StatementProperty:
    return Statement(not_statement=wafv2.CfnWebACL.NotStatementProperty(statement=statement))


def _matches(
    field: wafv2.CfnWebACL.FieldToMatchProperty, constraint: str, text: str
) -> wafv2.CfnWebACL.StatementProperty:
    return Statement(
        byte_match_statement=wafv2.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=field,
            positional_constraint=constraint,
            search_string=text,
            text_transformations=[
                wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")
            ],
        )
    )


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=global_name(name),
        sampled_requests_enabled=True,
    )
