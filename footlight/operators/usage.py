"""What the site uses now, and what it has used today."""

from pydantic import Field

from footlight import clock, settings
from footlight.live.airtime import broadcasts_on_air, site_seconds
from footlight.wire import Wire


class Usage(Wire):
    """What the site uses of LiveKit now, and since 00:00 UTC. Checks update it within a minute."""

    live_channels: int = Field(description="Channels that are live now")
    max_live_channels: int | None = Field(description="How many may be; null without a cap")
    viewers: int = Field(description="Their viewers, all rooms together")
    streamed_seconds_today: int = Field(
        description="How long all channels together have streamed since 00:00 UTC"
    )
    max_daily_hours_per_channel: int | None = Field(
        description="How long one channel may stream on a day; null without a cap"
    )


def read_usage() -> Usage:
    """Return what the site uses now, and has used today."""
    now = clock.now()
    on_air = broadcasts_on_air(now)
    live = [state for state in on_air if state.live]
    return Usage(
        live_channels=len(live),
        max_live_channels=settings.max_live_channels(),
        viewers=sum(state.viewers for state in live),
        streamed_seconds_today=site_seconds(on_air, now),
        max_daily_hours_per_channel=settings.max_daily_hours(),
    )
