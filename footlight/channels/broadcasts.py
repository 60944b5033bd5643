"""A creator's past broadcasts."""

from pydantic import Field

from footlight import cursors
from footlight.identities import Person
from footlight.live.state import Reason
from footlight.tables import base
from footlight.tables.live import Session, sessions_list
from footlight.wire import Instant, Wire

PAGE = 20


class PastSession(Wire):
    """A broadcast that is over."""

    id: str
    started_at: Instant
    ended_at: Instant
    reason: Reason = Field(
        description="`stopped`: the encoder went away; `ended`: by its creator; `reset`: of the key"
    )
    peak_viewers: int
    average_viewers: int | None = Field(description="Null where it was over within a minute")


class PastSessions(Wire):
    """Past broadcasts, newest first."""

    sessions: list[PastSession]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def past_sessions(creator: Person, cursor: str | None) -> PastSessions:
    """A page of a creator's past broadcasts. Raises InvalidRequest."""
    before = None if cursor is None else cursors.decode_one(cursor)
    page, has_more = base.newest(Session, sessions_list(creator.id), before, PAGE)
    return PastSessions(
        sessions=[_past(session) for session in page],
        next=cursors.encode(page[-1].sk) if has_more else None,
    )


def _past(session: Session) -> PastSession:
    return PastSession(
        id=session.sk,
        started_at=session.started_at,
        ended_at=session.ended_at,
        reason=session.reason,
        peak_viewers=session.peak_viewers,
        average_viewers=session.average_viewers,
    )
