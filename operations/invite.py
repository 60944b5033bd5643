"""`python -m operations.invite`: invite a person by email into the stack's own user pool.

Cognito sends the email, with a temporary password. On its sign-in page, the person replaces it.
https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-create-user-accounts.html
"""

import re
import sys
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from infra.config import EMAIL
from operations.checks import Failed, exit_code_of
from operations.deployment import Deployment, configured, deployed

NOT_SIGNED_IN_YET = "FORCE_CHANGE_PASSWORD"
"""https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html"""


def invite(deployment: Deployment, email: str, *, sign_up: str = "open") -> str:
    """Invite a person, or send the invitation again. Return what to print.

    Raises:
        Failed: the address is invalid or has an account, or this deployment invites no one.
    """
    if not re.fullmatch(EMAIL, email):
        raise Failed("name an email address: EMAIL=ann@example.com")
    if sign_up == "closed":
        raise Failed(
            "signUp is closed, so the person could choose no username", "set it to invited"
        )
    pool = deployment.stack.outputs.get("UserPoolId")
    if not pool:
        raise Failed("the site uses your own identity provider", "invite the person there")
    cognito = deployment.client("cognito-idp")
    try:
        is_new = _create(cognito, pool, email)
    except ClientError as error:
        raise Failed(str(error)) from error
    again = "" if is_new else " again"
    return f"{email} is invited{again}, to sign in at {deployment.site_url} within 7 days"


def _create(cognito: Any, pool: str, email: str) -> bool:
    """Return whether the person is new. The invitation is resent if they never signed in."""
    user = {"UserPoolId": pool, "Username": email, "DesiredDeliveryMediums": ["EMAIL"]}
    attributes = [
        {"Name": "email", "Value": email},
        {"Name": "email_verified", "Value": "true"},
    ]
    try:
        cognito.admin_create_user(**user, UserAttributes=attributes)
    except cognito.exceptions.UsernameExistsException:
        found = cognito.admin_get_user(UserPoolId=pool, Username=email)
        if found["UserStatus"] != NOT_SIGNED_IN_YET:
            raise Failed(f"{email} has an account already") from None
        cognito.admin_create_user(**user, MessageAction="RESEND")
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Invite a person to the deployment that the settings name. Return the exit code."""

    def run_here() -> None:
        (email,) = arguments
        sign_up = configured().config.sign_up
        print(f"✓ {invite(deployed(), email, sign_up=sign_up)}")

    return exit_code_of(run_here)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
