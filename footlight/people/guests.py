"""Guests: a signed id in a cookie, so that a browser stays the same guest."""

import jwt

from footlight.identities import Guest

GUEST_COOKIE = "footlight_guest"
GUEST_SECONDS = 365 * 24 * 3600


def read_guest_cookie(cookies: dict[str, str], cookie_key: bytes) -> Guest | None:
    """Return the guest that the cookie identifies, or None if it is missing or forged."""
    try:
        claims = jwt.decode(
            cookies.get(GUEST_COOKIE, ""),
            cookie_key,
            algorithms=["HS256"],
            audience="guest",
            options={"require": ["sub", "aud"]},
        )
    except jwt.PyJWTError:
        return None
    return Guest(claims["sub"])


def guest_cookie(guest: Guest, cookie_key: bytes) -> str:
    """Return the cookie value that identifies a guest."""
    return jwt.encode({"sub": guest.id, "aud": "guest"}, cookie_key, algorithm="HS256")
