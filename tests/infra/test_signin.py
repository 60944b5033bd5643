"""Can people sign in, by Cognito or by the operator's own provider?"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Reading


def test_the_site_signs_in_by_code_with_pkce_and_back_to_itself(laptop: "Reading") -> None:
    client = laptop.one("AWS::Cognito::UserPoolClient")
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["CallbackURLs"] == ["http://localhost:8080/api/session/callback"]
    assert client["GenerateSecret"] is False
    assert set(client["AllowedOAuthScopes"]) == {"openid", "email"}


def test_access_tokens_are_short_and_refresh_tokens_change_and_can_be_revoked(
    production: "Reading",
) -> None:
    client = production.one("AWS::Cognito::UserPoolClient")
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert 15 <= client["AccessTokenValidity"] <= 60
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert client["EnableTokenRevocation"] is True
    # Rotation forbids the API's own refresh flow.
    assert client["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]


def test_passwords_are_long(production: "Reading") -> None:
    pool = production.one("AWS::Cognito::UserPool")
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert pool["DeletionProtection"] == "ACTIVE"


def test_another_provider_takes_cognito_s_place(full: "Reading") -> None:
    assert not list(full.all("AWS::Cognito::UserPool"))
    environment = full.environment("session")
    assert environment["FOOTLIGHT_OIDC_ISSUER"] == "https://id.example.com/realms/a"
    assert environment["FOOTLIGHT_OIDC_CLIENT_ID"] == "footlight"
    assert environment["FOOTLIGHT_OIDC_AUDIENCE"] == "https://live.example.com"
    assert "FOOTLIGHT_OIDC_DISCOVERY_URL" not in environment
