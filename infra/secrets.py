"""The three secrets. Functions read them at run time; no template or variable holds a value.

Never change what the template generates. CloudFormation would generate a new value and discard the
operator's additions:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from typing import cast

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.accepted import accept_findings


class Secrets(Construct):
    """LiveKit's keys, the site's own key, and the value that CloudFront sends to the API."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.livekit = secretsmanager.Secret(
            self,
            "LiveKit",
            description="LiveKit API key and secret, set by the operator",
            removal_policy=RemovalPolicy.DESTROY,
        )
        # Without a value in the template, no deployment can overwrite what the operator has set.
        resource = cast("CfnResource", self.livekit.node.default_child)
        resource.add_property_deletion_override("GenerateSecretString")
        self.site = secretsmanager.Secret(
            self,
            "Site",
            description="Site keys: cookieKey signs guest ids and encrypts sessions. "
            "The operator adds oidcClientSecret if the identity provider issued one",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 - not a secret
                generate_string_key="cookieKey",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.origin = secretsmanager.Secret(
            self,
            "Origin",
            description="CloudFront sends this value to the API, which rejects requests without it",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept_findings(
            self,
            {
                "AwsSolutions-SMG4": "LiveKit issues its keys, and the operator rotates them while "
                "the previous key still works, as with the cookie key (make cookie-key). "
                "The origin secret can change only with a deployment of CloudFront"
            },
        )
