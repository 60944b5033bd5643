"""What the site has used on each day."""

from datetime import datetime, timedelta
from typing import Final

from footlight.tables.attributes import ExpiryAttribute, IntegerAttribute
from footlight.tables.items import Item, Ref

USAGE_KEPT: Final = timedelta(days=2)
"""Only the current day is shown."""


class DayUsage(Item, discriminator="usage"):
    """How long channels have streamed on one day, in broadcasts that ended on it."""

    streamed_seconds = IntegerAttribute(default=0)
    expires_at = ExpiryAttribute()


def day_usage(instant: datetime) -> Ref[DayUsage]:
    """Return the reference to the use of the day, in UTC, of an instant."""
    return Ref(DayUsage, f"USAGE#{instant.date().isoformat()}", "USAGE")
