"""Who follows whom, who blocked whom."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from footlight import clock
from footlight.tables.base import Item, Key


class Follow(Item, discriminator="follow"):
    """Listed under whom it follows, by time."""

    created_at = UnicodeAttribute()


class Block(Item, discriminator="block"):
    """Listed under whom it keeps out, by time. `name`: as they were called when blocked."""

    created_at = UnicodeAttribute()
    name = UnicodeAttribute()


def follow_key(who: str, whom: str) -> Key:
    return f"FOLLOW#{who}", whom


def block_key(host: str, who: str) -> Key:
    """`who` is a user id or a guest id, which never look alike."""
    return f"BLOCK#{host}", who


def listed_follower(who: str, whom: str, at: datetime) -> Key:
    """`list_pk` and `list_sk` of a follow: under whom it follows."""
    return f"FOLLOWERS#{whom}", f"{clock.iso(at)}#{who}"


def listed_blocker(host: str, who: str) -> Key:
    """`list_pk` and `list_sk` of a block: under whom it keeps out."""
    return f"BLOCKERS#{who}", host
