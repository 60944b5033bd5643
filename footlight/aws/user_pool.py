"""The stack's own Cognito user pool: deletes the user behind a deleted account."""

from botocore.exceptions import BotoCoreError, ClientError

from footlight.aws.json_api import json_api
from footlight.aws.logs import log
from footlight.errors import Unavailable


def delete_user(pool_id: str, subject: str) -> None:
    """Delete a user of the pool by the `sub` of their tokens. No-op if the user doesn't exist.

    Cognito accepts a local user's `sub` as the username. Their refresh tokens end too.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteUser.html

    Raises:
        Unavailable: Cognito refuses the request, or doesn't respond.
    """
    try:
        arguments = {"UserPoolId": pool_id, "Username": subject}
        json_api("cognito-idp").call("AdminDeleteUser", arguments)
    except (BotoCoreError, ClientError) as error:
        response = error.response if isinstance(error, ClientError) else {}
        code = response.get("Error", {}).get("Code")
        if code == "UserNotFoundException":
            return
        log.warning("user of the pool not deleted", reason=code or type(error).__name__)
        raise Unavailable from error
