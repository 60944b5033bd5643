"""Who may be in a host's room: asked when a token is minted, when somebody joins, and in sweeps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from footlight import identities
from footlight.errors import Blocked, Forbidden, SignedInOnly
from footlight.tables import base, relations, users

ALWAYS: Final = "always"
"""In place of an instant: guests are kept out until the creator lets them in."""


def keys(host_id: str, viewer_id: str) -> list[base.Key]:
    """The items by which it is decided. Read them consistently."""
    return [relations.block_key(host_id, viewer_id), users.stream_key(host_id)]


def refusal(
    host_id: str, viewer_id: str, found: Mapping[base.Key, base.Item], now: datetime
) -> Forbidden | None:
    """Why a viewer may not watch, from the items that there are of `keys`; None where they may."""
    if relations.block_key(host_id, viewer_id) in found:
        return Blocked()
    stream = found.get(users.stream_key(host_id))
    if (
        identities.is_guest(viewer_id)
        and isinstance(stream, users.Stream)
        and is_signed_in_only(stream.signed_in_only_until, now)
    ):
        return SignedInOnly()
    return None


def is_signed_in_only(until: datetime | Literal["always"] | None, now: datetime) -> bool:
    """Whether guests are kept out. `until`: as the settings have it, an instant or `always`."""
    return until is not None and (until == "always" or until > now)
