"""Writers who send chat messages at a fixed rate, and listeners who record when each arrives.

They run in separate processes, so writers and listeners don't wait for each other.
"""

import json
import multiprocessing
import os
import statistics
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from subprocess import PIPE
from typing import Any, NamedTuple

from bench.report import quantile, sized
from footlight.chat.room import TOPIC
from local import settings
from local.processes import read_record

LISTENERS = 50
WRITERS = 50
START_DELAY_SECONDS = 3
MAX_ATTEMPTS = 4
MAX_PARTS_SHOWN = 5
RATE, SECONDS = 100.0, float(sized(60, quick=8))
SUSTAINED_SHARE = 0.5
"""The second run's rate as a share of the maximum. At the maximum itself, messages queue up."""
TEXT = "What a sky! Is that the blue that you used for the sea last week?"

Keys = tuple[str, str]
"""LiveKit's key and secret."""

Post = Callable[[int, str], int]
"""A function that sends a message of a writer, with an id, and returns the status."""


class Sent(NamedTuple):
    """One message: when it was due, sent, and answered, and the statuses of its attempts."""

    id: str
    due: float
    started: float
    answered: float
    statuses: tuple[int, ...]

    @property
    def is_accepted(self) -> bool:
        return self.statuses[-1] in (200, 201)


class Seen(NamedTuple):
    """A message that one listener received, and when."""

    id: str
    sent_at: int
    at: float


