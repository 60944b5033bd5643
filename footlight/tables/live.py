"""Live state and past broadcasts: items of their own, so that a webhook writes these alone."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from footlight.tables.base import Item, Key

LISTED_LIVE = "LIVE"
LISTED_RECONNECTING = "RECONNECTING"


class Live(Item, discriminator="live"):
    """What is known of a channel's broadcast (`footlight.live.state.Known`), and who said so.

    `version` grows with each write and is the condition of the next.
    """

    user_id = UnicodeAttribute()
    version = NumberAttribute(default=0)
    source = UnicodeAttribute(null=True)
    ingress_id = UnicodeAttribute(null=True)
    live = BooleanAttribute(default=False)
    session_id = UnicodeAttribute(null=True)
    session_started_at = UnicodeAttribute(null=True)
    peak_viewers = NumberAttribute(default=0)
    viewer_sum = NumberAttribute(default=0)
    viewer_samples = NumberAttribute(default=0)
    ended_at = UnicodeAttribute(null=True)
    last_started = NumberAttribute(default=0)
    last_updated = NumberAttribute(default=0)
    viewers = NumberAttribute(default=0)
    verified_at = UnicodeAttribute(null=True)


class Session(Item, discriminator="session"):
    """A broadcast that is over."""

    started_at = UnicodeAttribute()
    ended_at = UnicodeAttribute()
    reason = UnicodeAttribute()
    peak_viewers = NumberAttribute()
    average_viewers = NumberAttribute(null=True)


def live_key(user_id: str) -> Key:
    return f"LIVE#{user_id}", "LIVE"


def session_key(user_id: str, session_id: str) -> Key:
    return sessions_list(user_id), session_id


def sessions_list(user_id: str) -> str:
    """`pk` of all past broadcasts of a channel, in the order of their beginnings."""
    return f"SESSION#{user_id}"


def listed_live(user_id: str, viewers: int) -> Key:
    """`list_pk` and `list_sk` of a live channel: most viewers last."""
    return LISTED_LIVE, f"{viewers:08d}#{user_id}"


def listed_reconnecting(user_id: str, ended_at: str) -> Key:
    """`list_pk` and `list_sk` of a channel in its drop grace: the newest drop last."""
    return LISTED_RECONNECTING, f"{ended_at}#{user_id}"
