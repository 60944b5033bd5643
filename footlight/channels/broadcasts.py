"""A creator's past broadcasts."""

from pydantic import Field

from footlight import cursors
from footlight.identities import Person
from footlight.literals import EndReason
from footlight.tables import live
from footlight.tables.items import newest
from footlight.wire import Instant, Wire

PAGE = 20


class PastBroadcast(Wire):
    """A broadcast that has ended."""

    id: str
    started_at: Instant
    ended_at: Instant
    reason: EndReason = Field(
        description="`stopped`: the encoder stopped; `ended`: the creator ended it; "
        "`reset`: the stream key was reset; `capped`: it was over a cap of the site"
    )
    peak_viewers: int
    average_viewers: int | None = Field(description="Null if it was shorter than a minute")


class PastBroadcasts(Wire):
    """A page of past broadcasts, newest first."""

    sessions: list[PastBroadcast]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def past_broadcasts(creator: Person, cursor: str | None) -> PastBroadcasts:
    """Return a page of a creator's past broadcasts."""
    before = None if cursor is None else cursors.decode_one(cursor)
    page, has_more = newest(live.PastBroadcast, live.past_broadcasts(creator.id), before, PAGE)
    return PastBroadcasts(
        sessions=[view_of(broadcast) for broadcast in page],
        next=cursors.encode(page[-1].sk) if has_more else None,
    )


def view_of(broadcast: live.PastBroadcast) -> PastBroadcast:
    """Return a past broadcast as the API shows it."""
    return PastBroadcast(
        id=broadcast.sk,
        started_at=broadcast.started_at,
        ended_at=broadcast.ended_at,
        reason=broadcast.reason,
        peak_viewers=broadcast.peak_viewers,
        average_viewers=broadcast.average_viewers,
    )
