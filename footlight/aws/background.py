"""Work in the background: the reconcile function, invoked asynchronously.

Failures are logged and never raised: the scheduled run of the next minute does the same work.
"""

import time
from typing import Any

from footlight import settings
from footlight.aws import invocations

CHECK_INTERVAL_SECONDS = 30
"""The minimum time between two checks of a stale channel, per container."""
MAX_REMEMBERED_CHECKS = 10_000

_checked_at: dict[str, float] = {}


def check_channel(user_id: str) -> None:
    """Compare a channel's state, viewers, and room metadata with LiveKit, and repair them."""
    _start({"channel": user_id})


def check_reported_channel(user_id: str) -> None:
    """Check a channel after a webhook: what the check finds was reported, and is no drift."""
    _start({"channel": user_id, "isReported": True})


def check_channel_if_stale(user_id: str) -> None:
    """Check a channel after a read found its state stale, at most once per interval."""
    now = time.monotonic()
    if now - _checked_at.get(user_id, -CHECK_INTERVAL_SECONDS) < CHECK_INTERVAL_SECONDS:
        return
    if len(_checked_at) > MAX_REMEMBERED_CHECKS:
        _checked_at.clear()
    _checked_at[user_id] = now
    check_channel(user_id)


def finish_ingress(user_id: str) -> None:
    """Finish a change of an ingress, or end the rest of its key, and check the channel."""
    _start({"channel": user_id, "finishes": True})


def remove_participant(user_id: str, identity: str) -> None:
    """Remove one participant from a channel's room."""
    _start({"channel": user_id, "putOut": identity})


def clear_cache() -> None:
    """Clear the times of recent checks."""
    _checked_at.clear()


def _start(task: dict[str, Any]) -> None:
    invocations.invoke(settings.reconcile_function(), task)
