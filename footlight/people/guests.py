"""Guests: a signed id in a cookie, so that a browser stays the same guest."""

from footlight.identities import Guest, new_guest_id
from footlight.people import site_keys

GUEST_COOKIE = "footlight_guest"
GUEST_SECONDS = 365 * 24 * 3600


def read_guest_cookie(cookies: dict[str, str]) -> Guest | None:
    """Return the guest that the cookie identifies, or None if it is missing or forged."""
    claims = site_keys.verified("guest", cookies.get(GUEST_COOKIE, ""), "sub")
    return Guest(claims["sub"]) if claims else None


def guest_or_new(cookies: dict[str, str]) -> Guest:
    """Return the guest that the cookie identifies, or a new one."""
    return read_guest_cookie(cookies) or Guest(new_guest_id())


def guest_cookie(guest: Guest) -> str:
    """Return the cookie value that identifies a guest."""
    return site_keys.sign("guest", {"sub": guest.id})
