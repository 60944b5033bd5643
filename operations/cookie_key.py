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

from botocore.exceptions import BotoCoreError, ClientError

from operations.checks import Failed, Finding
from operations.deployment import Deployment, configured, secret_fields

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
        "cookieKeyRotatedAt": now.isoformat(timespec="seconds"),
    }
    client.put_secret_value(SecretId=id, SecretString=json.dumps(value))


def main(arguments: Sequence[str]) -> int:
    """Store a new key. Return 1, after one clear line, if that fails."""
    leaked = "--leaked" in arguments
    try:
        config, session, stack = configured()
        if stack is None:
            raise Failed(f"there is no stack {config.name} in {session.region_name}", "make deploy")
        rotate(Deployment(stack, session), datetime.now(UTC), leaked=leaked)
    except Finding as finding:
        print(f"✗ {finding.text}" + (f" → {finding.help}" if finding.help else ""), file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(
        "Stored. Everyone is signed out within five minutes"
        if leaked
        else "Stored. The functions use the new key in ten minutes, and no one is signed out"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
