"""A process whose n-th call fails, or that dies at it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from footlight.errors import Unavailable
from footlight.livekit import server as api
from tests.support.table import wrap_calls

FAULTS = ["5xx", "timeout after success", "killed", "killed after success"]


class Killed(BaseException):
    """The process died: none of its remaining code has an effect."""


@dataclass
class Process:
    """Counts all calls to LiveKit and DynamoDB, and makes the n-th fail."""

    nth: int
    fault: str
    calls: int = 0
    is_dead: bool = False
    failed_at: str = ""

    def call(self, name: str, do: Callable[[], Any]) -> Any:
        if self.is_dead:
            raise Killed
        self.calls += 1
        if self.calls != self.nth:
            return do()
        self.failed_at = name
        if self.fault.endswith("after success"):
            do()
        if self.fault.startswith("killed"):
            self.is_dead = True
            raise Killed
        raise self.error(name)

    def error(self, name: str) -> Exception:
        if name.startswith("LiveKit"):
            return Unavailable()
        if self.fault == "timeout after success":
            return ReadTimeoutError(endpoint_url="https://dynamodb")
        throttled: Any = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
        return ClientError(throttled, name)


@contextmanager
def process(nth: int, fault: str) -> Generator[Process]:
    """Run the block as this process."""
    running = Process(nth, fault)
    to_livekit: Any = api._run  # pyright: ignore[reportPrivateUsage]

    def table(call: Callable[[], Any], operation: str, _: Any) -> Any:
        return running.call(operation, call)

    def server(*arguments: Any) -> Any:
        return running.call("LiveKit", partial(to_livekit, *arguments))

    with pytest.MonkeyPatch.context() as patch:
        wrap_calls(patch, table)
        patch.setattr(api, "_run", server)
        yield running
