"""What a suspension means for LiveKit: the broadcast ends, and the stream key stops working.

A withdrawn approval means the same, but isn't listed: the key rests until the reconciler reaches
LiveKit, and each check stops a creator who is live without an approval.

Each suspension is listed by when LiveKit must be changed next: at once, and again when it ends. An
entry stays due until LiveKit has done it. The process that suspends starts this in the background.
If that fails, the run of each minute does it.
"""

from collections.abc import Iterable

from footlight import clock
from footlight.ingress.approval import approval_refs, is_approved
from footlight.ingress.cleanup import finish_change
from footlight.live.record import record_event
from footlight.live.state import EndedByCreator
from footlight.tables.items import batch_get
from footlight.tables.standing import Standing, by_due, standing_ref, unchanged
from footlight.tables.transactions import commit, delete, update


def due(suspensions: Iterable[Standing]) -> list[str]:
    """Return the ids of users whose suspension has started or ended, and isn't settled."""
    now = clock.iso(clock.now())
    return [each.user_id for each in suspensions if (each.list_sk or "").partition("#")[0] <= now]


def settle_account(user_id: str) -> None:
    """Make LiveKit agree with an account's suspension and approval, or with their end. Idempotent.

    The end of the broadcast is stored first, so the channel is offline even if LiveKit fails. An
    ended suspension is deleted when its owner's key may work again.

    Raises:
        ResetInProgress: another process is changing the ingress.
        Unavailable: LiveKit or the table is unavailable.
    """
    found = batch_get(standing_ref(user_id), *approval_refs(user_id), consistent=True)
    standing = found.get(standing_ref(user_id))
    if standing and standing.state == "deleted":
        return
    has_ended = standing is None or standing.has_ended(clock.now())
    if not has_ended or not is_approved(user_id, found):
        record_event(user_id, EndedByCreator(), "operator")
    finish_change(user_id)
    if standing is None:
        return
    # No-op if the suspension has been changed in the meantime: it is due again.
    ref, is_unchanged = standing_ref(user_id), unchanged(standing)
    if has_ended:
        commit(delete(ref, condition=is_unchanged))
    else:
        listing = by_due(user_id, standing.until)
        commit(update(ref, Standing.list_sk.set(listing.list_sk), condition=is_unchanged))
