"""Tests of sign-in with Cognito and with the operator's own provider."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import text

if TYPE_CHECKING:
    from .conftest import Template


def test_the_client_uses_the_code_flow_and_returns_to_the_site(laptop: "Template") -> None:
    client = laptop.one("AWS::Cognito::UserPoolClient")
    assert client["AllowedOAuthFlows"] == ["code"]
    session = "http://localhost:8080/api/session"
    assert set(client["CallbackURLs"]) == {f"{session}/callback", f"{session}/passkey"}
    assert client["LogoutURLs"] == ["http://localhost:8080/"]
    assert client["GenerateSecret"] is False
    assert set(client["AllowedOAuthScopes"]) == {"openid", "email"}


def test_access_tokens_are_short_lived_and_refresh_tokens_rotate_and_can_be_revoked(
    production: "Template",
) -> None:
    client = production.one("AWS::Cognito::UserPoolClient")
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert 15 <= client["AccessTokenValidity"] <= 60
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    # Rotation forbids Cognito's own refresh flow.
    flows = {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"}
    assert set(client["ExplicitAuthFlows"]) == flows


def test_a_laptop_s_people_sign_in_on_one_page(laptop: "Template") -> None:
    """With `ALLOW_USER_AUTH`, the emulator's page asks for the name first, without passkeys."""
    client = laptop.one("AWS::Cognito::UserPoolClient")
    assert client["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]


def test_people_may_add_passkeys_and_keep_their_passwords(production: "Template") -> None:
    pool = production.one("AWS::Cognito::UserPool")
    factors = pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    assert set(factors) == {"PASSWORD", "WEB_AUTHN"}
    assert pool["WebAuthnUserVerification"] == "required"
    # Cognito refuses passkeys if MFA is required, and has them only from this plan on.
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["UserPoolTier"] == "ESSENTIALS"


def test_the_managed_login_pages_have_a_style_without_which_they_do_not_open(
    production: "Template", laptop: "Template"
) -> None:
    assert production.one("AWS::Cognito::UserPoolDomain")["ManagedLoginVersion"] == 2
    style = production.one("AWS::Cognito::ManagedLoginBranding")
    assert style["UseCognitoProvidedValues"] is True
    (client_id,) = leaves(style["ClientId"])
    assert client_id["Ref"] in dict(production.all("AWS::Cognito::UserPoolClient"))
    assert not list(laptop.all("AWS::Cognito::ManagedLoginBranding"))


def test_the_sign_in_page_has_a_name_of_its_own_in_the_region(production: "Template") -> None:
    """A prefix is unique among all accounts of a region, so it contains the stack's random id."""
    prefix = production.one("AWS::Cognito::UserPoolDomain")["Domain"]
    assert {"Ref": "AWS::StackId"} in leaves(prefix)


def leaves(value: Any) -> list[Any]:
    """Return the references inside of a value."""
    if isinstance(value, dict) and "Ref" in value:
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [leaf for item in inner for leaf in leaves(item)]


def test_passwords_have_a_minimum_length(production: "Template") -> None:
    pool = production.one("AWS::Cognito::UserPool")
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert pool["DeletionProtection"] == "ACTIVE"


def test_people_sign_up_only_if_sign_up_is_open(
    production: "Template", second: "Template", full: "Template", laptop: "Template"
) -> None:
    """It is `Update requires: No interruption`, so no change of the setting replaces a pool."""
    for template, sign_up in ((production, "open"), (laptop, "open"), (second, "invited")):
        pool = template.one("AWS::Cognito::UserPool")
        only_invited = pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
        assert only_invited is (sign_up != "open")
        assert template.environment("account")["FOOTLIGHT_SIGN_UP"] == sign_up
    assert full.environment("account")["FOOTLIGHT_SIGN_UP"] == "closed"


def test_every_value_of_the_setting_keeps_the_pool(
    production: "Template", second: "Template"
) -> None:
    """CloudFormation would replace a pool with another id, schema, or kind of username."""
    ((id, pool),) = production.all("AWS::Cognito::UserPool")
    ((second_id, second_pool),) = second.all("AWS::Cognito::UserPool")
    assert second_id == id
    of_setting = {"AdminCreateUserConfig", "EmailConfiguration"}
    assert {
        name for name in pool.keys() | second_pool.keys() if pool.get(name) != second_pool.get(name)
    } == of_setting


def test_emails_come_from_ses_only_if_a_sender_is_set(
    production: "Template", second: "Template"
) -> None:
    assert "EmailConfiguration" not in production.one("AWS::Cognito::UserPool")
    pool = second.one("AWS::Cognito::UserPool")
    sent = pool["EmailConfiguration"]
    assert sent["EmailSendingAccount"] == "DEVELOPER"
    assert sent["From"] == '"Ours, wholly" <no-reply@example.com>'
    assert sent["ReplyToEmailAddress"] == "help@example.com"
    assert text(sent["SourceArn"]) == (
        "arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/no-reply@example.com"
    )
    invitation = pool["AdminCreateUserConfig"]["InviteMessageTemplate"]
    # Cognito refuses a template without both.
    assert {"{username}", "{####}"} <= set(re.findall(r"\{.+?\}", text(invitation["EmailMessage"])))
    assert "https://<" in text(invitation["EmailMessage"])


def test_another_provider_replaces_cognito(full: "Template") -> None:
    assert not list(full.all("AWS::Cognito::UserPool"))
    environment = full.environment("session")
    assert environment["FOOTLIGHT_OIDC_ISSUER"] == "https://id.example.com/realms/a"
    assert environment["FOOTLIGHT_OIDC_CLIENT_ID"] == "footlight"
    assert environment["FOOTLIGHT_OIDC_AUDIENCE"] == "https://live.example.com"
    assert "FOOTLIGHT_OIDC_DISCOVERY_URL" not in environment


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("account", "cognito-idp:AdminGetUser"),
        ("reconcile", ["cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser"]),
    ],
)
def test_only_the_reconciler_deletes_users_and_only_of_the_stacks_own_pool(
    production: "Template", full: "Template", function: str, actions: str | list[str]
) -> None:
    ((pool, _),) = production.all("AWS::Cognito::UserPool")
    assert production.environment(function)["FOOTLIGHT_USER_POOL_ID"] == {"Ref": pool}
    (statement,) = (
        statement
        for statement in production.statements(function)
        if "cognito-idp" in str(statement["Action"])
    )
    assert statement["Action"] == actions
    assert statement["Resource"] == {"Fn::GetAtt": [pool, "Arn"]}
    # Another provider keeps its own users.
    assert "FOOTLIGHT_USER_POOL_ID" not in full.environment(function)
    assert "cognito-idp" not in str(full.statements(function))
