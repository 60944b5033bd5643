"""What the site uses now, from the list of live channels."""

from pydantic import Field

from footlight.tables.items import listed
from footlight.tables.live import LISTED_LIVE, listed_viewers
from footlight.wire import Wire


class Usage(Wire):
    """What the site uses of LiveKit now. Checks update it within a minute."""

    live_channels: int = Field(description="Channels that are live now")
    viewers: int = Field(description="Their viewers, all rooms together")


def read_usage() -> Usage:
    """Return what the site uses now."""
    entries = listed(LISTED_LIVE)
    return Usage(live_channels=len(entries), viewers=sum(map(listed_viewers, entries)))
