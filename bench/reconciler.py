"""Run the reconciler for 600 and 5,000 live channels, next to the version before runs had parts.

The code is real. LiveKit and the table are stand-ins in another process, with the latencies below
(`bench/many_channels.py`). Both versions run in turn against the same ones.

A run on Lambda takes longer than here: a function with 512 MB has 0.29 of a processor. So the time
of a run or part is its waiting time plus its processor time divided by 0.29.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from bench.many_channels import Scene, serving
from bench.report import Goal, Report, in_turns, ratios_of, sized
from local import settings

BASELINE: Final = "8aa2967"
"""The last commit whose run read each channel's state twice and waited six seconds to confirm."""

VIEWERS, BLOCKS = 10, 2
TABLE_MS, LIVEKIT_MS, LIST_ROOMS_MS_PER_THOUSAND = 6.0, 40.0, 100.0
LAMBDA_CPUS: Final = 0.29
ONE_RUN, MANY = sized(600, quick=60), sized(5_000, quick=500)
ROUNDS: Final = sized(2, quick=1)

ALONE: Final = Path(__file__).with_name("reconciler_alone.py")


class Measured(NamedTuple):
    """A run and its parts: processor seconds in total, and seconds of the longest on Lambda."""

    cpu: float
    longest: float
    invocations: int
    live: float


def measure() -> Report:
    """Compare the processor time per channel, and simulate the run of each minute."""
    with tempfile.TemporaryDirectory() as folder:
        before = _baseline(Path(folder))
        sources = {"now": settings.ROOT} | ({"before": before} if before else {})
        with serving(_scene(ONE_RUN)) as few:
            cpu = in_turns(
                {
                    name: lambda source=source: _run(source, few.port).cpu
                    for name, source in sources.items()
                },
                ROUNDS,
            )
            one = _run(settings.ROOT, few.port)
        with serving(_scene(MANY)) as many:
            whole = _run(settings.ROOT, many.port)
    goals = [
        Goal(f"Seconds for {ONE_RUN} channels in one run", one.longest, 50),
        Goal(f"Seconds for {MANY} channels", whole.longest, 50),
    ]
    rows = [
        _row(f"{ONE_RUN} channels", ONE_RUN, one),
        _row(f"{MANY} channels", MANY, whole),
    ]
    ratio = None
    if before:
        ratio, _ = ratios_of(cpu["now"], cpu["before"])
        goals.append(Goal("Processor time per channel / before", ratio, 1 / 3))
        before_ms = 1000 * min(cpu["before"]) / ONE_RUN
        rows.append([f"{ONE_RUN} channels, before", f"{before_ms:.2f}", "", ""])
    return Report(
        "The reconciler's run, simulated with Lambda's processor",
        ("run", "CPU ms per channel", "invocations", "longest, s"),
        rows,
        {"one_run": one._asdict(), "many": whole._asdict(), "ratio_to_before": ratio},
        goals,
    )


def _scene(channels: int) -> Scene:
    return Scene(channels, VIEWERS, BLOCKS, TABLE_MS, LIVEKIT_MS, LIST_ROOMS_MS_PER_THOUSAND)


def _row(name: str, channels: int, measured: Measured) -> list[str]:
    per_channel = 1000 * measured.cpu / channels
    return [name, f"{per_channel:.2f}", str(measured.invocations), f"{measured.longest:.1f}"]


def _baseline(folder: Path) -> Path | None:
    """Unpack the older version, or return None if this clone's history doesn't have it."""
    archive = subprocess.run(
        ["git", "archive", BASELINE, "footlight", "functions"],
        cwd=settings.ROOT,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        return None
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def _run(source: Path, port: int) -> Measured:
    """Run once, after a run that isn't measured. Parts run one after the other here."""
    output = subprocess.run(
        [sys.executable, ALONE, source, str(port), "1"], check=True, stdout=subprocess.PIPE
    ).stdout
    ((*invocations,),) = json.loads(output)
    if sum(each["faults"] for each in invocations):
        raise RuntimeError("A run had faults")
    return Measured(
        cpu=sum(each["cpu"] for each in invocations),
        longest=max(each["wall"] - each["cpu"] + each["cpu"] / LAMBDA_CPUS for each in invocations),
        invocations=len(invocations),
        live=sum(each["live"] for each in invocations),
    )
