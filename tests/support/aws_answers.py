"""Answers of AWS to single operations that no emulator gives."""

from types import SimpleNamespace
from typing import Any

import boto3


def answer_with(
    session: boto3.Session, operation: str, parsed: dict[str, Any], *, status: int = 200
) -> None:
    """Answer an operation of the session's next clients, such as `iam.GetRole`, with this."""

    def answer(**_: Any) -> tuple[Any, dict[str, Any]]:
        return SimpleNamespace(status_code=status), parsed

    events: Any = session.events
    events.register(f"before-call.{operation}", answer)


def refuse(session: boto3.Session, operation: str, message: str = "not authorized") -> None:
    """Refuse an operation of the session's next clients with `AccessDenied`."""
    error = {"Code": "AccessDenied", "Message": message}
    answer_with(session, operation, {"Error": error}, status=403)
