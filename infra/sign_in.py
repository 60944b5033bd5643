"""The identity provider: a Cognito user pool of the stack, or the operator's own provider."""

from dataclasses import dataclass
from email.utils import formataddr
from html import escape

from aws_cdk import Aws, Duration, Fn, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.accepted import accept_findings
from infra.config import Config, Sender
from infra.local import Place

MIN_PASSWORD_LENGTH = 12


@dataclass(frozen=True)
class Issuer:
    """The settings of an identity provider that functions use."""

    issuer: str
    client_id: str
    audience: str
    discovery_url: str | None = None
    """URL of the metadata, if it isn't under the issuer's URL."""
    has_passkeys: bool = False
    """People may add passkeys from the site, which other providers have in their own."""


class UserPool(Construct):
    """A Cognito user pool with its managed login pages, where people sign up and sign in by email.

    People may add passkeys there: after they sign up, or later from the site's dashboard. A passkey
    replaces the password, and the device asks for its PIN or a fingerprint.
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html#amazon-cognito-user-pools-authentication-flow-methods-passkey
    """

    def __init__(
        self, scope: Construct, id: str, *, place: Place, site_url: str, config: Config
    ) -> None:
        super().__init__(scope, id)
        self.pool = self._pool(place, site_url, config)
        self._add_domain()
        self.client = self._client(site_url, place)
        if place.has_login_style:
            # Without a style for the client, the managed login pages aren't available.
            cognito.CfnManagedLoginBranding(
                self,
                "Style",
                user_pool_id=self.pool.user_pool_id,
                client_id=self.client.user_pool_client_id,
                use_cognito_provided_values=True,
            )
        client_id = self.client.user_pool_client_id
        self.issuer = Issuer(
            # Equal to the attribute ProviderURL, which the emulator doesn't support.
            issuer=f"https://{self.pool.user_pool_provider_name}",
            client_id=client_id,
            audience=client_id,
            discovery_url=place.discovery_url(self.pool),
            has_passkeys=place.has_login_style,
        )

    def _pool(self, place: Place, site_url: str, config: Config) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "Pool",
            # Sets `AllowAdminCreateUserOnly`, in place:
            # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-cognito-userpool-admincreateuserconfig.html
            self_sign_up_enabled=config.sign_up == "open",
            email=_email(config.sender, config.site_name) if config.sender else None,
            user_invitation=_invitation(config.site_name, site_url) if config.sender else None,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            sign_in_policy=cognito.SignInPolicy(
                allowed_first_auth_factors=cognito.AllowedFirstAuthFactors(
                    password=True, passkey=True
                )
            ),
            # By default, passkeys belong to the pool's own domain, where people sign in.
            passkey_user_verification=cognito.PasskeyUserVerification.REQUIRED,
            # Only an operator can enroll someone in TOTP. The managed login pages enroll no one
            # while MFA is optional, and required MFA would rule out passkeys.
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                # A minimum length without composition rules, as NIST SP 800-63B 5.1.1 recommends.
                min_length=MIN_PASSWORD_LENGTH,
                require_digits=False,
                require_lowercase=False,
                require_symbols=False,
                require_uppercase=False,
            ),
            feature_plan=cognito.FeaturePlan.ESSENTIALS,  # Lite can't rotate refresh tokens
            deletion_protection=place.keeps_data,
            removal_policy=RemovalPolicy.RETAIN if place.keeps_data else RemovalPolicy.DESTROY,
        )
        accept_findings(
            pool,
            {
                "AwsSolutions-COG1": "A minimum length replaces composition rules: "
                "NIST SP 800-63B, 5.1.1.2",
                "AwsSolutions-COG2": "People may add passkeys, which required MFA would rule out",
                "AwsSolutions-COG8": "Threat protection has a monthly price per user",
            },
        )
        return pool

    def _add_domain(self) -> None:
        # The prefix must be unique in its region, so it comes from the stack's id, which is fixed.
        stack_uuid = Fn.select(2, Fn.split("/", Aws.STACK_ID))
        self.pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=Fn.join("-", ["footlight", Fn.select(0, Fn.split("-", stack_uuid))])
            ),
            # The classic pages know no passkeys.
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )

    def _client(self, site_url: str, place: Place) -> cognito.UserPoolClient:
        return self.pool.add_client(
            "Site",
            # A public client with PKCE. The code and the refresh token never leave our server,
            # and a client secret would have to pass through the template.
            generate_secret=False,
            # The choice between password and passkey (USER_AUTH) is open to the API too. Otherwise
            # only IAM principals may sign a user in. The refresh flow would forbid rotation.
            auth_flows=cognito.AuthFlow(admin_user_password=True, user=place.has_login_style),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=[
                    f"{site_url}/api/session/{page}" for page in ("callback", "passkey")
                ],
                logout_urls=[f"{site_url}/"],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(30),
            id_token_validity=Duration.minutes(30),
            refresh_token_validity=Duration.days(30),
            # A client can retry if the response was lost.
            refresh_token_rotation_grace_period=Duration.seconds(60),
        )


def _email(sender: Sender, site_name: str) -> cognito.UserPoolEmail:
    """Return the configuration with which Cognito sends emails through SES.

    Cognito may use the identity by a service-linked role, so SES needs no policy. The identity is
    the address. If only its domain is verified, SES accepts it too.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_EmailConfigurationType.html
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
    """
    name = formataddr((site_name, sender.address)).removesuffix(f" <{sender.address}>")
    return cognito.UserPoolEmail.with_ses(
        from_email=sender.address,
        from_name=name,
        reply_to=sender.reply_to,
        ses_region=Aws.REGION,
    )


def _invitation(site_name: str, site_url: str) -> cognito.UserInvitationConfig:
    """Return the email of `make invite`. Cognito's own names no site, and SES allows another.

    https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-message-customizations.html
    """
    return cognito.UserInvitationConfig(
        email_subject=f"Your invitation to {site_name}",
        email_body=f"You are invited to {escape(site_name)}: {site_url}<br>"
        "Sign in with {username} and the temporary password {####}, which is valid for 7 days.",
    )
