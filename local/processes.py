"""Which processes belong to a run, and how are they ended so that none is left?

Every program is started at the head of a process group of its own, and written down with its
start time, so that another shell can end what is left without touching a process that has
taken over an old number.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Process:
    """One process: `started` tells it from a later one of the same number."""

    name: str
    pid: int
    started: str

    @property
    def runs(self) -> bool:
        """Whether it is this very process and still alive."""
        return bool(self.started) and started_at(self.pid) == self.started


def started_at(pid: int) -> str:
    """When a process began, in the system's own words; empty where there is none."""
    stat = _stat(pid)
    if stat is not None:
        return "" if stat[0] == "Z" else stat[19]
    if Path("/proc/self/stat").exists():
        return ""
    said = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def this_process(name: str) -> Process:
    """The caller itself."""
    return Process(name, os.getpid(), started_at(os.getpid()))


def write_down(record: Path, processes: list[Process]) -> None:
    """Replace the record at once, so that a reader never sees half of it."""
    fresh = record.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(process) for process in processes]))
    fresh.replace(record)


def written_down(record: Path) -> list[Process]:
    """What a run wrote; empty where there is none."""
    try:
        return [Process(**entry) for entry in json.loads(record.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def group_is_alive(group: int) -> bool:
    """Whether any process of the group still runs; a dead one that nobody buried does not."""
    if Path("/proc/self/stat").exists():
        numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        stats = (_stat(number) for number in numbers)
        return any(stat[2] == str(group) and stat[0] not in "ZX" for stat in stats if stat)
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def signal_group(group: int, what: signal.Signals) -> None:
    """Signal every process of a group; nothing where it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, what)


def stop_all(record: Path) -> list[str]:
    """End a run from outside: its head first, which ends the rest, then whatever is left.

    Returns the names of what was running.
    """
    processes = written_down(record)
    stopped = [process.name for process in processes if process.runs]
    for head in processes[:1]:
        if head.runs:
            os.kill(head.pid, signal.SIGTERM)
            _until_gone(head.pid, 4 * PATIENCE_SECONDS)
    # The head shares its shell's group, so it is never signalled as one.
    for process in reversed(processes[1:]):
        # A leader that has ended leaves its number taken for as long as its group has members.
        if process.runs or (not started_at(process.pid) and group_is_alive(process.pid)):
            signal_group(process.pid, signal.SIGTERM)
            _until_gone(process.pid, PATIENCE_SECONDS, group=True)
            signal_group(process.pid, signal.SIGKILL)
    record.unlink(missing_ok=True)
    return stopped


def _until_gone(pid: int, seconds: float, *, group: bool = False) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not (group_is_alive(pid) if group else started_at(pid)):
            return
        time.sleep(0.1)


def _stat(pid: int) -> list[str] | None:
    """Linux's fields of a process, from its state on: state, parent, group, …, start (19)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
