"""One walk over the route table: what each row asks for, with a cold function and a warm one."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from footlight.aws import background
from tests.support.routes import ROUTES, Route
from tests.support.table import Wire, watched
from tests.support.world import World

SHORT = {
    "GetItem": "Get",
    "BatchGetItem": "BatchGet",
    "PutItem": "Put",
    "UpdateItem": "Update",
    "DeleteItem": "Delete",
    "TransactWriteItems": "Transact",
    "BatchWriteItem": "BatchWrite",
}

START = background._start  # pyright: ignore[reportPrivateUsage]
"""The function that starts background tasks, before a test's deployment replaces it."""


@dataclass(frozen=True)
class Recording:
    """What one call asked for."""

    status: int
    calls: list[str]
    """The calls of AWS, LiveKit, and background tasks, in order, named as in the route table."""
    requests: list[tuple[str, Any]]
    """The calls of the table and of Secrets Manager, with their arguments."""
    invokes: list[tuple[str, Any]]
    """The calls of Lambda that start background tasks, with their arguments."""
    livekit: list[str]
    """The calls of LiveKit."""
    meaning: set[str]
    """The table after the call."""


@dataclass(frozen=True)
class Recordings:
    """Of one row of the route table."""

    cold: Recording
    warm: Recording


Recorded = dict[str, Recordings]
"""By the name of a row."""


def record(world: World) -> Recorded:
    """Make every call of the route table, each twice and from the beginning."""
    return {row.name: Recordings(_cold(world, row), _warm(world, row)) for row in ROUTES}


def _cold(world: World, row: Route) -> Recording:
    world.as_begun()
    return _record(world, row, cold=True)


def _warm(world: World, row: Route) -> Recording:
    """What a cold call cached is still cached."""
    world.as_begun(cold=False)
    return _record(world, row, cold=False)


def _record(world: World, row: Route, *, cold: bool) -> Recording:
    call = row.prepared(world, cold=cold)
    with invoking() as wire:
        world.livekit.before = wire.made.append
        status = call().status
    return Recording(
        status=status,
        calls=_calls(wire),
        requests=[asked for asked in wire.asked if asked[0] != "Invoke"],
        invokes=[asked for asked in wire.asked if asked[0] == "Invoke"],
        livekit=list(world.livekit.made),
        meaning=world.meaning(),
    )


@contextmanager
def invoking() -> Generator[Wire]:
    """Record calls. Background tasks are asked for, as in production, but not run."""
    with watched() as wire, pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "_start", START)
        wire.answers["Invoke"] = {}
        yield wire


def _calls(wire: Wire) -> list[str]:
    tasks = iter([json.loads(asked["Payload"]) for call, asked in wire.asked if call == "Invoke"])
    calls = [_task(next(tasks)) if call == "Invoke" else call for call in wire.made]
    return [SHORT.get(call, call) for call in calls if call != "GetSecretValue"]


def _task(task: dict[str, str]) -> str:
    if "settles" in task:
        return "settle"
    if "deletion" in task:
        return "delete"
    return "remove" if "putOut" in task else "check"
