"""Who may be in a host's room. Evaluated for each token, for each join, and in each check."""

from datetime import datetime
from typing import Final, Literal

from footlight import identities
from footlight.errors import Blocked, Forbidden, SignedInOnly
from footlight.tables import relations, users
from footlight.tables.items import Found, Ref

ALWAYS: Final = users.ALWAYS


def refs(host_id: str, viewer_id: str) -> tuple[Ref[relations.Block], Ref[users.Stream]]:
    """Return references to the items that decide. Read them consistently."""
    return relations.block(host_id, viewer_id), users.stream(host_id)


def refusal(host_id: str, viewer_id: str, found: Found, now: datetime) -> Forbidden | None:
    """Return why a viewer may not watch, or None if they may. `found` is the items of `refs`."""
    block, stream_ref = refs(host_id, viewer_id)
    if block in found:
        return Blocked()
    stream = found.get(stream_ref)
    if (
        stream
        and identities.is_guest(viewer_id)
        and is_signed_in_only(stream.signed_in_only_until, now)
    ):
        return SignedInOnly()
    return None


def is_signed_in_only(until: datetime | Literal["always"] | None, now: datetime) -> bool:
    """Return True if guests may not watch now. `until` is the channel's setting."""
    return until is not None and (until == ALWAYS or until > now)
