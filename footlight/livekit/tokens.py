"""Tokens that LiveKit's keys sign: for viewers, for our own API calls, and by LiveKit's webhooks.

PyJWT signs them, because livekit-api doubles the cold start of a function. A test compares them
with livekit-api's own `AccessToken` and `TokenVerifier`.
https://docs.livekit.io/home/get-started/authentication/
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from footlight import clock
from footlight.aws import secrets


class UnknownKey(jwt.InvalidIssuerError):
    """Raised if `iss` names a key that isn't ours."""


def sign(
    grants: Mapping[str, Any],
    *,
    seconds: int,
    identity: str | None = None,
    name: str | None = None,
    max_participants: int | None = None,
) -> str:
    """Return a LiveKit access token. livekit-api's default lifetime would be 6 hours."""
    keys, now = secrets.livekit_keys(), int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": keys.key,
        "nbf": now,
        "exp": now + seconds,
        "video": dict(grants),
    }
    if identity is not None:
        claims |= {"sub": identity, "name": name}
    if max_participants is not None:  # of the room, if this token opens it
        claims["roomConfig"] = {"maxParticipants": max_participants}
    return jwt.encode(claims, keys.secret, algorithm="HS256")


def verify(
    token: str, *, require: Sequence[str], leeway: int = 0, verify_nbf: bool = True
) -> dict[str, Any]:
    """Return the claims of a token that our current or previous key has signed.

    Raises:
        jwt.PyJWTError: the token is invalid, or UnknownKey.
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
