"""The schedule's minute, and looks at one channel that other functions begin beside a request.

{}                                          every minute, by the schedule
{"channel": userId}                         compare one channel with LiveKit and put it right
{"channel": userId, "putOut": identity}     put one participant out of its room
"""

from typing import Any

from footlight import identities
from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.livekit import server
from footlight.sync.check import look_at
from footlight.sync.run import run


def handler(event: dict[str, Any], context: Any) -> None:
    """Entry of the function. Where LiveKit does not answer, the next minute makes it up."""
    try:
        _do(event.get("channel"), event.get("putOut"))
    except Unavailable:
        log.warning("could_not_look", asked=event)
        metrics.count("ReconcileFaults")


def _do(user_id: str | None, identity: str | None) -> None:
    if user_id is None:
        run()
    elif identity is None:
        report = look_at(user_id)
        log.info("looked_at", channel=user_id, **vars(report))
        if report.drift:  # a read was sooner than the minute; the webhook is as lost
            metrics.count("ReconcileDrift", report.drift)
    else:
        server.remove_participants([(identities.room_of(user_id), identity)])
        log.info("put_out", channel=user_id)
