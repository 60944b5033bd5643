"""Verification of the identity provider's access tokens."""

import json
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError

from footlight import settings
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

    `aud` must contain our audience. Without `aud`, as in Cognito's access tokens, `client_id` or
    `azp` must be our audience. `token_use`, if present, must be `access` (RFC 9068; Cognito's
    "Using the access token").

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
    except jwt.PyJWTError as error:
        raise Unauthorized("The access token is not valid") from error
    if not _is_for_us(claims) or claims.get("token_use", "access") != "access":
        raise Unauthorized("The access token is not for this site")
    return Claims(issuer, claims["sub"])


def _is_for_us(claims: dict[str, Any]) -> bool:
    expected = settings.oidc_audience()
    if "aud" in claims:
        audience = claims["aud"]
        return expected in (audience if isinstance(audience, list) else [audience])
    return expected in (claims.get("client_id"), claims.get("azp"))
