"""Access tokens of the identity provider, verified here alone."""

import json
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError

from footlight import settings
from footlight.errors import TokenExpired, Unauthorized, Unavailable
from footlight.tables import base, users

PROVIDER_SECONDS = 1.2
"""Twice, metadata and keys, within the three seconds of an answer. PyJWKClient would wait 30 s."""

CLOCK_SKEW_SECONDS = 30


@dataclass(frozen=True)
class Claims:
    """What a verified access token says: who issued it, for whom, and the key of our own record."""

    issuer: str
    subject: str

    @property
    def key(self) -> base.Key:
        return users.subject_key(self.issuer, self.subject)


KEYS_KEPT_SECONDS = 3600
"""So long an outage of the provider is not felt. A key that is not among those kept has them asked
for anew, at most every 30 s."""


@cache
def discovered() -> dict[str, Any]:
    """The provider's metadata (OpenID Connect Discovery 1.0, section 4). Raises Unavailable."""
    address = settings.oidc_discovery_url()
    try:
        with urllib.request.urlopen(address, timeout=PROVIDER_SECONDS) as answer:  # noqa: S310 - the operator's own issuer
            told: dict[str, Any] = json.load(answer)
            _ = told["jwks_uri"]  # what is no metadata is not kept
            return told
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unavailable("Sign-in is not available at the moment") from error


@cache
def _signing_keys() -> jwt.PyJWKClient:
    return jwt.PyJWKClient(
        discovered()["jwks_uri"], timeout=PROVIDER_SECONDS, lifespan=KEYS_KEPT_SECONDS
    )


def clear_cache() -> None:
    """Clear the provider's cached metadata and signing keys."""
    discovered.cache_clear()
    _signing_keys.cache_clear()


def verify(token: str) -> Claims:
    """The claims of an access token of ours.

    `aud` holds our audience or, where there is no `aud` (Cognito's access tokens have none),
    `client_id` or `azp` is ours; `token_use`, where present, is `access` (RFC 9068; Cognito's
    "Using the access token"). Raises Unauthorized, TokenExpired, or Unavailable where the
    provider's keys can't be had.
    """
    issuer = settings.oidc_issuer()
    try:
        jwt.get_unverified_header(token)  # what is no token at all needs no provider to refuse
        key = _signing_keys().get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=settings.oidc_algorithms(),
            issuer=issuer,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
        )
    except PyJWKClientConnectionError as error:
        raise Unavailable("Sign-in is not available at the moment") from error
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The access token is not valid") from error
    if not _is_for_us(claims) or claims.get("token_use", "access") != "access":
        raise Unauthorized("The access token is not for this site")
    return Claims(issuer, claims["sub"])


def _is_for_us(claims: dict[str, Any]) -> bool:
    ours = settings.oidc_audience()
    if "aud" in claims:
        audience = claims["aud"]
        return ours in (audience if isinstance(audience, list) else [audience])
    return ours in (claims.get("client_id"), claims.get("azp"))