@dataclass(frozen=True)
class Run:
    """The messages of a run. `busy` is the mean number of processors that each part used."""

    rate: float
    seconds: float
    duration: float
    sent: list[Sent]
    seen: list[list[Seen]]
    busy: dict[str, float]

    @cached_property
    def accepted(self) -> set[str]:
        return {message.id for message in self.sent if message.is_accepted}

    @property
    def lost(self) -> int:
        """The number of accepted messages that a listener missed, summed over all listeners."""
        return sum(
            len(self.accepted - {message.id for message in listener}) for listener in self.seen
        )

    @property
    def duplicates(self) -> int:
        """The number of packets with a message that the listener had already received."""
        return sum(
            len(listener) - len({message.id for message in listener}) for listener in self.seen
        )

    def is_in_order(self, history: list[tuple[int, str]]) -> bool:
        """Return whether all listeners got exactly this run's messages of the history."""
        ours = [(sent_at, id) for sent_at, id in history if id in self.accepted]
        return all(
            sorted({(message.sent_at, message.id) for message in listener}) == ours
            for listener in self.seen
        )

    @property
    def share_late(self) -> float:
        """The share of received messages that arrived after a newer one."""
        late = 0
        for listener in self.seen:
            newest = (0, "")
            for message in listener:
                late += (message.sent_at, message.id) < newest
                newest = max(newest, (message.sent_at, message.id))
        return late / max(1, sum(map(len, self.seen)))

    @property
    def to_seen_ms(self) -> list[float]:
        """The time from sending to receiving, for each message and listener."""
        started = {message.id: message.started for message in self.sent}
        return [
            (message.at - started[message.id]) * 1000
            for listener in self.seen
            for message in listener
        ]

    @property
    def to_answer_ms(self) -> list[float]:
        """The time from sending to the last response, for each message."""
        return [(message.answered - message.started) * 1000 for message in self.sent]

    @property
    def behind_ms(self) -> float:
        """The median delay of the last tenth of all messages. High if the rate was too high."""
        last = self.sent[-max(1, len(self.sent) // 10) :]
        return statistics.median((message.started - message.due) * 1000 for message in last)

    @property
    def is_sustained(self) -> bool:
        """Return whether the rate was reached and listeners received messages within 1 s."""
        return self.per_second > 0.95 * self.rate and quantile(self.to_seen_ms, 0.95) < 1000

    @property
    def processor_ms(self) -> dict[str, float]:
        """The CPU time of a message by part, summed over all listeners."""
        return {
            part: busy * self.duration / len(self.sent) * 1000 for part, busy in self.busy.items()
        }

    @property
    def per_second(self) -> float:
        """The number of responses per second, from the first to the last message."""
        end = max(message.answered for message in self.sent)
        return len(self.sent) / (end - min(message.due for message in self.sent))

    @property
    def figures(self) -> dict[str, Any]:
        """The figures for the results file."""
        answers = Counter(status for message in self.sent for status in message.statuses)
        return {
            "rate": self.rate,
            "seconds": self.seconds,
            "sent": len(self.sent),
            "per_second": round(self.per_second, 1),
            "behind_ms": round(self.behind_ms),
            "answers": {str(status): count for status, count in sorted(answers.items())},
            "seen_p50_ms": round(quantile(self.to_seen_ms, 0.5), 1),
            "seen_p95_ms": round(quantile(self.to_seen_ms, 0.95), 1),
            "answered_p50_ms": round(quantile(self.to_answer_ms, 0.5), 1),
            "answered_p95_ms": round(quantile(self.to_answer_ms, 0.95), 1),
            "lost": self.lost,
            "duplicates": self.duplicates,
            "share_late": round(self.share_late, 4),
            "processors_busy": {part: round(share, 2) for part, share in self.busy.items()},
            "processor_ms": {part: round(ms, 1) for part, ms in self.processor_ms.items()},
        }


def measure_runs(run_at: Callable[[float, float], Run]) -> list[Run]:
    """Run at the target rate. If this machine can't sustain it, run again at a lower one."""
    runs = [run_at(RATE, SECONDS)]
    if not runs[0].is_sustained:
        runs.append(run_at(max(1.0, round(runs[0].per_second * SUSTAINED_SHARE)), SECONDS))
    return runs


def run(
    url: str,
    keys: Keys,
    listeners: Sequence[str],
    make_post: Callable[[Any], Post],
    argument: Any,
    *,
    rate: float,
    seconds: float,
    processes: int,
) -> Run:
    """Send messages at a rate from several processes, each with one message in flight.

    `listeners` are viewer tokens. Each writing process calls `make_post(argument)` once.
    """
    with ExitStack() as stack:
        hearing = stack.enter_context(listening(url, keys, listeners))
        writing: list[tuple[Connection, SpawnProcess]] = [
            stack.enter_context(
                _started(_write, make_post, argument, number, processes, rate, seconds)
            )
            for number in range(processes)
        ]
        for connection, _ in writing:
            assert connection.recv() == "ready"
        pids: dict[str, list[int | None]] = {
            "listeners": [hearing.pid],
            "writers": [process.pid for _, process in writing],
        }
        before = _processor_seconds(pids)
        start = time.time() + START_DELAY_SECONDS
        for connection, _ in writing:
            connection.send(start)
        sent: list[Sent] = [message for connection, _ in writing for message in connection.recv()]
        ended = time.time()
        after = _processor_seconds(pids)
        seen = hearing.seen(sum(message.is_accepted for message in sent))
    duration = ended - start
    busy = {part: (after[part] - before[part]) / duration for part in after if part in before}
    sent.sort(key=lambda message: message.due)
    return Run(rate, seconds, duration, sent, seen, busy)


@contextmanager
def _started(
    target: Callable[..., None], *arguments: Any
) -> Generator[tuple[Connection, SpawnProcess]]:
    """Start a process with a connection to it, and end it after the block."""
    spawn = multiprocessing.get_context("spawn")
    parent_end: Any
    parent_end, child_end = spawn.Pipe()
    process = spawn.Process(target=target, args=(child_end, *arguments), daemon=True)
    process.start()
    child_end.close()
    try:
        yield parent_end, process
    finally:
        process.terminate()
        process.join()


class Listeners:
    """All listeners of a room, in one process (bench/listeners)."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def seen(self, expected: int) -> list[list[Seen]]:
        """Wait until each listener has the expected number of messages, and return them.

        The process ends after that.
        """
        listeners: list[list[dict[str, Any]]] = json.loads(self._call(expected))
        return [[Seen(**message) for message in listener] for listener in listeners]

    def join(self, url: str, keys: Keys, tokens: Sequence[str]) -> None:
        """Join the room, and return when all listeners receive its messages."""
        key, secret = keys
        room = {"url": url, "key": key, "secret": secret, "topic": TOPIC, "tokens": list(tokens)}
        assert self._call(room) == "ready\n", "the listeners ended"

    def _call(self, request: Any) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def listening(url: str, keys: Keys, tokens: Sequence[str]) -> Generator[Listeners]:
    """Join a room with these tokens, and leave it after the block."""
    process = subprocess.Popen([settings.BIN / "listeners"], stdin=PIPE, stdout=PIPE, text=True)
    with process:
        try:
            listeners = Listeners(process)
            listeners.join(url, keys, tokens)
            yield listeners
        finally:
            process.terminate()


def _write(
    connection: Connection,
    make_post: Callable[[Any], Post],
    argument: Any,
    number: int,
    processes: int,
    rate: float,
    seconds: float,
) -> None:
    post = make_post(argument)
    connection.send("ready")
    start: float = connection.recv()
    sent: list[Sent] = []
    for turn in range(number, round(rate * seconds), processes):
        due = start + turn / rate
        time.sleep(max(0.0, due - time.time()))
        if time.time() > start + seconds:
            break  # the rate is too high for this machine
        message_id, statuses = str(uuid.uuid4()), list[int]()
        started = time.time()
        while not statuses or (statuses[-1] == 503 and len(statuses) < MAX_ATTEMPTS):
            statuses.append(post(turn % WRITERS, message_id))
        sent.append(Sent(message_id, due, started, time.time(), tuple(statuses)))
    connection.send(sent)
    connection.recv()


def _processor_seconds(pids: dict[str, list[int | None]]) -> dict[str, float]:
    """Return the CPU time of our own processes and of the parts of the stack, by part.

    The emulator starts the functions in its own process group. They count as a separate part.
    """
    parts = {part.pid: part.name for part in read_record(settings.PROCESSES)[1:]}
    ours = {pid: part for part, ids in pids.items() for pid in ids}
    total: Counter[str] = Counter()
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid, group = int(entry.parent.name), int(fields[2])
        part = ours.get(pid) or parts.get(pid)
        if not part and parts.get(group) == "emulator":
            part = "functions"
        if part:
            ticks = int(fields[11]) + int(fields[12])
            total[part] += ticks / os.sysconf("SC_CLK_TCK")  # pyright: ignore[reportArgumentType]
    return dict(total)


def read_history(read_page: Callable[[str], Any]) -> list[tuple[int, str]]:
    """Return all stored messages of a chat, oldest first. `read_page` gets a query string."""
    newest_first: list[tuple[int, str]] = []
    query = ""
    while True:
        page = read_page(query)
        newest_first += [
            (message["sentAt"], message["id"]) for message in reversed(page["messages"])
        ]
        if page["before"] is None:
            return newest_first[::-1]
        query = f"?before={page['before']}"


def rows(run: Run, history: list[tuple[int, str]]) -> list[list[str]]:
    """Return the table rows of a run. The history may contain older messages too."""
    figures = run.figures
    in_order = "yes" if run.is_in_order(history) else "NO"
    return [
        ["messages per second, target / answered", f"{run.rate:g} / {run.per_second:.1f}"],
        ["from send to seen, p50 / p95, ms", _pair(figures, "seen")],
        ["from send to answer, p50 / p95, ms", _pair(figures, "answered")],
        ["sent / lost / duplicate", f"{len(run.sent)} / {run.lost} / {run.duplicates}"],
        ["all listeners have the history's order", in_order],
        ["responses", ", ".join(f"{n} of {status}" for status, n in figures["answers"].items())],
        ["processors used by", _parts(run.busy, 2)],
        ["CPU ms of a message", _parts(run.processor_ms, 1)],
    ]


def _pair(figures: dict[str, Any], name: str) -> str:
    return f"{figures[f'{name}_p50_ms']:.0f} / {figures[f'{name}_p95_ms']:.0f}"


def _parts(parts: Mapping[str, float], digits: int) -> str:
    largest_first = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(
        f"{part} {value:.{digits}f}" for part, value in largest_first[:MAX_PARTS_SHOWN]
    )
