"""`python -m operations.cookie_key`: replace the key of guests' and signed-in people's cookies.

The previous key stays valid, so no one is signed out. Functions use the new key ten minutes later,
when all of them have read it. `--leaked` drops the previous key, which signs everyone out.
"""

import json
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from operations.checks import Failed, exit_code_of
from operations.deployment import Deployment, deployed, secret_fields

SESSION_DAYS: Final = 30
"""How long the cookie of a browser that doesn't load the site stays valid."""


def rotate(deployment: Deployment, now: datetime, *, leaked: bool = False) -> None:
    """Store a new key. The secret's other fields stay.

    Raises Failed if the last rotation is less than 30 days old and the key hasn't leaked. Sessions
    of the key before could still be in use.
    """
    client, id = deployment.client("secretsmanager"), deployment.site_secret_id
    value = secret_fields(client, id)
    current = value.get("cookieKey")
    if not current:
        raise Failed("the site secret has no cookieKey", "make deploy")
    rotated_at = value.get("cookieKeyRotatedAt")
    if rotated_at and not leaked:
        next_at = datetime.fromisoformat(rotated_at) + timedelta(days=SESSION_DAYS)
        if now < next_at:
            raise Failed(
                f"the key was replaced at {rotated_at}, and people's sessions use the one before",
                f"wait until {next_at.date()}, or run make cookie-key ARGS=--leaked",
            )
    value |= {
        "cookieKey": secrets.token_urlsafe(48),
        "previousCookieKey": "" if leaked else current,
        # The addresses of deleted accounts are only stored as hashes, so their key never changes.
        "emailKey": value.get("emailKey") or current,
        "cookieKeyRotatedAt": now.isoformat(timespec="seconds"),
    }
    client.put_secret_value(SecretId=id, SecretString=json.dumps(value))


def main(arguments: Sequence[str]) -> int:
    """Store a new key. Return 1, after one clear line, if that fails."""
    leaked = "--leaked" in arguments

    def store() -> None:
        rotate(deployed(), datetime.now(UTC), leaked=leaked)
        print(
            "Stored. Everyone is signed out within five minutes"
            if leaked
            else "Stored. The functions use the new key in ten minutes, and no one is signed out"
        )

    return exit_code_of(store)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
