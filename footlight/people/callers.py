"""Who calls: a person or a guest, and the names of hosts, cached for a few minutes."""

import time
from dataclasses import dataclass

from footlight.errors import UsernameRequired
from footlight.identities import Person
from footlight.people.oidc import Claims
from footlight.tables import base, users


@dataclass(frozen=True)
class Caller:
    """Whoever calls a route that is for anyone: `claims` where signed in, cookies for a guest.

    `address`: where the request came from, as CloudFront or the gateway says.
    """

    claims: Claims | None
    cookies: dict[str, str]
    address: str = ""


def clear_cache() -> None:
    """Clear the cache of names and subjects."""
    _people.clear()


PEOPLE_KEPT_SECONDS = 300
MOST_PEOPLE_KEPT = 10_000

_people: dict[base.Key, tuple[float, base.Item]] = {}
"""Names and subjects seen lately: who has one never changes."""


def host_and_viewer(caller: Caller, host: str | None) -> tuple[str | None, Person | None]:
    """The user id behind a host's username, and the person who calls, in one read or none.

    None for a host that is not there, None for a guest. Raises UsernameRequired.
    """
    host_key = users.name_key(host) if host is not None else None
    viewer_key = caller.claims.key if caller.claims else None
    found = _who({key for key in (host_key, viewer_key) if key})
    viewer = _person(found.get(viewer_key)) if viewer_key else None
    name = found.get(host_key) if host_key else None
    return (name.user_id if isinstance(name, users.Name) else None), viewer


def person_of(claims: Claims) -> Person:
    """Return the person with a username behind verified claims."""
    return _person(_who({claims.key}).get(claims.key))


def _person(item: base.Item | None) -> Person:
    if not isinstance(item, users.Subject):
        raise UsernameRequired
    return Person(item.user_id, item.username)


def _who(keys: set[base.Key]) -> dict[base.Key, base.Item]:
    now = time.monotonic()
    known = {
        key: kept[1]
        for key in keys
        if (kept := _people.get(key)) and now - kept[0] < PEOPLE_KEPT_SECONDS
    }
    if missing := keys - known.keys():
        # Read consistently: somebody comes here a moment after they have chosen their name.
        found = base.batch_get(missing, consistent=True)
        if len(_people) > MOST_PEOPLE_KEPT:
            _people.clear()
        _people.update({key: (now, item) for key, item in found.items()})
        known |= found
    return known


def viewer_of(caller: Caller) -> Person | None:
    """The person who calls, None for a guest. Raises UsernameRequired."""
    return host_and_viewer(caller, None)[1]
