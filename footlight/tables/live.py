"""Live state and past broadcasts: items of their own, so that the webhook can write only these."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from footlight import clock
from footlight.literals import Cap, EndReason, Source
from footlight.tables.attributes import (
    InstantAttribute,
    IntegerAttribute,
    LiteralAttribute,
    optional,
)
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, ListEntry, Listing, Ref

LISTED_LIVE = "LIVE"
LISTED_RECONNECTING = "RECONNECTING"
LISTED_RESTING = "RESTING"
LISTED_STREAMED = "STREAMED"


class LiveState(Item, discriminator="live"):
    """What is recorded of a channel's broadcast, and what reported it.

    Each write increments `version` and requires the version that was read. `last_started` and
    `last_updated` are LiveKit's nanoseconds. Live channels are listed by viewers, channels in the
    drop grace period by the time of the drop, channels whose stream key rests by its end.
    `live.state.LiveRecord` explains the other attributes.
    """

    user_id = UnicodeAttribute()
    version = IntegerAttribute(default=0)
    source = optional(LiteralAttribute[Source]())
    ingress_id = optional(UnicodeAttribute())
    live = BooleanAttribute(default=False)
    session_id = optional(UnicodeAttribute())
    session_started_at = optional(InstantAttribute())
    peak_viewers = IntegerAttribute(default=0)
    viewer_sum = IntegerAttribute(default=0)
    viewer_samples = IntegerAttribute(default=0)
    ended_at = optional(InstantAttribute())
    last_started = IntegerAttribute(default=0)
    last_updated = IntegerAttribute(default=0)
    viewers = IntegerAttribute(default=0)
    verified_at = optional(InstantAttribute())
    reported_at = optional(InstantAttribute())
    resting_until = optional(InstantAttribute())
    resting_for = optional(LiteralAttribute[Cap]())
    streamed_until = optional(InstantAttribute())
    streamed_seconds = IntegerAttribute(default=0)


class LastBroadcast(Item, discriminator="last_broadcast"):
    """When a channel last went live. It lists the channels that have streamed, last first."""

    user_id = UnicodeAttribute()
    started_at = InstantAttribute()


class PastBroadcast(Item, discriminator="session"):
    """A broadcast that has ended. `sk` is its id."""

    started_at = InstantAttribute()
    ended_at = InstantAttribute()
    reason = LiteralAttribute[EndReason]()
    peak_viewers = IntegerAttribute()
    average_viewers = optional(IntegerAttribute())


def live_state(user_id: str) -> Ref[LiveState]:
    return Ref(LiveState, f"LIVE#{user_id}", "LIVE")


def last_broadcast(user_id: str) -> Ref[LastBroadcast]:
    return Ref(LastBroadcast, f"LIVE#{user_id}", "LAST")


def last_broadcast_item(user_id: str, started_at: datetime) -> LastBroadcast:
    """Return the item of a start, which lists the channel on home."""
    listing = Listing(LISTED_STREAMED, f"{clock.iso(started_at)}#{user_id}")
    return last_broadcast(user_id).new(
        user_id=user_id, started_at=started_at, **listing.attributes()
    )


def past_broadcast(user_id: str, broadcast_id: str) -> Ref[PastBroadcast]:
    return Ref(PastBroadcast, past_broadcasts(user_id), broadcast_id)


def past_broadcasts(user_id: str) -> str:
    """Return the `pk` of all past broadcasts of a channel, which sort by their start."""
    return f"SESSION#{user_id}"


def by_viewers(user_id: str, viewers: int) -> Listing:
    """Return the place in the list of live channels, most viewers last."""
    return Listing(LISTED_LIVE, f"{viewers:08d}#{user_id}")


def listed_broadcasts() -> list[LiveState]:
    """Return the channels that are live or reconnecting, from the index, which may lag.

    The grace period of some may have ended.
    """
    with unavailable_on_faults():
        return [
            *LiveState.lists.query(LISTED_LIVE),  # pyright: ignore[reportReturnType]
            *LiveState.lists.query(LISTED_RECONNECTING),  # pyright: ignore[reportReturnType]
        ]


def listed_viewers(entry: ListEntry) -> int:
    """Return the number of viewers of a channel in the list of live channels."""
    return int(entry.list_sk.partition("#")[0])


def by_drop(user_id: str, ended_at: datetime) -> Listing:
    """Return the place of a channel in its drop grace period: newest drop last."""
    return Listing(LISTED_RECONNECTING, f"{clock.iso(ended_at)}#{user_id}")


def rested_before(now: datetime) -> list[LiveState]:
    """Return the channels whose stream key rests until an instant that has passed, from the index.

    The index may lag.
    """
    ended = LiveState.list_sk < clock.iso(now)
    with unavailable_on_faults():
        return list(LiveState.lists.query(LISTED_RESTING, ended))  # pyright: ignore[reportArgumentType, reportReturnType]


def by_rest(user_id: str, until: datetime) -> Listing:
    """Return the place of a channel whose stream key rests: soonest end first."""
    return Listing(LISTED_RESTING, f"{clock.iso(until)}#{user_id}")
