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
    return follows_list(who), whom


def follows_list(who: str) -> str:
    """`pk` of all that somebody follows."""
    return f"FOLLOW#{who}"


def block_key(host: str, who: str) -> Key:
    """`who` is a user id or a guest id, which never look alike."""
    return blocks_list(host), who


def blocks_list(host: str) -> str:
    """`pk` of all whom a host has blocked."""
    return f"BLOCK#{host}"


def listed_follower(who: str, whom: str, at: datetime) -> Key:
    """`list_pk` and `list_sk` of a follow: under whom it follows."""
    return f"FOLLOWERS#{whom}", f"{clock.iso(at)}#{who}"


def listed_blocker(host: str, who: str) -> Key:
    """`list_pk` and `list_sk` of a block: under whom it keeps out."""
    return blockers_list(who), host


def blockers_list(who: str) -> str:
    """`list_pk` of the blocks that keep somebody out."""
    return f"BLOCKERS#{who}"


def host_of(block: Item) -> str:
    """Who blocked."""
    return block.pk.removeprefix("BLOCK#")
