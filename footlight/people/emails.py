"""Email addresses of the stack's own user pool, as keyed hashes.

The pool gives a person who signs up again a new subject. Only the address shows that a deleted
account was theirs. It is read from the pool, not from an id token: the site's client is public, so
an access token can be had without the site's callback.
"""

import hmac
from typing import Final

from footlight import settings
from footlight.aws import secrets, user_pool

_INFO: Final = b"footlight emails\x01"
"""HKDF-Expand for one block: RFC 5869, 2.3."""


def email_hash(subject: str) -> str | None:
    """Return the hash of the address of a user of the stack's own pool.

    None if people sign in at another provider, or if the address isn't verified: anyone can enter
    the address of someone else.

    Raises:
        NoSuchUser: the pool has no user with this subject.
        Unavailable: Cognito or Secrets Manager doesn't respond.
    """
    pool_id = settings.user_pool_id()
    address = user_pool.verified_email(pool_id, subject) if pool_id else None
    return hash_of(address) if address else None


def hash_of(address: str) -> str:
    """Return the hash of an email address: 64 hexadecimal digits.

    Case doesn't count, as in the pool. Nothing else is normalized: only its host knows whether
    `ann+1@` is the mailbox of `ann@`.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UsernameConfigurationType.html
    """
    key = hmac.digest(secrets.email_key(), _INFO, "sha256")
    return hmac.digest(key, address.strip().lower().encode(), "sha256").hex()
