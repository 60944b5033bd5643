"""A read that sees a state which nobody has confirmed lately has it looked at, beside itself."""

from datetime import timedelta

from footlight import clock
from footlight.aws import background
from footlight.tables import base
from footlight.tables.live import Live

FRESH_SECONDS = 30
"""What LiveKit, or a look at it, said so long ago is still believed."""


def repair_if_stale(item: base.Item | None) -> None:
    """Has a channel looked at where its state is old. One without an ingress can't be live."""
    if not isinstance(item, Live) or not item.ingress_id:
        return
    verified = item.verified_at
    if verified is None or clock.now() - verified > timedelta(seconds=FRESH_SECONDS):
        background.check_channel_if_stale(item.user_id)
