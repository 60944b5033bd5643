"""Keep somebody from writing for a while."""

from contextlib import suppress
from datetime import timedelta

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight import clock
from footlight.chat import messages
from footlight.chat.room import TimedOut
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.tables import base, legacy
from footlight.tables.chat import Timeout, timeout_key, timeouts_list
from footlight.wire import Instant, Wire

SHORTEST_SECONDS, LONGEST_SECONDS = 60, 14 * 24 * 3600

MOST_LISTED = 500


class Running(Wire):
    """A time-out that is not over."""

    viewer_id: str
    name: str
    until: Instant
    by: str
    reason: str | None


class TimeoutList(Wire):
    """Those who may not write now; whose time is over first comes first."""

    timeouts: list[Running]


def time_out(authority: Authority, viewer_id: str, seconds: int, reason: str | None) -> None:
    """Keeps somebody from writing from now on, and takes away what they wrote lately.

    A second one counts from then. Raises Oneself, Forbidden, NotFound, Unavailable.
    """
    host_id, whom = authority.host_id, authority.whom(viewer_id)
    until = clock.now() + timedelta(seconds=seconds)
    timeout = Timeout(
        *timeout_key(host_id, viewer_id),
        until_ms=clock.ms(until),
        name=whom.name,
        by_name=authority.me.name,
        reason=reason,
        expires_at=clock.ms(until) // 1000,
    )
    entry = audit_log.entry(host_id, authority.me, "timed_out", whom, until=until, reason=reason)

    def write(transaction: TransactWrite) -> None:
        transaction.save(timeout)
        transaction.save(entry)
        messages.overtake(transaction, host_id, viewer_id)

    legacy.commit(write)
    messages.purge(host_id, viewer_id)
    authority.tell(TimedOut(viewer_id=viewer_id, at=clock.now_ms(), until=until))


def lift(authority: Authority, viewer_id: str) -> None:
    """Lets somebody write again; may they already, that is as good. Raises as `time_out` does."""
    host_id, whom = authority.host_id, authority.whom(viewer_id)
    entry = audit_log.entry(host_id, authority.me, "timeout_ended", whom)
    timeout = Timeout(*timeout_key(host_id, viewer_id))

    def write(transaction: TransactWrite) -> None:
        transaction.delete(timeout, condition=Timeout.until_ms > clock.now_ms())
        transaction.save(entry)

    with suppress(TransactWriteError):  # it was over
        legacy.commit(write)
    authority.tell(TimedOut(viewer_id=viewer_id, at=clock.now_ms(), until=None))


def running(authority: Authority) -> TimeoutList:
    """The time-outs of a channel that are not over. Raises Unavailable."""
    now_ms = clock.now_ms()
    with base.faults():
        timeouts = list(
            Timeout.query(
                timeouts_list(authority.host_id),
                filter_condition=Timeout.until_ms > now_ms,
                consistent_read=True,
                limit=MOST_LISTED,
            )
        )
    return TimeoutList(
        timeouts=[
            Running(
                viewer_id=one.sk,
                name=one.name,
                until=clock.from_ms(int(one.until_ms)),
                by=one.by_name,
                reason=one.reason,
            )
            for one in sorted(timeouts, key=lambda one: one.until_ms)
        ]
    )
