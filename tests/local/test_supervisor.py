"""Parts start in order, a crash is reported by name, and no process keeps running."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from local import demo, processes, settings
from local.progress import Trouble
from local.supervisor import Part, Supervisor

# A part with a child of its own, which outlives it unless the whole group is ended.
PARENT = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""


def part(name: str, program: str, *arguments: str, ready: Callable[[], bool] | None = None) -> Part:
    """Return a part that runs a few lines of Python."""

    async def probe() -> bool:
        return ready is None or ready()

    command = [sys.executable, "-c", program, *arguments]
    return Part(name, command, probe, timeout_seconds=20)


def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(logs=tmp_path / "logs", record=tmp_path / "processes.json", cwd=tmp_path)


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while processes.started_at(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes.started_at(pid)


def test_the_end_of_the_block_stops_a_part_and_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"

    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("family", PARENT, str(note), ready=note.exists))

    asyncio.run(run())

    assert is_gone(int(note.read_text()))
    assert not (tmp_path / "processes.json").exists()


def test_a_part_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.3)
    note = tmp_path / "pid"
    stubborn = (
        "import os, pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )

    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("stubborn", stubborn, str(note), ready=note.exists))

    asyncio.run(run())

    assert is_gone(int(note.read_text()))


def test_a_crash_is_reported_by_name_with_the_last_lines_of_the_log(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("steady", "import time; time.sleep(600)"))
            await stack.start(part("fickle", "print('the disk is full'); raise SystemExit(3)"))
            await stack.until_crash()

    with pytest.raises(Trouble) as trouble:
        asyncio.run(run())

    assert "fickle ended unexpectedly (exit code 3)" in str(trouble.value)
    assert "the disk is full" in str(trouble.value)


def test_a_crash_cancels_the_work_in_progress(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("fickle", "import time; time.sleep(0.2); raise SystemExit(1)"))
            await stack.guard(asyncio.sleep(600))

    with pytest.raises(Trouble, match="fickle"):
        asyncio.run(run())


def test_a_missing_program_is_reported_in_one_line(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.run("absent", ["/no/such/program"])

    with pytest.raises(Trouble, match="absent can't be started"):
        asyncio.run(run())


@pytest.mark.parametrize("stop", [demo.down, demo.clear_ports], ids=["down", "next start"])
def test_another_shell_stops_the_parts_of_a_killed_run(
    stop: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After `kill -9`: the record identifies parts by process id and start time."""
    note, record = tmp_path / "child", tmp_path / "processes.json"
    survivor = subprocess.Popen([sys.executable, "-c", PARENT, str(note)], start_new_session=True)
    try:
        while not (note.exists() and note.read_text()):
            time.sleep(0.05)
        head = processes.Process("demo", survivor.pid, "another start")
        orphan = processes.Process("family", survivor.pid, processes.started_at(survivor.pid))
        processes.write_record(record, [head, orphan])
        monkeypatch.setattr(settings, "PROCESSES", record)
        # A running stack may use its ports.
        monkeypatch.setattr(demo, "PORTS", SimpleNamespace(named=dict, named_udp=dict))

        stop()

        survivor.wait(timeout=10)
        assert is_gone(int(note.read_text()))
        assert not record.exists()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(survivor.pid, signal.SIGKILL)


def test_a_process_that_reuses_an_old_id_is_not_stopped(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    other = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    try:
        head = processes.this_process("demo")
        ended = processes.Process("demo", head.pid, "another start")
        processes.write_record(record, [ended, processes.Process("part", other.pid, "long ago")])

        assert processes.stop_all(record) == []

        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
