"""How are the parts of the stack started in order, watched, and ended in reverse?

None of the process managers that were looked at knows readiness and a crash's last words
together, hence these lines over asyncio's subprocesses.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from local import processes
from local.progress import Trouble

T = TypeVar("T")
Probe = Callable[[], Awaitable[bool]]

LAST_LINES = 12


@dataclass(frozen=True)
class Part:
    """One program that stays up: `ready` is asked until it says yes."""

    name: str
    command: Sequence[str | Path]
    ready: Probe
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    patience_seconds: float = 60.0


@dataclass
class _Running:
    name: str
    process: asyncio.subprocess.Process
    log: Path
    watch: asyncio.Task[None] | None = None


class Supervisor:
    """Starts parts and ends them all when its block is left, the last one first."""

    def __init__(self, *, logs: Path, record: Path, cwd: Path) -> None:
        self._logs = logs
        self._record = record
        self._cwd = cwd
        self._running: list[_Running] = []
        self._crash: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()
        self._head = processes.this_process("demo")

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._write_down()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for running in reversed(self._running.copy()):
            await self._stop(running)
        self._record.unlink(missing_ok=True)

    async def start(self, part: Part) -> None:
        """Start a part and wait until it is ready.

        Raises `Trouble`, with the part's last log lines, where it ends or does not get ready.
        """
        running = await self._spawn(part.name, part.command, part.environment)
        running.watch = asyncio.create_task(self._watch(running))
        try:
            async with asyncio.timeout(part.patience_seconds):
                await self.guard(_until(part.ready))
        except TimeoutError:
            why = f"{part.name} did not get ready in {part.patience_seconds:.0f} s"
            raise Trouble(why + _last_words(running.log)) from None

    async def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Run a program to its end, its output in a log; `Trouble` where it fails."""
        running = await self._spawn(name, command, environment or {}, cwd)
        try:
            code = await self.guard(running.process.wait())
        finally:
            await self._stop(running)
        if code:
            raise Trouble(f"{name} failed ({_how(code)})" + _last_words(running.log))

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work, unless a part crashes meanwhile: then `Trouble` at once."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self._crash}, return_when=asyncio.FIRST_COMPLETED)
            if self._crash.done():
                raise self._crash.result()
            return await task
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def until_crash(self) -> None:
        """Wait for as long as every part is up; `Trouble` when one is not."""
        raise await asyncio.shield(self._crash)

    async def _spawn(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        cwd: Path | None = None,
    ) -> _Running:
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(str(word) for word in command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    env={**os.environ, **environment},
                    cwd=cwd or self._cwd,
                    start_new_session=True,
                )
            except OSError as why:
                raise Trouble(f"{name} can't be started: {why}") from why
        running = _Running(name, process, log)
        self._running.append(running)
        self._write_down()
        return running

    async def _watch(self, running: _Running) -> None:
        code = await running.process.wait()
        if not self._crash.done():
            why = f"{running.name} ended by itself ({_how(code)})"
            self._crash.set_result(Trouble(why + _last_words(running.log)))

    async def _stop(self, running: _Running) -> None:
        """End a whole process group: politely, then for certain."""
        if running.watch:
            running.watch.cancel()
        group = running.process.pid
        processes.signal_group(group, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(processes.PATIENCE_SECONDS):
                await running.process.wait()
                while processes.group_is_alive(group):
                    await asyncio.sleep(0.05)
        processes.signal_group(group, signal.SIGKILL)
        await running.process.wait()
        self._running.remove(running)
        self._write_down()

    def _write_down(self) -> None:
        parts = [
            processes.Process(each.name, each.process.pid, processes.started_at(each.process.pid))
            for each in self._running
        ]
        processes.write_down(self._record, [self._head, *parts])


def answers_http(url: str) -> Probe:
    """Ready when the address answers with a success."""

    async def probe() -> bool:
        limit = aiohttp.ClientTimeout(total=2)
        try:
            async with aiohttp.ClientSession(timeout=limit) as client, client.get(url) as answer:
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    return probe


def answers_tcp(host: str, port: int) -> Probe:
    """Ready when the port takes a connection."""

    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return False
        writer.close()
        return True

    return probe


async def _until(ready: Probe) -> None:
    while not await ready():
        await asyncio.sleep(0.1)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _last_words(log: Path) -> str:
    """A log's last lines, indented under what went wrong."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    except OSError:
        lines = []
    said = "".join(f"\n    {line}" for line in lines)
    return f"; its last words, from {_short(log)}:{said}" if said else f"; see {_short(log)}"


def _short(path: Path) -> Path:
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path
