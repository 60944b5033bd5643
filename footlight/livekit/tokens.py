"""Tokens that LiveKit's keys sign, viewers' and webhooks': believed by the key that `iss` names."""

from collections.abc import Sequence
from typing import Any

import jwt

from footlight.aws import secrets


class UnknownKey(jwt.InvalidIssuerError):
    """Raised where `iss` names a key that is not ours."""


def claims_of(
    token: str, *, require: Sequence[str], leeway: int = 0, verify_nbf: bool = True
) -> dict[str, Any]:
    """The claims of a token that one of our keys has signed, the one before included.

    Raises jwt.PyJWTError, UnknownKey among them, and NotConfigured, Unavailable.
    """
    keys = secrets.livekit_keys()
    issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
    secret = keys.secret_of(issuer)
    if secret is None:
        raise UnknownKey
    claims: dict[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=["HS256"],
        leeway=leeway,
        options={"require": list(require), "verify_nbf": verify_nbf},
    )
    return claims
