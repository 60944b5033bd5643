"""The run of each minute, and tasks that other functions start in the background.

{}                                          check all channels; started by the schedule
{"channels": [userId], "until": ms}         check a part of them; started by the run itself
{"channel": userId, "isReported": true}     check one channel, and repair its state
{"channel": userId, "finishes": true}       finish a change of the channel's ingress, and check it
{"channel": userId, "settles": true}        begin or end a suspension in LiveKit, and check it
{"channel": userId, "putOut": identity}     remove one participant from the channel's room
{"deletion": userId}                        continue the deletion of an account

`isReported` is optional: a webhook has reported the change that the check looks for. It may come
with `lastJoinedMs`: the encoder's participant left, and had joined then.
"""

import time
from typing import Any, Final

from footlight import clock, identities
from footlight.accounts import erasure, retention
from footlight.aws import metrics
from footlight.aws.logs import log
from footlight.errors import ResetInProgress, Unavailable
from footlight.ingress import cleanup, suspension
from footlight.literals import Source
from footlight.live.state import MILLISECOND
from footlight.livekit import server
from footlight.sync.check import check_channel
from footlight.sync.run import reconcile, reconcile_part

SETTLE_PAUSES_SECONDS: Final = (0.5, 0.5, 1, 1, 1)
"""Between attempts to settle a suspension while its owner is changing the ingress."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Run a task. If LiveKit or the table is unavailable, the next minute's run does the work."""
    try:
        _run(event, getattr(context, "invoked_function_arn", ""))
    except Unavailable:
        log.warning("reconcile task failed", task=event)
        metrics.publish({"ReconcileFaults": 1})


def _run(event: dict[str, Any], own_arn: str) -> None:
    match event:
        case {"channels": user_ids, "until": until}:
            reconcile_part(user_ids, clock.from_ms(until))
        case {"channel": user_id, "putOut": identity}:
            server.remove_participants([(identities.room_of(user_id), identity)])
            log.info("participant removed", channel=user_id)
        case {"channel": user_id, "finishes": True}:
            _finish(user_id)
            _check(user_id, "repair")
        case {"channel": user_id, "settles": True}:
            _settle(user_id)
        case {"channel": user_id}:
            source = "webhook" if event.get("isReported") else "repair"
            _check(user_id, source, event.get("lastJoinedMs", 0) * MILLISECOND)
        case {"deletion": user_id}:
            erasure.continue_deletion(user_id)
        case _:
            try:
                reconcile(own_arn)
            finally:
                erasure.start_due(own_arn)
                retention.forget_unblocked()


def _finish(user_id: str) -> None:
    try:
        cleanup.finish_change(user_id)
        cleanup.end_rest(user_id)
    except ResetInProgress:
        log.info("ingress is changing", channel=user_id)


def _settle(user_id: str) -> None:
    """Settle a suspension, and empty the room, even if the creator is changing the ingress now.

    Such a change ends within a request. If it doesn't, the next run settles the suspension.
    """
    pauses = iter(SETTLE_PAUSES_SECONDS)
    try:
        is_settled = _try_to_settle(user_id)
    finally:
        _check(user_id, "operator")
    while not is_settled and (pause := next(pauses, None)):
        time.sleep(pause)
        is_settled = _try_to_settle(user_id)


def _try_to_settle(user_id: str) -> bool:
    try:
        suspension.settle_account(user_id)
    except ResetInProgress:
        log.info("ingress is changing", channel=user_id)
        return False
    return True


def _check(user_id: str, source: Source, last_joined: int = 0) -> None:
    report = check_channel(user_id, source, last_joined)
    log.info("channel checked", channel=user_id, **vars(report))
    if report.drift:  # A read found it before the next run, but the webhook was lost as well.
        metrics.publish({"ReconcileDrift": report.drift})
