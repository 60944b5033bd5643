"""Work beside a request: begun in the reconciler's function, never waited for, never its fault."""

import json
import time

from botocore.exceptions import BotoCoreError, ClientError

from footlight import settings
from footlight.aws import clients
from footlight.aws.logs import log

AT_MOST_EVERY_SECONDS = 30

_looked_at: dict[str, float] = {}


def look(user_id: str) -> None:
    """Has one channel held against LiveKit and put right: its state, its viewers, its metadata."""
    _start({"channel": user_id})


def look_if_stale(user_id: str) -> None:
    """The same for a read that saw an old state; once in a while for each channel and container."""
    now = time.monotonic()
    if now - _looked_at.get(user_id, -AT_MOST_EVERY_SECONDS) < AT_MOST_EVERY_SECONDS:
        return
    if len(_looked_at) > 10_000:
        _looked_at.clear()
    _looked_at[user_id] = now
    look(user_id)


def put_out(user_id: str, identity: str) -> None:
    """Has one participant put out of a channel's room."""
    _start({"channel": user_id, "putOut": identity})


def forget() -> None:
    """Drop what is kept of looks begun lately."""
    _looked_at.clear()


def _start(task: dict[str, str]) -> None:
    try:
        clients.client("lambda").invoke(
            FunctionName=settings.reconcile_function(),
            InvocationType="Event",
            Payload=json.dumps(task),
        )
    except (BotoCoreError, ClientError) as error:
        # The minute's look does the same a little later.
        log.warning("not_started_beside", reason=type(error).__name__)
