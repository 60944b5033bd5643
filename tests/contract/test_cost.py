"""The prices that README states, from the calls that the route table holds."""

from pathlib import Path

import pytest

from bench.cost import Cost, Costs, run_with_a_live_channel
from bench.idle import Run, record_run
from bench.usage import dollars, of_table
from tests.support import templates
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.recorded import Recorded
from tests.support.stored import stored
from tests.support.world import World

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def idle_run(livekit: LiveKit) -> Run:
    """A run of the reconciler without channels."""
    return record_run(stored())


@pytest.fixture
def costs(idle_run: Run, world: World, time: Clock, recorded: Recorded) -> Costs:
    live_run = run_with_a_live_channel(world, time)
    resources = templates.template("production")["Resources"]
    return Costs(recorded, world.begun.stored, resources, idle_run, live_run)


def line(costs: Costs, name: str) -> Cost:
    (found,) = (line for line in costs.lines() if line.name == name)
    return found


def test_readme_states_the_computed_prices(costs: Costs) -> None:
    readme = README.read_text()
    assert [row for each in costs.lines() if (row := each.row()) not in readme] == []


def test_a_site_without_visitors_costs_little(costs: Costs) -> None:
    month = line(costs, "no visitors, a month").positions
    assert dollars(month) <= 3.50
    assert dollars(month, with_free_tier=True) <= 1.50


def test_1_000_viewer_hours_cost_at_most_ten_cents(costs: Costs) -> None:
    assert costs.viewer_hours().dollars() <= 0.10


def test_a_live_channel_is_written_once_a_minute_and_its_place_if_viewers_come_or_go(
    idle_run: Run, world: World, time: Clock
) -> None:
    def units(run: Run) -> tuple[float, float]:
        idle = idle_run.usage
        return run.usage.write_units - idle.write_units, run.usage.index_units - idle.index_units

    assert units(run_with_a_live_channel(world, time)) == (1, 2)
    time.moves(seconds=60)
    assert units(record_run(stored())) == (1, 1)


def test_a_chat_message_reads_nine_items_and_writes_three(recorded: Recorded) -> None:
    usage = of_table(recorded["POST /api/chat/{username}"].warm.requests, {})
    assert (usage.read_units, usage.write_units, usage.index_units) == (9, 6, 0)
