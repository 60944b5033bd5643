"""Fixtures of the deletion's tests: the reconciler's minutes, and the stack's user pool."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import boto3
import pytest

from footlight.aws import background, invocations
from footlight.tables import deletions
from footlight.tables.items import listed
from functions.reconcile.handler import handler
from tests.support.clock import Clock
from tests.support.rights import acting_as

Minutes = Callable[[], int]
Drawn = Callable[[Sequence[Any]], Sequence[Any]]

DRAWN = 8
"""Cases of faults that a run of the unit tests tries. The marker `faults` selects all."""


class Context:
    """Lambda's context."""

    invoked_function_arn = "reconcile"


def run_task(task: dict[str, Any]) -> None:
    """Run a task of the reconcile function, with its rights."""
    with acting_as("reconcile"):
        handler(task, Context())


@pytest.fixture
def minutes(time: Clock, monkeypatch: pytest.MonkeyPatch) -> Minutes:
    """Run the reconciler each minute until no account is being deleted. Return the minutes."""

    def invoke(function: str, task: dict[str, Any]) -> bool:
        assert function == "reconcile"
        run_task(task)
        return True

    def run() -> int:
        for minute in range(1, 30):
            time.moves(minutes=1)
            run_task({})
            if not listed(deletions.LISTED):
                return minute
        raise AssertionError("the deletion doesn't end")

    monkeypatch.setattr(invocations, "invoke", invoke)
    return run


@pytest.fixture
def drawn(draw: random.Random) -> Drawn:
    """Draw the cases of a run of the unit tests."""
    return lambda cases: draw.sample(cases, DRAWN)


@pytest.fixture
def at_once(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run background tasks of requests at once."""
    monkeypatch.setattr(background, "_start", run_task)


@pytest.fixture
def pool(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The stack's user pool."""
    client: Any = boto3.client("cognito-idp")
    pool_id = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"][
        "Id"
    ]
    monkeypatch.setenv("FOOTLIGHT_USER_POOL_ID", pool_id)
    return pool_id
