"""Who may be in a host's room. Evaluated for each token, for each join, and in each check."""

from datetime import datetime
from typing import Any, Final, Literal

from footlight import identities, standing
from footlight.errors import Blocked, HostNotFound, Refused, SignedInOnly
from footlight.tables import relations, users
from footlight.tables.items import Found, Ref
from footlight.tables.standing import standing_ref

ALWAYS: Final = users.ALWAYS


def refs(host_id: str, viewer_id: str) -> list[Ref[Any]]:
    """Return references to the items that decide. Read them consistently."""
    standings = [standing_ref(host_id)]
    if not identities.is_guest(viewer_id) and viewer_id != host_id:
        standings.append(standing_ref(viewer_id))
    return [relations.block(host_id, viewer_id), users.stream(host_id), *standings]


def refusal(host_id: str, viewer_id: str, found: Found, now: datetime) -> Refused | None:
    """Return why a viewer may not watch, or None if they may. `found` is the items of `refs`.

    A host who isn't in good standing is not found by others.
    """
    if viewer_id != host_id and not standing.is_in_good_standing(host_id, found):
        return HostNotFound()
    if relations.block(host_id, viewer_id) in found:
        return Blocked()
    stream = found.get(users.stream(host_id))
    if (
        stream
        and identities.is_guest(viewer_id)
        and is_signed_in_only(stream.signed_in_only_until, now)
    ):
        return SignedInOnly()
    return standing.caller_refusal(viewer_id, found)


def is_signed_in_only(until: datetime | Literal["always"] | None, now: datetime) -> bool:
    """Return True if guests may not watch now. `until` is the channel's setting."""
    return until is not None and (until == ALWAYS or until > now)
