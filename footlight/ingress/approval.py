"""Whether a creator may stream: everyone may, or only people whom an operator has approved.

An approval is read together with what a request reads anyway, and never cached. It isn't read if
everyone may stream.
"""

from footlight import settings
from footlight.errors import NotApproved
from footlight.tables.items import Found, Ref
from footlight.tables.streamers import Streamer, streamer_ref


def approval_refs(user_id: str) -> tuple[Ref[Streamer], ...]:
    """Return what `is_approved` needs to read."""
    return (streamer_ref(user_id),) if settings.needs_approval() else ()


def is_approved(user_id: str, found: Found) -> bool:
    """Return True if a user may stream. `found` has read `approval_refs(user_id)`."""
    return all(ref in found for ref in approval_refs(user_id))


def require_approved(user_id: str, found: Found) -> None:
    """Refuse a creator who may not stream. `found` has read `approval_refs(user_id)`.

    Raises:
        NotApproved: no operator has approved the creator.
    """
    if not is_approved(user_id, found):
        raise NotApproved
