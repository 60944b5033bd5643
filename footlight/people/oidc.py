"""Verification of the identity provider's access tokens."""

import json
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError

from footlight import clock, settings
from footlight.aws.logs import log
from footlight.errors import TokenExpired, Unauthorized, Unavailable
from footlight.tables import users
from footlight.tables.items import Ref

PROVIDER_SECONDS = 1.2
"""Timeout per call. Two calls, for metadata and keys, must fit into a response of three seconds.

PyJWKClient's default is 30 s.
"""

CLOCK_SKEW_SECONDS = 30


@dataclass(frozen=True)
class Claims:
    """The issuer and the subject of a verified access token."""

    issuer: str
    subject: str

    @property
    def ref(self) -> Ref[users.Subject]:
        """The item that maps this provider account to a user."""
        return users.subject(self.issuer, self.subject)


KEYS_CACHE_SECONDS = 3600
"""How long signing keys are cached, so that a provider outage goes unnoticed.

An unknown key id triggers a refetch, at most every 30 s.
"""

_UNAVAILABLE = "Sign-in is temporarily unavailable"


@cache
def discovered() -> dict[str, Any]:
    """Return the provider's metadata (OpenID Connect Discovery 1.0, section 4)."""
    address = settings.oidc_discovery_url()
    try:
        with urllib.request.urlopen(address, timeout=PROVIDER_SECONDS) as response:  # noqa: S310 - the operator's own issuer
            metadata: dict[str, Any] = json.load(response)
            _ = metadata["jwks_uri"]  # Other JSON must not be cached.
            return metadata
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unavailable(_UNAVAILABLE) from error


@cache
def _signing_keys() -> jwt.PyJWKClient:
    return jwt.PyJWKClient(
        discovered()["jwks_uri"], timeout=PROVIDER_SECONDS, lifespan=KEYS_CACHE_SECONDS
    )


def clear_cache() -> None:
    """Clear the provider's cached metadata and signing keys."""
    discovered.cache_clear()
    _signing_keys.cache_clear()


def verify(token: str) -> Claims:
    """Return the claims of an access token for this site.

    `aud` must contain our audience. Without `aud`, as in Cognito's access tokens, `client_id`, or
    `azp` without it, must be our audience. Id tokens are refused (RFC 9068, section 5). So are
    tokens issued in the future, because the clocks of the provider and of AWS then differ.

    Raises:
        Unauthorized: the token is invalid, or TokenExpired.
        Unavailable: the provider's keys can't be fetched.
    """
    issuer = settings.oidc_issuer()
    try:
        header = jwt.get_unverified_header(token)  # Refuses what isn't a token without a call.
        key = _signing_keys().get_signing_key(header.get("kid", ""))
        claims = jwt.decode(
            token,
            key,
            algorithms=settings.oidc_algorithms(),
            issuer=issuer,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
        )
    except PyJWKClientConnectionError as error:
        raise Unavailable(_UNAVAILABLE) from error
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.ImmatureSignatureError as error:
        _log_clock_difference(token)
        raise Unauthorized("The access token is not valid yet") from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The access token is not valid") from error
    if not claims["sub"] or not _is_for_us(claims) or not _is_access_token(header, claims):
        raise Unauthorized("The access token is not for this site")
    return Claims(issuer, claims["sub"])


def _is_for_us(claims: dict[str, Any]) -> bool:
    expected = settings.oidc_audience()
    if "aud" in claims:
        return expected in _audiences(claims)
    return claims.get("client_id", claims.get("azp")) == expected


def _audiences(claims: dict[str, Any]) -> list[Any]:
    audience = claims["aud"]
    return audience if isinstance(audience, list) else [audience]


def _is_access_token(header: dict[str, Any], claims: dict[str, Any]) -> bool:
    """Return False for an id token, whose audience is the client (OpenID Connect Core 1.0, 2).

    The audience of an access token is the client too if the provider has no `oidcAudience`. Then
    only a mark of access tokens distinguishes the two: the type in the header (RFC 9068, 2.1), a
    scope (RFC 9068, 2.2.3; Entra's and Okta's `scp`), or Cognito's `token_use`.
    """
    if claims.get("token_use", "access") != "access" or "at_hash" in claims:
        return False
    if settings.oidc_client_id() not in _audiences({"aud": [], **claims}):
        return True
    kind = str(header.get("typ")).lower().removeprefix("application/")
    return kind == "at+jwt" or not claims.keys().isdisjoint({"scope", "scp", "token_use"})


def _log_clock_difference(token: str) -> None:
    """Log how far in the future a token with a valid signature was issued."""
    claims = jwt.decode(token, options={"verify_signature": False})
    issued_at = max(t for t in (claims.get("iat"), claims.get("nbf"), 0) if isinstance(t, int))
    log.error(
        "access token from the future",
        seconds=issued_at - int(clock.now().timestamp()),
        allowed=CLOCK_SKEW_SECONDS,
        hint="the clock of the identity provider is ahead: synchronize it",
    )
