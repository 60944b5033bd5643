"""Who is calling: a signed-in person or a guest. Names of users are cached for five minutes."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from footlight.errors import UsernameRequired
from footlight.identities import Person
from footlight.people.oidc import Claims
from footlight.tables import users
from footlight.tables.items import Found, Item, Ref, batch_get

CACHE_SECONDS = 300
MAX_CACHED = 10_000

_cache: dict[Ref[Any], tuple[float, Item]] = {}
"""Names and provider accounts that exist. Their user never changes."""


@dataclass(frozen=True)
class Caller:
    """The caller of a route that guests may use. `claims` is None for a guest.

    `address` is the client's address, from CloudFront or from the gateway.
    """

    claims: Claims | None
    cookies: dict[str, str]
    address: str = ""


def clear_cache() -> None:
    """Clear the cached names and provider accounts."""
    _cache.clear()


def host_and_viewer(caller: Caller, host: str | None) -> tuple[str | None, Person | None]:
    """Return the user id of a host's username, and the person who calls, with at most one read.

    The user id is None if there is no such host, the person if the caller is a guest.
    """
    host_ref = users.name(host) if host is not None else None
    viewer_ref = caller.claims.ref if caller.claims else None
    found = _read(ref for ref in (host_ref, viewer_ref) if ref)
    viewer = _person(found.get(viewer_ref)) if viewer_ref else None
    name = found.get(host_ref) if host_ref else None
    return (name.user_id if name else None), viewer


def host_of(username: str) -> str | None:
    """Return the user id of a host's username, or None if there is no such host."""
    ref = users.name(username)
    name = _read([ref]).get(ref)
    return name.user_id if name else None


def viewer_of(caller: Caller) -> Person | None:
    """Return the person who calls, or None for a guest. A username is required."""
    return host_and_viewer(caller, None)[1]


def person_of(claims: Claims) -> Person:
    """Return the person with a username behind verified claims."""
    return _person(subject_of(claims))


def subject_of(claims: Claims) -> users.Subject | None:
    """Return the item of a provider account, or None before its owner has chosen a username."""
    return _read([claims.ref]).get(claims.ref)


def _person(subject: users.Subject | None) -> Person:
    if subject is None:
        raise UsernameRequired
    return Person(subject.user_id, subject.username)


def _read(refs: Iterable[Ref[Any]]) -> Found:
    now = time.monotonic()
    wanted = set(refs)
    cached = {
        ref: entry[1]
        for ref in wanted
        if (entry := _cache.get(ref)) and now - entry[0] < CACHE_SECONDS
    }
    found = Found.of(cached.values())
    if missing := wanted - cached.keys():
        # Consistent, because a user may come here right after choosing a name.
        read = batch_get(*missing, consistent=True)
        if len(_cache) > MAX_CACHED:
            _cache.clear()
        for ref in missing:
            if item := read.get(ref):
                _cache[ref] = (now, item)
        found |= read
    return found
