"""Secrets, read from Secrets Manager at run time and kept in memory for five minutes.

Not by Powertools' Parameters, which would add boto3 to the cold start of every function.
"""

import hmac
import json
import time
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from footlight import settings
from footlight.aws import clients
from footlight.aws.logs import log
from footlight.errors import NotConfigured, Unavailable

KEPT_SECONDS = 300

_kept: dict[str, tuple[float, str]] = {}


class LiveKitKeys(NamedTuple):
    """LiveKit's API key and secret, and those before them while keys are being changed."""

    key: str
    secret: str
    previous: tuple[str, str] | None = None

    def secret_of(self, key: str) -> str | None:
        """The secret that belongs to an API key, None where the key is not ours."""
        if key == self.key:
            return self.secret
        if self.previous and key == self.previous[0]:
            return self.previous[1]
        return None


def _read(secret_id: str) -> str:
    kept = _kept.get(secret_id)
    if kept and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    try:
        answer = clients.client("secretsmanager").get_secret_value(SecretId=secret_id)
    except (BotoCoreError, ClientError) as error:
        if kept:  # a secret that is a little old beats none
            return kept[1]
        log.exception("secret_unreadable")
        raise Unavailable from error
    value: str = answer["SecretString"]
    _kept[secret_id] = (time.monotonic(), value)
    return value


def equal(given: str, expected: str) -> bool:
    """Compares in a time that tells nothing of where the two differ."""
    # JSON can hold half a surrogate pair, which is no text that could be encoded.
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def clear_cache() -> None:
    """Clear the cached secrets and the clients."""
    _kept.clear()
    clients.client.cache_clear()


def _read_json(secret_id: str) -> dict[str, str]:
    try:
        value = json.loads(_read(secret_id))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NotConfigured
    return value


def livekit_keys() -> LiveKitKeys:
    """LiveKit's keys. Raises NotConfigured until the operator has filled the secret."""
    value = _read_json(settings.livekit_secret_id())
    key, secret = value.get("LIVEKIT_API_KEY"), value.get("LIVEKIT_API_SECRET")
    if not key or not secret:
        _kept.pop(settings.livekit_secret_id(), None)  # seen at once when it is filled
        raise NotConfigured
    previous_key = value.get("LIVEKIT_PREVIOUS_API_KEY")
    previous_secret = value.get("LIVEKIT_PREVIOUS_API_SECRET")
    previous = (previous_key, previous_secret) if previous_key and previous_secret else None
    return LiveKitKeys(key, secret, previous)


def cookie_key() -> bytes:
    """Signs guest ids and the sign-in in progress."""
    return _read_json(settings.site_secret_id())["cookieKey"].encode()


def oidc_client_secret() -> str | None:
    """The client secret at the identity provider, where it has one."""
    return _read_json(settings.site_secret_id()).get("oidcClientSecret") or None


def origin_secret() -> str | None:
    """What CloudFront sends to prove that a request came through it; None: not checked."""
    secret_id = settings.origin_secret_id()
    return _read(secret_id) if secret_id else None
