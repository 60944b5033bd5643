"""Timeouts: viewers who can't write for a while."""

from datetime import timedelta

from footlight import clock
from footlight.chat import messages
from footlight.chat.room import ViewerTimedOut
from footlight.moderation import audit_log
from footlight.moderation.rights import Authority
from footlight.tables import chat
from footlight.tables.chat import Timeout
from footlight.tables.transactions import commit, delete, put
from footlight.wire import Instant, Wire

MIN_SECONDS, MAX_SECONDS = 60, 14 * 24 * 3600

MAX_LISTED = 500


class RunningTimeout(Wire):
    """A timeout that hasn't ended."""

    viewer_id: str
    name: str
    until: Instant
    by: str
    reason: str | None


class TimeoutList(Wire):
    """The timeouts that haven't ended. The next one to end is first."""

    timeouts: list[RunningTimeout]


def time_out(authority: Authority, viewer_id: str, seconds: int, reason: str | None) -> None:
    """Time out a viewer from now on, and delete their recent messages.

    A repeat restarts the timeout.
    """
    host_id, target = authority.host_id, authority.target(viewer_id)
    until = clock.now() + timedelta(seconds=seconds)
    timeout = chat.timeout(host_id, viewer_id).new(
        until=until,
        name=target.name,
        by_name=authority.me.name,
        reason=reason,
        expires_at=until,
    )
    commit(
        put(timeout),
        audit_log.record(host_id, authority.me, "timed_out", target, until=until, reason=reason),
        messages.fence(host_id, viewer_id),
    )
    messages.purge(host_id, viewer_id)
    authority.notify_room(ViewerTimedOut(viewer_id=viewer_id, at=clock.now_ms(), until=until))


def end_timeout(authority: Authority, viewer_id: str) -> None:
    """End a viewer's timeout. Idempotent."""
    host_id, target = authority.host_id, authority.target(viewer_id)
    commit(
        # Already ended: nothing is logged.
        delete(chat.timeout(host_id, viewer_id), condition=Timeout.until > clock.now()),
        audit_log.record(host_id, authority.me, "timeout_ended", target),
    )
    authority.notify_room(ViewerTimedOut(viewer_id=viewer_id, at=clock.now_ms(), until=None))


def running_timeouts(authority: Authority) -> TimeoutList:
    """Return the timeouts of a channel that haven't ended."""
    timeouts = chat.running_timeouts(authority.host_id, clock.now(), MAX_LISTED)
    return TimeoutList(
        timeouts=[
            RunningTimeout(
                viewer_id=timeout.sk,
                name=timeout.name,
                until=timeout.until,
                by=timeout.by_name,
                reason=timeout.reason,
            )
            for timeout in sorted(timeouts, key=lambda timeout: timeout.until)
        ]
    )
