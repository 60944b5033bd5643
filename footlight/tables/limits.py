"""Counters of rate limits, one for each window. Deleted by TTL."""

from footlight.tables.attributes import IntegerAttribute
from footlight.tables.items import Item, Ref


class Taken(Item, discriminator="taken"):
    """The number of uses in one window."""

    times = IntegerAttribute()
    expires_at = IntegerAttribute()


def taken(limit: str, subject: str, window: int) -> Ref[Taken]:
    """Return the reference to a counter. `window` is the number of the window since 1970."""
    return Ref(Taken, f"LIMIT#{limit}#{subject}", str(window))
