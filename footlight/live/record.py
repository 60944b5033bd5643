"""The conditional write of live state.

LiveKit promises neither the order nor the delivery of its events and repeats them. They are ordered
by LiveKit's own clock, `startedAt` and `updatedAt` of the ingress's state (nanoseconds), in the
condition of the write itself: whatever is late, repeated or of a replaced ingress loses it. That is
all the idempotency that is needed.
"""

from dataclasses import dataclass
from datetime import datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from footlight import clock
from footlight.tables import base
from footlight.tables.live import Live, listed_live, live_key

SECOND = 1_000_000_000


@dataclass(frozen=True)
class Event:
    """An ingress that started or ended.

    `started` and `updated` are its session's nanoseconds; both None where the event carries no
    state, and then `created` (whole seconds) orders it.
    """

    ingress_id: str
    created: int
    started: int | None = None
    updated: int | None = None


def record_started(user_id: str, event: Event) -> bool:
    """Sets the channel live; False where the event is late, repeated or of an old ingress."""
    stored = Live.session_started
    if event.started is not None:
        started, updated = event.started, event.updated or event.started
        newer = (stored < started) | ((stored == started) & (Live.session_updated < updated))
    else:
        started = updated = event.created * SECOND
        newer = (stored < started) & (Live.session_updated < updated)
    now = clock.iso(clock.now())
    list_pk, list_sk = listed_live(user_id, 0)
    return _write(
        user_id,
        (Live.ingress_id == event.ingress_id) & (stored.does_not_exist() | newer),
        [
            Live.live.set(True),
            Live.session_started.set(started),
            Live.session_updated.set(updated),
            Live.ended_at.remove(),
            Live.verified_at.set(now),
            Live.viewers.set(0),
            Live.list_pk.set(list_pk),
            Live.list_sk.set(list_sk),
        ],
    )


def record_ended(user_id: str, event: Event) -> bool:
    """Sets the channel not live, which begins the drop grace.

    An end of a session other than the one that is live (a second encoder that failed) changes
    nothing. An end that comes before its start is kept, so that the start is known to be late.
    """
    stored = Live.session_started
    if event.started is not None:
        started, updated = event.started, event.updated or event.started
        same = (stored == started) & (Live.session_updated < updated) & (Live.live == True)  # noqa: E712 - builds an expression
        unseen = (stored < started) & (Live.live == False)  # noqa: E712 - builds an expression
        ends = same | unseen
    else:  # the end of that second: an end and a start of one second are in that order
        started = updated = event.created * SECOND + SECOND - 1
        ends = (stored <= started) & (Live.session_updated < updated)
    now = clock.now()
    return _write(
        user_id,
        (Live.ingress_id == event.ingress_id) & (stored.does_not_exist() | ends),
        [
            *off(now),
            Live.session_started.set(started if event.started is not None else (stored | started)),
            Live.session_updated.set(updated),
            Live.ended_at.set(clock.iso(now)),
        ],
    )


def off(at: datetime) -> list[Action]:
    """What it is not to be live, whatever it came from: known at this instant, in no list."""
    return [
        Live.live.set(False),
        Live.verified_at.set(clock.iso(at)),
        Live.viewers.set(0),
        Live.list_pk.remove(),
        Live.list_sk.remove(),
    ]


def record_off(user_id: str) -> None:
    """Sets the channel offline at once, without a drop grace; events up to now are late."""
    now = clock.now()
    _write(
        user_id,
        Live.pk.exists(),
        [
            *off(now),
            Live.session_updated.set(int(now.timestamp() * SECOND)),
            Live.ended_at.remove(),
        ],
    )


def _write(user_id: str, condition: Condition, actions: list[Action]) -> bool:
    try:
        with base.faults():
            Live(*live_key(user_id)).update(actions=actions, condition=condition)
    except UpdateError:
        return False
    return True
