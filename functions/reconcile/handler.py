"""The run of each minute, and tasks that other functions start in the background.

{}                                          check all channels; started by the schedule
{"channel": userId}                         check one channel, and repair its state
{"channel": userId, "putOut": identity}     remove one participant from the channel's room
"""

from typing import Any

from footlight import identities
from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.livekit import server
from footlight.sync.check import check_channel
from footlight.sync.run import reconcile


def handler(event: dict[str, Any], context: Any) -> None:
    """Run a task. If LiveKit or the table is unavailable, the next minute's run does the work."""
    try:
        _run(event.get("channel"), event.get("putOut"))
    except Unavailable:
        log.warning("reconcile task failed", task=event)
        metrics.publish({"ReconcileFaults": 1})


def _run(user_id: str | None, identity: str | None) -> None:
    if user_id is None:
        reconcile()
    elif identity is None:
        report = check_channel(user_id)
        log.info("channel checked", channel=user_id, **vars(report))
        if report.drift:  # A read found it before the next run, but the webhook was lost as well.
            metrics.publish({"ReconcileDrift": report.drift})
    else:
        server.remove_participants([(identities.room_of(user_id), identity)])
        log.info("participant removed", channel=user_id)
