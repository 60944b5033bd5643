"""The three secrets. Functions read them at run time: none is in a template or a variable."""

import json

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.accepted import accept


class Secrets(Construct):
    """LiveKit's keys, the site's own key, and what CloudFront shows to the API."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.livekit = secretsmanager.Secret(
            self,
            "LiveKit",
            description="LiveKit's API key and secret; filled by the operator",
            # A placeholder, not a secret. Later deployments leave what the operator put here.
            secret_string_value=SecretValue.unsafe_plain_text(
                json.dumps({"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""})
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.site = secretsmanager.Secret(
            self,
            "Site",
            description="cookieKey signs guest ids and sign-ins in progress; "
            "oidcClientSecret, where the identity provider gave one, is added by the operator",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 - holds none
                generate_string_key="cookieKey",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.origin = secretsmanager.Secret(
            self,
            "Origin",
            description="CloudFront sends it to the API, which answers nobody else",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=48, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(
            self,
            {
                "AwsSolutions-SMG4": "LiveKit gives out its keys, which the operator changes (the "
                "previous one is honoured meanwhile); a new cookie key would make all guests "
                "strangers; the origin's secret changes with a deployment of CloudFront"
            },
        )
