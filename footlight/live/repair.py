"""Repair of stale live state: a read that finds it starts a check in the background."""

from datetime import timedelta

from footlight import clock
from footlight.aws import background
from footlight.tables.items import Item
from footlight.tables.live import LiveState

FRESH_SECONDS = 30
"""How long a confirmed state is trusted."""


def repair_if_stale(item: Item | None) -> None:
    """Schedule a check if the state is stale. A channel without an ingress can't be live."""
    if not isinstance(item, LiveState) or not item.ingress_id:
        return
    verified_at = item.verified_at
    if verified_at is None or clock.now() - verified_at > timedelta(seconds=FRESH_SECONDS):
        background.check_channel_if_stale(item.user_id)
