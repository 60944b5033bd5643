"""Parts start in order, a crash is told by name, and nothing is left running."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import processes
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
    """A part made of a few lines of Python."""

    async def probe() -> bool:
        return ready is None or ready()

    command = [sys.executable, "-c", program, *arguments]
    return Part(name, command, probe, patience_seconds=20)


def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(logs=tmp_path / "logs", record=tmp_path / "processes.json", cwd=tmp_path)


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while processes.started_at(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes.started_at(pid)


def test_leaving_the_block_ends_a_part_and_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"

    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("family", PARENT, str(note), ready=note.exists))

    asyncio.run(run())

    assert is_gone(int(note.read_text()))
    assert not (tmp_path / "processes.json").exists()


def test_a_part_that_ignores_the_request_is_ended_all_the_same(
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


def test_a_crash_is_told_by_name_with_the_last_words_of_the_log(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("steady", "import time; time.sleep(600)"))
            await stack.start(part("fickle", "print('the disk is full'); raise SystemExit(3)"))
            await stack.until_crash()

    with pytest.raises(Trouble) as told:
        asyncio.run(run())

    assert "fickle ended by itself (exit code 3)" in str(told.value)
    assert "the disk is full" in str(told.value)


def test_a_crash_cuts_short_what_is_being_done(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.start(part("fickle", "import time; time.sleep(0.2); raise SystemExit(1)"))
            await stack.guard(asyncio.sleep(600))

    with pytest.raises(Trouble, match="fickle"):
        asyncio.run(run())


def test_a_program_that_can_not_be_started_is_one_line(tmp_path: Path) -> None:
    async def run() -> None:
        async with supervisor(tmp_path) as stack:
            await stack.run("absent", ["/no/such/program"])

    with pytest.raises(Trouble, match="absent can't be started"):
        asyncio.run(run())


def test_another_shell_ends_what_a_killed_head_left_behind(tmp_path: Path) -> None:
    """`make down` after `kill -9`: the parts are found by the record, by number and start time."""
    note, record = tmp_path / "child", tmp_path / "processes.json"
    left = subprocess.Popen([sys.executable, "-c", PARENT, str(note)], start_new_session=True)
    try:
        while not (note.exists() and note.read_text()):
            time.sleep(0.05)
        head = processes.Process("demo", left.pid, "another start")
        orphan = processes.Process("family", left.pid, processes.started_at(left.pid))
        processes.write_down(record, [head, orphan])

        assert processes.stop_all(record) == ["family"]

        left.wait(timeout=10)
        assert is_gone(int(note.read_text()))
        assert not record.exists()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(left.pid, signal.SIGKILL)


def test_a_process_that_took_over_an_old_number_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    other = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    try:
        head = processes.this_process("demo")
        ended = processes.Process("demo", head.pid, "another start")
        processes.write_down(record, [ended, processes.Process("part", other.pid, "long ago")])

        assert processes.stop_all(record) == []

        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
