"""Run the measurements. Print and save the results of each when it ends.

`.local/bench.json` keeps the last result of each measurement, with its date and machine. QUICK=1
takes small sizes, whose results are kept apart.
"""

import asyncio
import contextlib
import json
import math
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from bench.alone import run_measurement
from bench.report import QUICK, Report
from local import demo, settings
from local.progress import Trouble, console, step
from local.supervisor import Supervisor
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET

MEASUREMENTS = (
    *("home", "signalling", "webhook", "reconciler", "warm", "cold", "visit", "waiting"),
    *("chat", "chat_site", "append", "cost"),
)
BY_NAME = ("delay", "first_frame")
"""Long measurements, which run only if they are named."""
NEEDS_NO_SERVER = ("cost",)
"""Measurements that only compute. They may run next to a running stack."""
STARTS_SERVERS = ("delay",)
"""Measurements that start their own servers, such as the real LiveKit Ingress."""
NEEDS_WHOLE_STACK = ("chat_site", "first_frame")
"""Measurements that need the deployed product, not only the servers."""
VERDICTS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]?[/]"}
RESULTS = settings.STATE / "bench.json"


async def run(names: Sequence[str]) -> dict[str, Report]:
    """Start the servers that are needed, and run each measurement in its own process."""
    reports: dict[str, Report] = {}
    others = (*NEEDS_NO_SERVER, *STARTS_SERVERS, *NEEDS_WHOLE_STACK)
    alone = [name for name in names if name in (*NEEDS_NO_SERVER, *STARTS_SERVERS)]
    servers_only = [name for name in names if name not in others]
    whole_stack = [name for name in names if name in NEEDS_WHOLE_STACK]
    order = [*alone, *servers_only, *whole_stack]
    if alone:
        await _measure(None, alone, reports, order)
    if servers_only:
        async with _supervisor() as stack:
            with step("AWS emulator, Redis, LiveKit"):
                await stack.start(demo.emulator())
                await stack.start(demo.redis())
                keys = {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": LIVEKIT_SECRET}
                await stack.start(demo.livekit(keys))
            await _measure(stack, servers_only, reports, order)
    if whole_stack:
        async with _supervisor() as stack:
            await demo.bring_up(stack, live=False)
            await _measure(stack, whole_stack, reports, order)
    return reports


def _supervisor() -> Supervisor:
    return Supervisor(logs=settings.LOGS, record=settings.PROCESSES, cwd=settings.ROOT)


async def _measure(
    stack: Supervisor | None,
    names: Sequence[str],
    reports: dict[str, Report],
    order: Sequence[str],
) -> None:
    """Run measurements and add their reports. If a server of the stack ends, raise `Trouble`.

    `order` has the names of the whole run.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, max_tasks_per_child=1) as fresh_processes:
        for name in names:
            began = time.monotonic()
            number = len(reports)
            left = remaining(order[number:])
            with step(f"Measuring {name} ({number + 1} of {len(order)}{left})"):
                work = asyncio.get_running_loop().run_in_executor(
                    fresh_processes, run_measurement, name
                )
                reports[name] = await (stack.guard(_result(work)) if stack else work)
            print_table(reports[name])
            save(name, reports[name], time.monotonic() - began)


async def _result(work: asyncio.Future[Report]) -> Report:
    return await work


def print_table(report: Report) -> None:
    """Print the table of a measurement."""
    table = Table(title=report.title, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(report.columns):
        is_text = any(row[number][:1].isalpha() for row in report.rows)
        table.add_column(column, justify="left" if is_text else "right", no_wrap=not number)
    for row in report.rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def print_goals(reports: Iterable[Report], *, busy: bool) -> None:
    """Print which goals were reached."""
    goals = Table("Goal", "Measured", "At most", "", title="Goals", box=box.SIMPLE_HEAD)
    for goal in (goal for report in reports for goal in report.goals):
        verdict = VERDICTS[goal.reached(busy=busy)]
        goals.add_row(goal.name, f"{goal.measured:.3g}", f"{goal.at_most:.3g}", verdict)
    console.print(goals)


def load() -> tuple[float, bool]:
    """Return the load of the last five minutes, and whether it exceeds the processors.

    Other programs were running then, so times are not reliable.
    """
    average = os.getloadavg()[1]
    return average, average > (os.cpu_count() or 1)


def remaining(names: Sequence[str]) -> str:
    """Return how long these measurements took last time: `, about 4 min left`.

    Return an empty string if one of them has never run here.
    """
    last = _saved()
    if not all(_key(name) in last for name in names):
        return ""
    minutes = sum(last[_key(name)]["seconds"] for name in names) / 60
    return f", about {math.ceil(minutes)} min left"


def _saved() -> dict[str, Any]:
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
        return json.loads(RESULTS.read_text())
    return {}


def _key(name: str) -> str:
    return f"{name}, quick" if QUICK else name


def save(name: str, report: Report, seconds: float) -> None:
    """Save the figures of a measurement with the date and the machine, next to those of others."""
    results = _saved()
    average, busy = load()
    results[_key(name)] = {
        "title": report.title,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "load": round(average, 2),
        "machine": machine(),
        "figures": report.figures,
        "goals": [asdict(goal) | {"reached": goal.reached(busy=busy)} for goal in report.goals],
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


def machine() -> dict[str, object]:
    """Describe the machine."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(
            (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
            model,
        )
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def main(names: Sequence[str]) -> int:
    """Run the named measurements, or all but the long ones.

    Return 1, after one clear line, if one can't run.
    """
    if unknown := set(names) - {*MEASUREMENTS, *BY_NAME}:
        console.print(
            f"Unknown measurements: {', '.join(sorted(unknown))}. "
            f"Choose from: {', '.join((*MEASUREMENTS, *BY_NAME))}"
        )
        return 1
    settings.STATE.mkdir(parents=True, exist_ok=True)
    settings.use_emulator()
    os.environ["PATH"] = settings.path_with_tools()
    began = time.monotonic()
    try:
        if not names or set(names) - set(NEEDS_NO_SERVER):
            demo.clear_ports()  # a running stack would slow down the measurements
        reports = asyncio.run(run(names or MEASUREMENTS))
    except Trouble as error:
        console.print(f"[red]✗[/] {escape(str(error))}")
        return 1
    average, busy = load()
    print_goals(reports.values(), busy=busy)
    seconds = time.monotonic() - began
    console.print(f"Finished in {seconds:.0f} s. All figures are in {RESULTS}")
    if QUICK:
        console.print("QUICK=1: the sizes were small, so the figures are rough.")
    if busy:
        console.print(
            f"The load was {average:.1f}: other programs were running, "
            "so the times are not reliable."
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
