"""A test of the monthly bill without visitors, from the template and a run of the code."""

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from bench.idle import Run, bill, dollars
from bench.prices import LOG_EVENT_BYTES, TRANSACTION_FACTOR
from functions.reconcile.handler import handler
from tests.support.cloudwatch import embedded
from tests.support.livekit import LiveKit
from tests.support.table import TRANSACTION, WRITES, watched

if TYPE_CHECKING:
    from .conftest import Template


def write_units(requests: list[tuple[str, Any]]) -> int:
    """Return the units of small items that appear in the index, or disappear from it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """
    table_and_index = 2
    return sum(
        table_and_index
        * (
            TRANSACTION_FACTOR * len(arguments["TransactItems"])
            if operation == TRANSACTION
            else operation in WRITES
        )
        for operation, arguments in requests
    )


def read_units(requests: list[tuple[str, Any]]) -> float:
    """Return the units of reads that find less than 4 KB: a query of the index is half a unit."""
    units = {"Query": 0.5, "GetItem": 1, "BatchGetItem": 1}
    return sum(units.get(operation, 0) for operation, _ in requests)


@pytest.fixture
def idle_run(livekit: LiveKit, logged: StringIO, capsys: pytest.CaptureFixture[str]) -> Run:
    capsys.readouterr()
    with watched() as wire:
        handler({}, None)
    log = capsys.readouterr().out
    lines = [*logged.getvalue().splitlines(), *log.splitlines()]
    assert len(lines) == 2
    return Run(
        read_units=read_units(wire.asked),
        write_units=write_units(wire.asked),
        log_bytes=sum(len(line.encode()) + LOG_EVENT_BYTES for line in lines),
        metrics=len(embedded(log)),
    )


def test_a_site_without_visitors_costs_little(production: "Template", idle_run: Run) -> None:
    positions = bill(production.resources, idle_run)
    assert dollars(positions, with_free_tier=False) <= 3.50
    assert dollars(positions, with_free_tier=True) <= 1.50
