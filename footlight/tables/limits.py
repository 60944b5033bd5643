"""How often somebody did something in a stretch of time. Gone by its time to live."""

from pynamodb.attributes import NumberAttribute

from footlight.tables.base import Item, Key


class Taken(Item, discriminator="taken"):
    """How many times within one window."""

    times = NumberAttribute()
    expires_at = NumberAttribute()


def taken_key(limit: str, who: str, window: int) -> Key:
    """`window`: the number of the stretch since 1970."""
    return f"LIMIT#{limit}#{who}", str(window)
