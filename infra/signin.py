"""Who says who somebody is? Cognito made by the stack, or a provider that the operator has."""

from dataclasses import dataclass

from aws_cdk import Aws, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.accepted import accept
from infra.local import Place

SHORTEST_PASSWORD = 12


@dataclass(frozen=True)
class Issuer:
    """What the functions need to know of an identity provider."""

    issuer: str
    client_id: str
    audience: str
    discovery_url: str | None = None
    """Where the metadata lie, if not at the issuer."""


class UserPool(Construct):
    """A Cognito user pool with its hosted sign-in page; people sign up and in by e-mail."""

    def __init__(self, scope: Construct, id: str, *, place: Place, site_url: str) -> None:
        super().__init__(scope, id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                # Length and no rules of composition, as NIST SP 800-63B 5.1.1 has it.
                min_length=SHORTEST_PASSWORD,
                require_digits=False,
                require_lowercase=False,
                require_symbols=False,
                require_uppercase=False,
            ),
            feature_plan=cognito.FeaturePlan.ESSENTIALS,  # Lite has no rotation of refresh tokens
            deletion_protection=place.keeps_data,
            removal_policy=RemovalPolicy.RETAIN if place.keeps_data else RemovalPolicy.DESTROY,
        )
        accept(
            self.pool,
            {
                "AwsSolutions-COG1": "Length in place of rules of composition: NIST SP 800-63B, "
                "5.1.1.2",
                "AwsSolutions-COG2": "TOTP is offered; people choose for themselves",
                "AwsSolutions-COG8": "Threat protection costs for each person and month",
            },
        )
        # A prefix is unique in its region: the stack's own id, which stays as long as the stack.
        stack_uuid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        self.pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=Fn.join("-", ["footlight", Fn.select(0, Fn.split("-", stack_uuid))])
            ),
        )
        self.client = self.pool.add_client(
            "Site",
            # Public, with PKCE: the code and the refresh token never leave our server, and a
            # client secret would have to pass through the template.
            generate_secret=False,
            # Only by IAM: nobody signs in past the hosted page. (None at all would mean Cognito's
            # default, which has the refresh flow that rotation forbids.)
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=[f"{site_url}/api/session/callback"],
                logout_urls=[f"{site_url}/"],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(30),
            id_token_validity=Duration.minutes(30),
            refresh_token_validity=Duration.days(30),
            # An answer that was lost on its way can be asked for again.
            refresh_token_rotation_grace_period=Duration.seconds(60),
        )
        client_id = self.client.user_pool_client_id
        self.issuer = Issuer(
            # What the attribute ProviderURL is, which the emulator does not know.
            issuer=f"https://{self.pool.user_pool_provider_name}",
            client_id=client_id,
            audience=client_id,
            discovery_url=place.discovery_url(self.pool),
        )
