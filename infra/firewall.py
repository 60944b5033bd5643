"""An optional web ACL in front of CloudFront. Off by default because of its monthly price."""

from typing import Final

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

REQUESTS_IN_FIVE_MINUTES: Final = 2000
"""From one address. A household behind one address sends far fewer."""


class Firewall(Construct):
    """AWS's common rules and a rate limit per address. CloudFront requires it in us-east-1."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility("Acl"),
            rules=[
                wafv2.CfnWebACL.RuleProperty(
                    name="RateByAddress",
                    priority=0,
                    action=wafv2.CfnWebACL.RuleActionProperty(block={}),
                    statement=wafv2.CfnWebACL.StatementProperty(
                        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="IP", limit=REQUESTS_IN_FIVE_MINUTES
                        )
                    ),
                    visibility_config=_visibility("RateByAddress"),
                ),
                wafv2.CfnWebACL.RuleProperty(
                    name="Common",
                    priority=1,
                    override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
                    statement=wafv2.CfnWebACL.StatementProperty(
                        managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                            vendor_name="AWS", name="AWSManagedRulesCommonRuleSet"
                        )
                    ),
                    visibility_config=_visibility("Common"),
                ),
            ],
        )
        self.acl_arn = acl.attr_arn


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=f"Footlight{name}",
        sampled_requests_enabled=True,
    )
