"""The one way to write live state: read it, let `session.reduce` decide, write if unchanged.

The condition of the write is the version that was read, so whoever was slower reads again and
decides anew. What is late or repeated changes nothing by the rules of `reduce` itself: that is all
the idempotency that is needed.
"""

from dataclasses import dataclass
from typing import Literal

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from footlight import clock, settings
from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.live import state
from footlight.live.state import Known, News
from footlight.tables import base, legacy
from footlight.tables.live import (
    Live,
    Session,
    listed_live,
    listed_reconnecting,
    live_key,
    session_key,
)

Source = Literal["webhook", "reconciler", "repair", "creator"]
"""Who says so: LiveKit by itself, the minute's look, a look at one channel, its creator."""


@dataclass(frozen=True)
class Outcome:
    """What became of a piece of news."""

    is_changed: bool
    is_unsure: bool
    change: str | None
    """`live`, `reconnecting` or `offline` where the state is another than before."""


class Moved(Exception):
    """Raised where the state is no longer at the version that the caller had looked at."""


def record(user_id: str, news: News, source: Source, *, if_version: int | None = None) -> Outcome:
    """Writes what a piece of news makes of a channel. Raises Unavailable.

    `if_version`: only where the state is still what the caller had seen; raises Moved otherwise.
    """

    def attempt() -> Outcome:
        step = prepare(user_id, news, source)
        if if_version is not None and step.version != if_version:
            raise Moved
        if not step.is_changed:
            return step.outcome
        try:
            if step.closed:
                with base.faults(), base.transaction() as transaction:
                    step.write(transaction)
            else:
                with base.faults():
                    step.item.save(condition=step.condition)
        except (PutError, TransactWriteError) as error:
            raise legacy.Overtaken from error
        step.tell()
        return step.outcome

    return legacy.retried(attempt)


@dataclass(frozen=True)
class Step:
    """One step of a channel's live state, decided and not written yet."""

    item: Live
    closed: Session | None
    version: int
    condition: Condition
    source: Source
    outcome: Outcome

    @property
    def is_changed(self) -> bool:
        return self.outcome.is_changed

    def write(self, transaction: TransactWrite) -> None:
        """Adds it to a transaction, which is cancelled where the state has moved meanwhile."""
        transaction.save(self.item, condition=self.condition)
        if self.closed:
            transaction.save(self.closed)

    def tell(self) -> None:
        """Logs and counts a change of the state, by who said so."""
        if not self.outcome.change:
            return
        log.info(
            "live_state", user_id=self.item.user_id, to=self.outcome.change, source=self.source
        )
        metrics.count("LiveStateChange", source=self.source, to=self.outcome.change)


def prepare(user_id: str, news: News, source: Source) -> Step:
    """What news makes of a channel, to be written within a transaction of the caller's.

    `step.write(transaction)`, then `step.tell()`. Raises Unavailable.
    """
    found = base.get(live_key(user_id), consistent=True)
    before = found if isinstance(found, Live) else None
    known = known_of(before)
    now, grace = clock.now(), settings.drop_grace_seconds()
    change = state.reduce(known, news, now, grace)
    was = state.state_of(known.is_live, known.ended_at, now, grace)
    after = change.known
    to = state.state_of(after.is_live, after.ended_at, now, grace)
    version = before.version if before else 0
    return Step(
        item=_item(user_id, after, version + 1, source),
        closed=_closed(user_id, change.closed),
        version=version,
        condition=Live.version == version if before else Live.pk.does_not_exist(),
        source=source,
        outcome=Outcome(
            is_changed=after != known,
            is_unsure=change.is_unsure,
            change=to if to != was else None,
        ),
    )


def known_of(item: Live | None) -> Known:
    """What an item says, in the words of the state machine."""
    if item is None:
        return Known()
    on = None
    if item.session_id and item.session_started_at:
        on = state.Session(
            id=item.session_id,
            started_at=item.session_started_at,
            peak_viewers=item.peak_viewers,
            viewer_sum=item.viewer_sum,
            viewer_samples=item.viewer_samples,
        )
    return Known(
        ingress_id=item.ingress_id,
        is_live=item.live,
        session=on,
        ended_at=item.ended_at,
        last_started=item.last_started,
        last_updated=item.last_updated,
        viewers=item.viewers,
        verified_at=item.verified_at,
    )


def _item(user_id: str, known: Known, version: int, source: Source) -> Live:
    on = known.session
    ended_at = known.ended_at
    listed: tuple[str | None, str | None] = (None, None)
    if known.is_live:
        listed = listed_live(user_id, known.viewers)
    elif ended_at:  # the reconciler finds here whose grace is over
        listed = listed_reconnecting(user_id, ended_at)
    return Live(
        *live_key(user_id),
        user_id=user_id,
        version=version,
        source=source,
        ingress_id=known.ingress_id,
        live=known.is_live,
        session_id=on.id if on else None,
        session_started_at=on.started_at if on else None,
        peak_viewers=on.peak_viewers if on else 0,
        viewer_sum=on.viewer_sum if on else 0,
        viewer_samples=on.viewer_samples if on else 0,
        ended_at=ended_at,
        last_started=known.last_started,
        last_updated=known.last_updated,
        viewers=known.viewers,
        verified_at=known.verified_at,
        list_pk=listed[0],
        list_sk=listed[1],
    )


def _closed(user_id: str, closed: state.Closed | None) -> Session | None:
    if closed is None:
        return None
    return Session(
        *session_key(user_id, closed.session.id),
        started_at=closed.session.started_at,
        ended_at=closed.ended_at,
        reason=closed.reason,
        peak_viewers=closed.session.peak_viewers,
        average_viewers=closed.average_viewers,
    )
