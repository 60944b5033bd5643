"""What the site has used on each day.

The count of a day is cut into parts. A broadcast's end writes one in its transaction, and ends at
the same time would conflict in a single item.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import zlib
from datetime import datetime, timedelta
from typing import Final

from footlight.tables.attributes import ExpiryAttribute, IntegerAttribute
from footlight.tables.items import Item, Ref

USAGE_KEPT: Final = timedelta(days=2)
"""Only the current day is shown."""

PARTS: Final = 16


class DayUsage(Item, discriminator="usage"):
    """A part of how long channels have streamed on one day, in broadcasts that ended on it."""

    streamed_seconds = IntegerAttribute(default=0)
    expires_at = ExpiryAttribute()


def day_usage(instant: datetime, user_id: str) -> Ref[DayUsage]:
    """Return the part in which a channel counts, of the day, in UTC, of an instant."""
    return _part(instant, zlib.crc32(user_id.encode()) % PARTS)


def day_usages(instant: datetime) -> list[Ref[DayUsage]]:
    """Return all parts of the day, in UTC, of an instant."""
    return [_part(instant, number) for number in range(PARTS)]


def _part(instant: datetime, number: int) -> Ref[DayUsage]:
    return Ref(DayUsage, f"USAGE#{instant.date().isoformat()}", f"{number:02d}")
