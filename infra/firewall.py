"""An optional web ACL in front of CloudFront: it costs by the month, so operators switch it on."""

from typing import Final

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

REQUESTS_IN_FIVE_MINUTES: Final = 2000
"""From one address; a household behind one address stays far below."""


class Firewall(Construct):
    """AWS's common rules, and a limit for each address. Only in us-east-1, as CloudFront wants."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as("Acl"),
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
                    visibility_config=_seen_as("RateByAddress"),
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
                    visibility_config=_seen_as("Common"),
                ),
            ],
        )
        self.acl_arn = acl.attr_arn


def _seen_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=f"Footlight{name}",
        sampled_requests_enabled=True,
    )
