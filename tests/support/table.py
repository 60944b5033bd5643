"""A wire between the code and AWS that records calls, and makes them fail on request."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from footlight.aws.json_api import JsonApi

TRANSACTION = "TransactWriteItems"
LIMIT = "UpdateItem"
"""The operation that counts toward a limit."""


def _refused(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def _cancelled(reason: str, operation: str) -> ClientError:
    cancelled: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": reason},
        "CancellationReasons": [{"Code": reason}],
    }
    return ClientError(cancelled, operation)


@dataclass(frozen=True)
class Fault:
    """A fault of a call. `error` is what the caller sees, or None if it sees no error.

    The call is done `done` times anyway: twice if botocore retries a call without a response.
    """

    error: Callable[[str], Exception] | None
    done: int = 0


FAULTS = {
    "throttled": Fault(lambda call: _refused("ProvisionedThroughputExceededException", call)),
    "out of reach": Fault(lambda _: EndpointConnectionError(endpoint_url="https://aws")),
    "timed out": Fault(lambda _: ReadTimeoutError(endpoint_url="https://aws")),
    "timed out when done": Fault(lambda _: ReadTimeoutError(endpoint_url="https://aws"), done=1),
    "sent twice": Fault(None, done=2),
    "cancelled": Fault(lambda call: _cancelled("ThrottlingError", call)),
}
WRITES = ("PutItem", "UpdateItem", "DeleteItem")


def can_meet(operation: str, fault: str) -> bool:
    """Return True if a call of this operation can meet this fault."""
    match fault:
        case "timed out when done":
            return operation in (*WRITES, TRANSACTION)
        case "sent twice":  # DynamoDB recognizes a repeated transaction by its token
            return operation in WRITES
        case "cancelled":
            return operation == TRANSACTION
        case _:
            return True


@dataclass
class Wire:
    """The operations so far, and the faults of the next ones."""

    made: list[str] = field(default_factory=list[str])
    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    """The operations with their arguments."""
    conflicts: int = 0
    """The number of coming transactions that conflict with another one."""
    lost_answers: int = 0
    """The number of coming transactions that are done, but time out."""
    faults: dict[int, Fault] = field(default_factory=dict[int, Fault])
    """Faults by the number of the call, counted from 0."""
    leaves_all: bool = False
    """If set, every BatchGetItem leaves all keys unprocessed."""
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    """Answers of operations that are recorded, but not made."""
    meanwhile: Callable[[], None] | None = None
    """Called once, right before the next transaction and after its caller's reads."""

    def before(self, operation: str, arguments: Any) -> None:
        self.made.append(operation)
        self.asked.append((operation, arguments))
        if operation != TRANSACTION:
            return
        if self.conflicts:
            self.conflicts -= 1
            raise _cancelled("TransactionConflict", operation)
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            happens()

    def after(self, operation: str) -> None:
        if operation == TRANSACTION and self.lost_answers:
            self.lost_answers -= 1
            raise ReadTimeoutError(endpoint_url="https://dynamodb")


Wrapper = Callable[[Callable[[], Any], str, Any], Any]
"""Gets a call that it may make, the operation, and its arguments."""


def wrap_calls(patch: pytest.MonkeyPatch, wrapper: Wrapper) -> None:
    """Wrap all calls of AWS: those of `json_api`, and those of botocore's clients."""
    for owner, name in ((JsonApi, "call"), (BaseClient, "_make_api_call")):
        patch.setattr(owner, name, _wrapped(getattr(owner, name), wrapper))


def _wrapped(call: Any, wrapper: Wrapper) -> Any:
    def wrapped(self: Any, operation: str, arguments: Any) -> Any:
        return wrapper(partial(call, self, operation, arguments), operation, arguments)

    return wrapped


@contextmanager
def watched() -> Generator[Wire]:
    """Record calls, and make them one at a time, because moto's transactions aren't thread-safe."""
    wire, lock = Wire(), threading.RLock()

    def through(call: Callable[[], Any], operation: str, arguments: Any) -> Any:
        with lock:
            fault = wire.faults.get(len(wire.made), Fault(None, done=1))
            wire.before(operation, arguments)
            if wire.leaves_all and operation == "BatchGetItem":
                return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]}
            answer = wire.answers.get(operation)
            if answer is not None:
                return answer
            for _ in range(fault.done):
                answer = call()
            if fault.error:
                raise fault.error(operation)
            wire.after(operation)
            return answer

    with pytest.MonkeyPatch.context() as patch:
        wrap_calls(patch, through)
        yield wire


def connect_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Another DynamoDB for all models."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
