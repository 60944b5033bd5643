"""One walk over the route table: what each row asks for, with a cold function and a warm one."""

from dataclasses import dataclass
from typing import Any

import pytest

from footlight.aws import background
from tests.support.routes import ROUTES, Route
from tests.support.table import watched
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


@dataclass(frozen=True)
class Recording:
    """What one call asked for."""

    status: int
    calls: list[str]
    """The calls of AWS, LiveKit, and background tasks, in order, named as in the route table."""
    requests: list[tuple[str, Any]]
    """The calls of AWS, with their arguments."""
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
    with watched() as wire, pytest.MonkeyPatch.context() as patch:

        def start(task: dict[str, str]) -> None:
            wire.made.append("remove" if task.keys() - {"channel"} else "check")

        patch.setattr(background, "_start", start)
        world.livekit.before = wire.made.append
        status = call().status
    return Recording(
        status=status,
        calls=[SHORT.get(call, call) for call in wire.made if call != "GetSecretValue"],
        requests=wire.asked,
        livekit=list(world.livekit.made),
        meaning=world.meaning(),
    )
