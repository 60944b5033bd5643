"""Start the parts of the stack in order, watch them, and stop them in reverse order.

The process managers that we tried don't combine ready checks with crash reports that include the
last log lines.
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

LOG_LINES = 12


@dataclass(frozen=True)
class Part:
    """A program that keeps running. It is ready when the probe `ready` returns true."""

    name: str
    command: Sequence[str | Path]
    ready: Probe
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_seconds: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass
class _Running:
    name: str
    process: asyncio.subprocess.Process
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    watch: asyncio.Task[None] | None = None


class Supervisor:
    """A context manager that starts parts and, at its end, stops them in reverse order."""

    def __init__(self, *, logs: Path, record: Path, cwd: Path) -> None:
        self._logs = logs
        self._record = record
        self._cwd = cwd
        self._running: list[_Running] = []
        self._crash: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()
        self._head = processes.this_process("demo")

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._write_record()
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

        Raises `Trouble`, with the part's last log lines, if it ends or isn't ready in time.
        """
        running = await self._spawn(part.name, part.command, part.environment)
        running.stop_signal = part.stop_signal
        running.watch = asyncio.create_task(self._watch(running))
        try:
            async with asyncio.timeout(part.timeout_seconds):
                await self.guard(_until(part.ready))
        except TimeoutError:
            message = f"{part.name} was not ready within {part.timeout_seconds:.0f} s"
            raise Trouble(message + _log_tail(running.log)) from None

    async def run(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Run a program to its end, with its output in a log. Raises `Trouble` if it fails."""
        running = await self._spawn(name, command, environment or {}, cwd)
        try:
            code = await self.guard(running.process.wait())
        finally:
            await self._stop(running)
        if code:
            raise Trouble(f"{name} failed ({_exit_reason(code)})" + _log_tail(running.log))

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the work. Cancel it and raise `Trouble` if a part crashes in the meantime."""
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
        """Wait until a part crashes, then raise `Trouble`."""
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
                    *(str(argument) for argument in command),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    env={**os.environ, **environment},
                    cwd=cwd or self._cwd,
                    start_new_session=True,
                )
            except OSError as error:
                raise Trouble(f"{name} can't be started: {error}") from error
        running = _Running(name, process, log)
        self._running.append(running)
        self._write_record()
        return running

    async def _watch(self, running: _Running) -> None:
        code = await running.process.wait()
        if not self._crash.done():
            message = f"{running.name} ended unexpectedly ({_exit_reason(code)})"
            self._crash.set_result(Trouble(message + _log_tail(running.log)))

    async def _stop(self, running: _Running) -> None:
        """End a process group with its stop signal, then with SIGKILL after 10 s."""
        if running.watch:
            running.watch.cancel()
        group = running.process.pid
        processes.signal_group(group, running.stop_signal)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(processes.PATIENCE_SECONDS):
                await running.process.wait()
                while processes.group_is_alive(group):
                    await asyncio.sleep(0.05)
        processes.signal_group(group, signal.SIGKILL)
        await running.process.wait()
        self._running.remove(running)
        self._write_record()

    def _write_record(self) -> None:
        parts = [
            processes.Process(part.name, part.process.pid, processes.started_at(part.process.pid))
            for part in self._running
        ]
        processes.write_record(self._record, [self._head, *parts])


def responds_to_http(url: str) -> Probe:
    """Return a probe that is true if the address returns a 2xx or 3xx status."""

    async def probe() -> bool:
        limit = aiohttp.ClientTimeout(total=2)
        try:
            async with aiohttp.ClientSession(timeout=limit) as client, client.get(url) as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    return probe


def accepts_tcp(host: str, port: int) -> Probe:
    """Return a probe that is true if the port accepts a connection."""

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


def _exit_reason(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _log_tail(log: Path) -> str:
    """Return the last lines of a log, indented, to append to an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    except OSError:
        lines = []
    tail = "".join(f"\n    {line}" for line in lines)
    return f". The last lines of {_short(log)}:{tail}" if tail else f". See {_short(log)}"


def _short(path: Path) -> Path:
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path
