"""Run the measurements, print what they found, and keep it in `.local/bench.json`."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.markup import escape
from rich.table import Table

from bench.alone import measured
from bench.report import Goal, Report
from local import demo, processes, settings
from local.progress import Trouble, console, step
from local.supervisor import Supervisor
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET

MEASUREMENTS = ("home", "signalling", "webhook", "warm", "cold", "chat", "chat_site", "append")
OF_THE_WHOLE_STACK = ("chat_site",)
"""Those for which everything is up and deployed."""
VERDICTS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]?[/]"}
RESULTS = settings.STATE / "bench.json"


async def run(names: Sequence[str]) -> dict[str, Report]:
    """The servers up, then each measurement in a process of its own."""
    alone = [name for name in names if name not in OF_THE_WHOLE_STACK]
    reports: dict[str, Report] = {}
    if alone:
        async with _supervisor() as stack:
            with step("AWS emulator, Redis, LiveKit"):
                await stack.start(demo.emulator())
                await stack.start(demo.redis())
                keys = {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": LIVEKIT_SECRET}
                await stack.start(demo.livekit(keys))
            reports |= await _measure(stack, alone)
    if others := [name for name in names if name in OF_THE_WHOLE_STACK]:
        async with _supervisor() as stack:
            await demo.bring_up(stack, live=False)
            reports |= await _measure(stack, others)
    return reports


def _supervisor() -> Supervisor:
    return Supervisor(logs=settings.LOGS, record=settings.PROCESSES, cwd=settings.ROOT)


async def _measure(stack: Supervisor, names: Sequence[str]) -> dict[str, Report]:
    reports: dict[str, Report] = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn, max_tasks_per_child=1) as processes_of_their_own:
        for name in names:
            with step(f"Measure: {name}"):
                work = asyncio.get_running_loop().run_in_executor(
                    processes_of_their_own, measured, name
                )
                reports[name] = await stack.guard(_result(work))
    return reports


async def _result(work: asyncio.Future[Report]) -> Report:
    return await work


def tell(reports: dict[str, Report], *, busy: bool) -> None:
    """A table for each measurement, and one of the goals."""
    for report in reports.values():
        table = Table(title=report.title, title_justify="left", box=box.SIMPLE_HEAD)
        for number, column in enumerate(report.columns):
            is_text = any(row[number][:1].isalpha() for row in report.rows)
            table.add_column(column, justify="left" if is_text else "right", no_wrap=not number)
        for row in report.rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print(table)
    goals = Table("Goal", "Measured", "At most", "", title="Goals", box=box.SIMPLE_HEAD)
    for goal in _goals(reports):
        verdict = VERDICTS[goal.reached(busy=busy)]
        goals.add_row(goal.what, f"{goal.measured:.3g}", f"{goal.at_most:.3g}", verdict)
    console.print(goals)


def _goals(reports: dict[str, Report]) -> list[Goal]:
    return [goal for report in reports.values() for goal in report.goals]


def keep(reports: dict[str, Report], seconds: float, load: float, *, busy: bool) -> None:
    """All of it with date and machine, for a later look."""
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "load": round(load, 2),
        "machine": machine(),
        "measurements": {
            name: {
                "title": report.title,
                "figures": report.figures,
                "goals": [
                    asdict(goal) | {"reached": goal.reached(busy=busy)} for goal in report.goals
                ],
            }
            for name, report in reports.items()
        },
    }
    RESULTS.write_text(json.dumps(found, indent=2) + "\n")


def machine() -> dict[str, object]:
    """What it was measured on."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(
            (x.partition(":")[2].strip() for x in lines if x.startswith("model name")), model
        )
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _nothing_is_up() -> None:
    """Raises `Trouble` where the local stack is up: it would be measured along."""
    running = processes.read_record(settings.PROCESSES)
    if running and running[0].is_running:
        raise Trouble("The local stack is up and would be measured along; `make down` ends it")
    demo.check_ports()


def main(names: Sequence[str]) -> int:
    """Measure what is named, or everything; 1, with one clear line, where that can't be done."""
    if unknown := set(names) - set(MEASUREMENTS):
        console.print(f"No such measurement: {', '.join(sorted(unknown))}")
        return 1
    settings.STATE.mkdir(parents=True, exist_ok=True)
    settings.use_emulator()
    os.environ["PATH"] = settings.path_with_tools()
    began = time.monotonic()
    try:
        _nothing_is_up()
        reports = asyncio.run(run(names or MEASUREMENTS))
    except Trouble as why:
        console.print(f"[red]✗[/] {escape(str(why))}")
        return 1
    seconds = time.monotonic() - began
    load = os.getloadavg()[1]  # of five minutes, about as long as this takes
    busy = load > (os.cpu_count() or 1)
    tell(reports, busy=busy)
    keep(reports, seconds, load, busy=busy)
    console.print(f"{seconds:.0f} s, all figures in {RESULTS}")
    if busy:
        console.print(
            f"The load was {load:.1f}: others ran meanwhile, and no time proves anything."
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
