"""The stack's own Cognito user pool: the users behind accounts that are deleted or created.

Cognito accepts a local user's `sub` as the username.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html
"""

from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from footlight.aws.json_api import json_api
from footlight.aws.logs import log
from footlight.errors import Unavailable


class NoSuchUser(Exception):
    """Raised if the pool has no user with this `sub`."""


def verified_email(pool_id: str, subject: str) -> str | None:
    """Return the email address of a user, or None if the user hasn't proved that it is theirs.

    Raises:
        NoSuchUser: the user doesn't exist.
        Unavailable: Cognito refuses the request, or doesn't respond.
    """
    user = _call("AdminGetUser", pool_id, subject)
    attributes = {each["Name"]: each.get("Value") for each in user["UserAttributes"]}
    return attributes.get("email") if attributes.get("email_verified") == "true" else None


def delete_user(pool_id: str, subject: str) -> None:
    """Delete a user of the pool by the `sub` of their tokens. Their refresh tokens end too.

    Raises:
        NoSuchUser: the user doesn't exist.
        Unavailable: Cognito refuses the request, or doesn't respond.
    """
    _call("AdminDeleteUser", pool_id, subject)


def _call(
    operation: Literal["AdminGetUser", "AdminDeleteUser"], pool_id: str, subject: str
) -> dict[str, Any]:
    try:
        arguments = {"UserPoolId": pool_id, "Username": subject}
        return json_api("cognito-idp").call(operation, arguments)
    except (BotoCoreError, ClientError) as error:
        response = error.response if isinstance(error, ClientError) else {}
        code = response.get("Error", {}).get("Code")
        if code == "UserNotFoundException":
            raise NoSuchUser from error
        log.warning("user pool unavailable", call=operation, reason=code or type(error).__name__)
        raise Unavailable from error
