"""What the site signs and encrypts for itself: guest ids, sign-ins in progress, and sessions.

Each use has a key of its own, derived from the secret's `cookieKey` (HKDF, RFC 5869). A value names
its key by a derived id, so a value of the previous `cookieKey` stays valid while keys are rotated.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

import jwt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from footlight.aws import secrets

Use = Literal["addresses", "guest", "login", "session"]

NONCE_BYTES: Final = 12
"""A random nonce of 96 bits is safe for 2^32 values of a key (NIST SP 800-38D, 8.3)."""


@dataclass(frozen=True)
class Key:
    """A key of 256 bits for one use, and the id that names it in public."""

    id: str
    secret: bytes = field(repr=False)


def current_key(use: Use) -> Key:
    """Return the key for new values."""
    return _keys(use)[0]


def _keys(use: Use) -> list[Key]:
    """Return the current key, then the previous one while keys are rotated."""
    return [_derive(cookie_key, use) for cookie_key in secrets.cookie_keys()]


def _key(use: Use, id: object) -> Key | None:
    return next((key for key in _keys(use) if key.id == id), None)


@cache
def _derive(cookie_key: bytes, use: Use) -> Key:
    info = f"footlight {use}".encode()
    derived = HKDF(SHA256(), length=38, salt=None, info=info).derive(cookie_key)
    return Key(urlsafe_b64encode(derived[32:]).decode(), derived[:32])


def sign(use: Use, claims: dict[str, Any]) -> str:
    """Return a JWT with these claims. Everyone can read it, and only the site can make it."""
    key = current_key(use)
    claims = claims | {"aud": use}
    return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.id})


def verified(use: Use, token: str, *required: str) -> dict[str, Any] | None:
    """Return the claims of a token that `sign` made for this use, or None.

    `required` are names of claims. A token whose `exp` has passed is refused.
    """
    try:
        key = _key(use, jwt.get_unverified_header(token).get("kid"))
        if key is None:
            return None
        return jwt.decode(
            token,
            key.secret,
            algorithms=["HS256"],
            audience=use,
            options={"require": ["aud", *required]},
        )
    except jwt.PyJWTError:
        return None


def encrypt(use: Use, claims: dict[str, Any]) -> str:
    """Return the claims as text that only the site can read and make: AES-256-GCM."""
    key, nonce = current_key(use), os.urandom(NONCE_BYTES)
    plain = json.dumps(claims, separators=(",", ":")).encode()
    sealed = nonce + AESGCM(key.secret).encrypt(nonce, plain, key.id.encode())
    return f"{key.id}.{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def decrypted(use: Use, text: str) -> dict[str, Any] | None:
    """Return the claims that `encrypt` was given for this use, or None."""
    id, _, encoded = text.partition(".")
    key = _key(use, id)
    if key is None:
        return None
    try:
        sealed = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        nonce, text_and_tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        plain = AESGCM(key.secret).decrypt(nonce, text_and_tag, id.encode())
    except (ValueError, InvalidTag):  # ValueError: no base64, or too short
        return None
    return json.loads(plain)
