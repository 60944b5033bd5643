"""`make invite`."""

from typing import Any

import boto3
import pytest

from operations.checks import Failed
from operations.deployment import Deployment, Stack
from operations.invite import invite


@pytest.fixture
def cognito(account: boto3.Session) -> Any:
    return account.client("cognito-idp")


@pytest.fixture
def pool(cognito: Any) -> str:
    """A pool in which people can't sign up."""
    return cognito.create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )["UserPool"]["Id"]


@pytest.fixture
def deployed(account: boto3.Session, pool: str) -> Deployment:
    outputs = {"UserPoolId": pool, "SiteUrl": "https://live.example.com"}
    return Deployment(Stack("Footlight", "CREATE_COMPLETE", outputs), account)


def test_a_person_is_invited_by_email(deployed: Deployment, cognito: Any, pool: str) -> None:
    printed = invite(deployed, "ann@example.com", sign_up="invited")
    assert "ann@example.com is invited, to sign in at https://live.example.com" in printed
    (user,) = cognito.list_users(UserPoolId=pool)["Users"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
    assert (attributes["email"], attributes["email_verified"]) == ("ann@example.com", "true")


def test_a_second_invitation_is_resent(deployed: Deployment) -> None:
    """`RESEND` is for a user that exists, while moto creates another one.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
    """
    invite(deployed, "ann@example.com")
    sent: list[dict[str, Any]] = []

    def record(params: dict[str, Any], **_: Any) -> None:
        sent.append(params)

    client = deployed.client("cognito-idp")
    client.meta.events.register("provide-client-params.cognito-idp.AdminCreateUser", record)
    assert "invited again" in invite(deployed, "ann@example.com")
    assert [request.get("MessageAction") for request in sent] == [None, "RESEND"]


def test_a_person_with_an_account_is_not_invited(
    deployed: Deployment, cognito: Any, pool: str
) -> None:
    invite(deployed, "ann@example.com")
    cognito.admin_set_user_password(
        UserPoolId=pool, Username="ann@example.com", Password="A-long-password-1", Permanent=True
    )
    with pytest.raises(Failed, match="has an account already"):
        invite(deployed, "ann@example.com")


@pytest.mark.parametrize("email", ["", "ann", "ann@example", "a b@example.com"])
def test_an_invalid_address_is_refused(deployed: Deployment, email: str) -> None:
    with pytest.raises(Failed, match="name an email address"):
        invite(deployed, email)


def test_a_closed_site_invites_no_one(deployed: Deployment, cognito: Any, pool: str) -> None:
    with pytest.raises(Failed, match="signUp is closed"):
        invite(deployed, "ann@example.com", sign_up="closed")
    assert not cognito.list_users(UserPoolId=pool)["Users"]


def test_another_provider_invites_people_itself(account: boto3.Session) -> None:
    elsewhere = Deployment(Stack("Footlight", "CREATE_COMPLETE", {}), account)
    with pytest.raises(Failed, match="your own identity provider"):
        invite(elsewhere, "ann@example.com")
