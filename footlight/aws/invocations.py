"""Asynchronous invocations of Lambda functions."""

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from footlight.aws import clients
from footlight.aws.logs import log


def invoke(function: str, event: dict[str, Any]) -> bool:
    """Invoke a function, given by name or ARN, and don't wait. Return False if Lambda fails.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """
    try:
        clients.client("lambda").invoke(
            FunctionName=function, InvocationType="Event", Payload=json.dumps(event)
        )
    except (BotoCoreError, ClientError) as error:
        log.warning("background task not started", reason=type(error).__name__)
        return False
    return True
