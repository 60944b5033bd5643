"""Pure: what is known of a channel's broadcast, and what each piece of news makes of it.

    offline ──started──► live ──ended──► reconnecting ──grace over──► offline
                          ▲                   │
                          └──────started──────┘   the same session

A session is one broadcast: it begins with the first start, outlives drops within the grace, and is
closed with a reason when the channel is offline. News comes from webhooks, which may be late,
repeated, out of order or lost; from the reconciler, which has looked; and from the creator.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

MILLISECOND = 1_000_000
SECOND = 1_000_000_000
"""In LiveKit's nanoseconds."""

State = Literal["offline", "live", "reconnecting"]
Reason = Literal["stopped", "ended", "reset"]
"""Why a broadcast is over: the encoder went away, its creator ended it, its key was replaced."""


@dataclass(frozen=True)
class Session:
    """One broadcast, on or in its drop grace. `id`: its start in milliseconds since 1970."""

    id: str
    started_at: datetime
    peak_viewers: int = 0
    viewer_sum: int = 0
    viewer_samples: int = 0


@dataclass(frozen=True)
class Closed:
    """A broadcast that is over. `average_viewers`: None where it was too short to be counted."""

    session: Session
    ended_at: datetime
    reason: Reason

    @property
    def average_viewers(self) -> int | None:
        """Over the reconciler's looks, one a minute."""
        samples = self.session.viewer_samples
        return round(self.session.viewer_sum / samples) if samples else None


@dataclass(frozen=True)
class Known:
    """What is recorded of a channel.

    `last_started` and `last_updated` are the newest `startedAt` and `updatedAt` that LiveKit told
    of the present ingress (nanoseconds): what is not newer is late or repeated. `ended_at` is when
    the drop grace began; None where there is none. `verified_at`: when LiveKit last confirmed it.
    """

    ingress_id: str | None = None
    is_live: bool = False
    session: Session | None = None
    ended_at: datetime | None = None
    last_started: int = 0
    last_updated: int = 0
    viewers: int = 0
    verified_at: datetime | None = None


@dataclass(frozen=True)
class Started:
    """LiveKit tells that an encoder came: the ingress and its session's nanoseconds."""

    ingress_id: str
    started: int
    updated: int


@dataclass(frozen=True)
class Stopped:
    """LiveKit tells that an encoder went; `started` is None where it does not say of which."""

    ingress_id: str
    started: int | None
    updated: int


@dataclass(frozen=True)
class Seen:
    """The reconciler looked: whether the room has the host's picture or sound, and its viewers.

    `is_sample`: this look counts in the broadcast's average.
    """

    is_publishing: bool
    viewers: int = 0
    is_sample: bool = False


@dataclass(frozen=True)
class EndedByCreator:
    """The creator ended the broadcast: no grace."""


@dataclass(frozen=True)
class IngressReplaced:
    """Another ingress, or none, took the place of the one before: LiveKit tells nothing of it."""

    ingress_id: str | None


News = Started | Stopped | Seen | EndedByCreator | IngressReplaced


@dataclass(frozen=True)
class Change:
    """What becomes of it.

    `is_unsure`: the news fits more than one truth (an end of a session that is not the one known
    to be on), so that LiveKit has to be asked.
    """

    known: Known
    closed: Closed | None = None
    is_unsure: bool = False


def state_of(live: bool, ended_at: datetime | None, now: datetime, grace_seconds: int) -> State:
    """`reconnecting` for the drop grace after an encoder went away, then `offline`.

    `ended_at` is None where the broadcast was ended on purpose: no grace then.
    """
    if live:
        return "live"
    if ended_at and now - ended_at < timedelta(seconds=grace_seconds):
        return "reconnecting"
    return "offline"


def reduce(known: Known, news: News, now: datetime, grace_seconds: int) -> Change:
    """The one transition function. Unchanged `known` means that nothing is to be written."""
    settled, closed = _settle(known, now, grace_seconds)
    match news:
        case Started():
            change = _started(settled, news, now)
        case Stopped():
            change = _stopped(settled, news, now)
        case Seen():
            change = _seen(settled, news, now)
        case EndedByCreator():
            change = _over(settled, now, "ended")
            if (
                change.known != settled
            ):  # what LiveKit told up to now is of the broadcast that is over
                latest = max(settled.last_updated, _milliseconds(now) * MILLISECOND)
                change = replace(change, known=replace(change.known, last_updated=latest))
        case IngressReplaced():
            over = _over(settled, now, "reset")
            fresh = Known(ingress_id=news.ingress_id, verified_at=now)
            change = replace(over, known=fresh)
    return replace(change, closed=change.closed or closed)


def _settle(known: Known, now: datetime, grace_seconds: int) -> tuple[Known, Closed | None]:
    """Closes a broadcast whose grace is over: nothing runs at that moment, so it is done later."""
    if known.is_live or known.session is None or known.ended_at is None:
        return known, None
    if state_of(False, known.ended_at, now, grace_seconds) == "reconnecting":
        return known, None
    closed = Closed(known.session, known.ended_at, "stopped")
    return replace(known, session=None, ended_at=None), closed


def _started(known: Known, news: Started, now: datetime) -> Change:
    told = (news.started, news.updated)
    if news.ingress_id != known.ingress_id or not _is_news(known, told):
        return Change(known)
    since = datetime.fromtimestamp(news.started / SECOND, UTC)
    return Change(
        replace(
            _on_air(known, since),
            last_started=news.started,
            last_updated=news.updated,
            verified_at=now,
        )
    )


def _stopped(known: Known, news: Stopped, now: datetime) -> Change:
    started = known.last_started if news.started is None else news.started
    if news.ingress_id != known.ingress_id or not _is_news(known, (started, news.updated)):
        return Change(known)
    if known.is_live and started != known.last_started:
        # A second encoder that failed beside the first, or the end of a session whose start was
        # lost: the event can't tell.
        return Change(known, is_unsure=True)
    heard = replace(known, last_started=started, last_updated=news.updated)
    return Change(replace(_dropped(heard, now), verified_at=now))


def _seen(known: Known, news: Seen, now: datetime) -> Change:
    if not news.is_publishing:
        return Change(replace(_dropped(known, now), verified_at=now))
    on = _on_air(known, now)
    assert on.session is not None  # noqa: S101 - for the type checker: on air means a session
    counted = replace(
        on.session,
        peak_viewers=max(on.session.peak_viewers, news.viewers),
        viewer_sum=on.session.viewer_sum + (news.viewers if news.is_sample else 0),
        viewer_samples=on.session.viewer_samples + int(news.is_sample),
    )
    return Change(replace(on, session=counted, viewers=news.viewers, verified_at=now))


def _over(known: Known, now: datetime, reason: Reason) -> Change:
    if known.session is None:
        return Change(known)
    # In its grace a broadcast ended when the encoder went.
    closed = Closed(known.session, known.ended_at or now, reason)
    off = replace(known, is_live=False, session=None, ended_at=None, viewers=0, verified_at=now)
    return Change(off, closed)


def _on_air(known: Known, since: datetime) -> Known:
    session = known.session or Session(id=f"{_milliseconds(since):013d}", started_at=since)
    return replace(known, is_live=True, session=session, ended_at=None)


def _dropped(known: Known, now: datetime) -> Known:
    if not known.is_live:
        return known
    return replace(known, is_live=False, ended_at=now, viewers=0)


def _is_news(known: Known, told: tuple[int, int]) -> bool:
    return told > (known.last_started, known.last_updated)


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
