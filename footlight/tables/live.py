"""Live state: an item of its own, so that a webhook can write this and nothing else."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from footlight.tables.base import Item, Key

LISTED_LIVE = "LIVE"


class Live(Item, discriminator="live"):
    """Whether a channel is live, as LiveKit last told.

    `session_started` and `session_updated` are LiveKit's own clock (nanoseconds) and order its
    events; `ended_at` is ours and begins the drop grace.
    """

    user_id = UnicodeAttribute()
    ingress_id = UnicodeAttribute(null=True)
    live = BooleanAttribute(default=False)
    session_started = NumberAttribute(null=True)
    session_updated = NumberAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    verified_at = UnicodeAttribute(null=True)
    viewers = NumberAttribute(default=0)


def live_key(user_id: str) -> Key:
    return f"LIVE#{user_id}", "LIVE"


def listed_live(user_id: str, viewers: int) -> Key:
    """`list_pk` and `list_sk` of a live channel: most viewers last."""
    return LISTED_LIVE, f"{viewers:08d}#{user_id}"
