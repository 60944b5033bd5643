"""Secrets, read from Secrets Manager at run time and cached for five minutes.

Powertools' Parameters would add boto3 to the cold start of every function.
"""

import hmac
import json
import time
from datetime import timedelta
from typing import Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from footlight import clock, settings
from footlight.aws.json_api import json_api
from footlight.aws.logs import log
from footlight.errors import NotConfigured, Unavailable

CACHE_SECONDS = 300

ROTATION_DELAY = timedelta(seconds=2 * CACHE_SECONDS)
"""How long after a rotation new cookies still get the previous key."""

Stage = Literal["AWSCURRENT", "AWSPREVIOUS"]
"""Secrets Manager's labels of a secret's newest value and of the one before it."""

_cache: dict[tuple[str, Stage], tuple[float, str | None]] = {}


class LiveKitKeys(NamedTuple):
    """LiveKit's API key and secret, and the previous pair while keys are rotated."""

    key: str
    secret: str
    previous: tuple[str, str] | None = None

    def secret_of(self, key: str) -> str | None:
        """Return the secret of an API key, or None if the key isn't ours."""
        if key == self.key:
            return self.secret
        if self.previous and key == self.previous[0]:
            return self.previous[1]
        return None


def _read(secret_id: str, stage: Stage = "AWSCURRENT") -> str | None:
    """Return a secret's value, or None if the secret has no value at this stage.

    A secret without a value raises the same error as a secret that doesn't exist:
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
    """
    cached = _cache.get((secret_id, stage))
    if cached and time.monotonic() - cached[0] < CACHE_SECONDS:
        return cached[1]
    value: str | None = None
    try:
        request = {"SecretId": secret_id, "VersionStage": stage}
        value = json_api("secretsmanager").call("GetSecretValue", request)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        if cached and cached[1]:  # During an outage, a stale secret is better than none.
            return cached[1]
        if not _is_not_found(error):
            log.exception("secret unreadable")
            raise Unavailable from error
    _cache[secret_id, stage] = (time.monotonic(), value)
    return value


def _is_not_found(error: Exception) -> bool:
    response = error.response if isinstance(error, ClientError) else {}
    return response.get("Error", {}).get("Code") == "ResourceNotFoundException"


def equal(given: str, expected: str) -> bool:
    """Compare two strings in constant time."""
    # JSON can contain a lone surrogate, which UTF-8 can't encode.
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def clear_cache() -> None:
    """Clear the cached secrets."""
    _cache.clear()


def _read_json(secret_id: str) -> dict[str, str]:
    try:
        value = json.loads(_read(secret_id) or "null")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        _cache.pop((secret_id, "AWSCURRENT"), None)  # Picks up a filled secret immediately.
        raise NotConfigured
    return value


def livekit_keys() -> LiveKitKeys:
    """Return LiveKit's keys. Raise NotConfigured until the operator has filled the secret."""
    value = _read_json(settings.livekit_secret_id())
    key, secret = value.get("LIVEKIT_API_KEY"), value.get("LIVEKIT_API_SECRET")
    if not key or not secret:
        _cache.pop((settings.livekit_secret_id(), "AWSCURRENT"), None)
        raise NotConfigured
    previous_key = value.get("LIVEKIT_PREVIOUS_API_KEY")
    previous_secret = value.get("LIVEKIT_PREVIOUS_API_SECRET")
    previous = (previous_key, previous_secret) if previous_key and previous_secret else None
    return LiveKitKeys(key, secret, previous)


def cookie_keys() -> list[bytes]:
    """Return the keys of cookies that are valid. The first is for new cookies.

    After a rotation, the previous key stays valid. It is the first until every function has read
    the new key. `footlight.people.site_keys` derives a key for each use. Only `email_key`
    uses one too.
    """
    value = _read_json(settings.site_secret_id())
    previous = value.get("previousCookieKey")
    keys = [key.encode() for key in (value["cookieKey"], previous) if key]
    rotated_at = value.get("cookieKeyRotatedAt")
    if rotated_at and clock.now() - clock.parse(rotated_at) < ROTATION_DELAY:
        keys.reverse()
    return keys


def email_key() -> bytes:
    """Return the key of the hashes of email addresses. It never changes.

    A hash can't be renewed, because the address isn't stored. So a rotation of the cookie key keeps
    the first one as `emailKey`.
    """
    value = _read_json(settings.site_secret_id())
    return (value.get("emailKey") or value["cookieKey"]).encode()


def oidc_client_secret() -> str | None:
    """Return the client secret at the identity provider, or None if the client has none."""
    return _read_json(settings.site_secret_id()).get("oidcClientSecret") or None


def is_origin_secret(given: str) -> bool:
    """Return whether a header's value is the secret that CloudFront adds to requests.

    Also accepts the value before the current one. CloudFront keeps that until a deployment or the
    operator changes the header, so the secret can be rotated without downtime. Always True if the
    secret isn't checked. Raises Unavailable if the secret has no value.
    """
    secret_id = settings.origin_secret_id()
    if not secret_id:
        return True
    current = _read(secret_id)
    if current is None:
        raise Unavailable
    if equal(given, current):
        return True
    previous = _read(secret_id, "AWSPREVIOUS")
    return previous is not None and equal(given, previous)
