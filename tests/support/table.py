"""What passes between the code and DynamoDB: counted, one call at a time, disturbed on request."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from footlight.tables import base

TRANSACTION = "TransactWriteItems"
LIMIT = "UpdateItem"
"""How a limit is counted."""


@dataclass
class Wire:
    """The calls made so far, by name, and what goes wrong with those to come."""

    made: list[str] = field(default_factory=list[str])
    conflicts: int = 0
    """So many transactions more are cancelled, since they meet another one."""
    lost_answers: int = 0
    """So many transactions more are done, but their caller is never told."""
    meanwhile: Callable[[], None] | None = None
    """Is done once, between what the next transaction's caller has read and the transaction."""

    def before(self, operation: str) -> None:
        self.made.append(operation)
        if operation != TRANSACTION:
            return
        if self.conflicts:
            self.conflicts -= 1
            cancelled: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": "Conflict"},
                "CancellationReasons": [{"Code": "TransactionConflict"}],
            }
            raise ClientError(cancelled, operation)
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()

    def after(self, operation: str) -> None:
        if operation == TRANSACTION and self.lost_answers:
            self.lost_answers -= 1
            raise ReadTimeoutError(endpoint_url="https://dynamodb")


@contextmanager
def watched() -> Generator[Wire]:
    """Lets calls through one at a time, since moto's transactions are not safe among threads."""
    wire, lock = Wire(), threading.RLock()
    call: Any = botocore.client.BaseClient._make_api_call  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage, reportUnknownVariableType]

    def through(self: Any, operation: str, arguments: Any) -> Any:
        with lock:
            wire.before(operation)
            answer = call(self, operation, arguments)
            wire.after(operation)
            return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", through)
        yield wire


def connect_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Another DynamoDB for all models, by connections of their own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
    for model in models():
        monkeypatch.setattr(model, "_connection", None)


def models(model: type[base.Item] = base.Item) -> list[type[base.Item]]:
    """Every kind of item."""
    return [model, *(below for kind in model.__subclasses__() for below in models(kind))]
