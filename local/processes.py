"""A record of a run's processes, so that another shell can end all of them.

Every program leads a process group of its own. The record contains its process id and its start
time, because the id alone may belong to another process by now.
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
    """A process. `started` distinguishes it from a later one with the same id."""

    name: str
    pid: int
    started: str

    @property
    def is_running(self) -> bool:
        """Return whether this process is still alive, not another one with its id."""
        return bool(self.started) and started_at(self.pid) == self.started


def started_at(pid: int) -> str:
    """Return a process's start time in the system's format, or "" if it isn't running."""
    stat = _stat(pid)
    if stat is not None:
        return "" if stat[0] == "Z" else stat[19]
    if Path("/proc/self/stat").exists():
        return ""
    result = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return result.stdout.strip()


def this_process(name: str) -> Process:
    """Return the calling process."""
    return Process(name, os.getpid(), started_at(os.getpid()))


def write_record(record: Path, processes: list[Process]) -> None:
    """Replace the record atomically."""
    fresh = record.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(process) for process in processes]))
    fresh.replace(record)


def read_record(record: Path) -> list[Process]:
    """Return the processes of a run, or none if there is no readable record."""
    try:
        return [Process(**entry) for entry in json.loads(record.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def group_is_alive(group: int) -> bool:
    """Return whether any process of the group is running. Zombies don't count."""
    if Path("/proc/self/stat").exists():
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        stats = (_stat(pid) for pid in pids)
        return any(stat[2] == str(group) and stat[0] not in "ZX" for stat in stats if stat)
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal every process of a group. No-op if the group doesn't exist."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def stop_all(record: Path) -> list[str]:
    """End a run from outside, and return the names of the processes that were running.

    The run's head process comes first, because it ends the others. Then any that remain are ended.
    """
    processes = read_record(record)
    stopped = [process.name for process in processes if process.is_running]
    for head in processes[:1]:
        if head.is_running:
            os.kill(head.pid, signal.SIGTERM)
            _until_gone(head.pid, 4 * PATIENCE_SECONDS)
    # The head is in its shell's group, so its group is never signaled.
    for process in reversed(processes[1:]):
        # The system doesn't reuse the id of an ended leader while its group has members.
        if process.is_running or (not started_at(process.pid) and group_is_alive(process.pid)):
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
    """Return Linux's fields of a process: state (0), parent (1), group (2), …, start time (19)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
