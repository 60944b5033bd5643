"""Work in the background: the reconcile function, invoked asynchronously.

Failures are logged and never raised: the scheduled run of the next minute does the same work.
"""

import time
from typing import Any

from footlight import settings
from footlight.aws import invocations

CHECK_INTERVAL_SECONDS = 30
"""The minimum time between two tasks that reads start for a channel, per container."""
MAX_REMEMBERED_CHECKS = 10_000

_started_at: dict[str, float] = {}


def check_channel(user_id: str) -> None:
    """Compare a channel's state, viewers, and room metadata with LiveKit, and repair them."""
    _start({"channel": user_id})


def check_reported_channel(user_id: str, last_joined_ms: int = 0) -> None:
    """Check a channel after a webhook: what the check finds was reported, and is no drift.

    `last_joined_ms`: the encoder's participant left, and had joined then.
    """
    left = {"lastJoinedMs": last_joined_ms} if last_joined_ms else {}
    _start({"channel": user_id, "isReported": True, **left})


def check_channel_if_stale(user_id: str) -> None:
    """Check a channel after a read found its state stale, at most once per interval."""
    if _is_due("check", user_id):
        check_channel(user_id)


def finish_ingress(user_id: str) -> None:
    """Finish a change of an ingress, or end the rest of its key, and check the channel."""
    _start({"channel": user_id, "finishes": True})


def end_rest(user_id: str) -> None:
    """Let a stream key work again after a read found that it has rested, once per interval."""
    if _is_due("rest", user_id):
        finish_ingress(user_id)


def settle_account(user_id: str) -> None:
    """Make LiveKit agree with an account's suspension and approval, and check its room."""
    _start({"channel": user_id, "settles": True})


def finish_deletion(user_id: str) -> None:
    """Delete what is left of an account whose deletion has started."""
    _start({"deletion": user_id})


def remove_participant(user_id: str, identity: str) -> None:
    """Remove one participant from a channel's room."""
    _start({"channel": user_id, "putOut": identity})


def clear_cache() -> None:
    """Clear the times of recent tasks."""
    _started_at.clear()


def _is_due(task: str, user_id: str) -> bool:
    now, key = time.monotonic(), f"{task} {user_id}"
    if now - _started_at.get(key, -CHECK_INTERVAL_SECONDS) < CHECK_INTERVAL_SECONDS:
        return False
    if len(_started_at) > MAX_REMEMBERED_CHECKS:
        _started_at.clear()
    _started_at[key] = now
    return True


def _start(task: dict[str, Any]) -> None:
    invocations.invoke(settings.reconcile_function(), task)
