"""Many who write in a chat at a given rate, many who listen, and when each of them saw what.

In processes of their own: neither those who write nor those who listen wait for one another.
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

from bench.report import quantile
from footlight.chat.room import TOPIC
from local import processes, settings

LISTENERS = 50
WRITERS = 50
BEGIN_SECONDS = 3
TRIES = 4
SHOWN_PARTS = 5
RATE, SECONDS = 100.0, 60.0
SHARE = 0.5
"""Of what goes through at most, the rate that is measured then: at the most, a queue is."""
TEXT = "What a sky! Is that the blue that you used for the sea last week?"

Keys = tuple[str, str]
"""LiveKit's key and secret."""

Post = Callable[[int, str], int]
"""Sends a message of this writer with this id; the status of the answer."""


class Sent(NamedTuple):
    """One message: when it was due, sent and answered, and the statuses of its answers."""

    id: str
    due: float
    began: float
    answered: float
    statuses: tuple[int, ...]

    @property
    def is_taken(self) -> bool:
        return self.statuses[-1] in (200, 201)


class Seen(NamedTuple):
    """A message that one listener was told, and when."""

    id: str
    sent_at: int
    at: float


@dataclass(frozen=True)
class Run:
    """What was sent and seen. `busy`: processors that each part kept busy, on average."""

    rate: float
    seconds: float
    took: float
    sent: list[Sent]
    seen: list[list[Seen]]
    busy: dict[str, float]

    @cached_property
    def taken(self) -> set[str]:
        return {one.id for one in self.sent if one.is_taken}

    @property
    def lost(self) -> int:
        """Messages that were taken, times those who did not see them."""
        return sum(len(self.taken - {one.id for one in each}) for each in self.seen)

    @property
    def told_twice(self) -> int:
        """Packets that told a listener of a message which they had seen."""
        return sum(len(each) - len({one.id for one in each}) for each in self.seen)

    def is_in_order(self, kept: list[tuple[int, str]]) -> bool:
        """Whether everybody saw what the history has of this run, in its order, and no more."""
        ours = [(sent_at, id) for sent_at, id in kept if id in self.taken]
        return all(sorted({(one.sent_at, one.id) for one in each}) == ours for each in self.seen)

    @property
    def share_late(self) -> float:
        """Of what was told: the share that came after something that belongs behind it."""
        late = 0
        for each in self.seen:
            newest = (0, "")
            for one in each:
                late += (one.sent_at, one.id) < newest
                newest = max(newest, (one.sent_at, one.id))
        return late / max(1, sum(map(len, self.seen)))

    @property
    def to_seen_ms(self) -> list[float]:
        """From send to seen, for each message and listener."""
        began = {one.id: one.began for one in self.sent}
        return [(one.at - began[one.id]) * 1000 for each in self.seen for one in each]

    @property
    def to_answer_ms(self) -> list[float]:
        """From send to the last answer."""
        return [(one.answered - one.began) * 1000 for one in self.sent]

    @property
    def behind_ms(self) -> float:
        """How late the last tenth was sent, at the median: much, where the rate did not hold."""
        last = self.sent[-max(1, len(self.sent) // 10) :]
        return statistics.median((one.began - one.due) * 1000 for one in last)

    @property
    def holds(self) -> bool:
        """Whether the rate was held, and what was said seen at once."""
        return self.per_second > 0.95 * self.rate and quantile(self.to_seen_ms, 0.95) < 1000

    @property
    def processor_ms(self) -> dict[str, float]:
        """Processor time of a message, by part: in listeners, of all of them together."""
        return {part: busy * self.took / len(self.sent) * 1000 for part, busy in self.busy.items()}

    @property
    def per_second(self) -> float:
        """Messages that were answered in a second, from the first to the last."""
        ends = max(one.answered for one in self.sent)
        return len(self.sent) / (ends - min(one.due for one in self.sent))

    @property
    def figures(self) -> dict[str, Any]:
        """For the file."""
        answers = Counter(status for one in self.sent for status in one.statuses)
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
            "told_twice": self.told_twice,
            "share_late": round(self.share_late, 4),
            "processors_busy": {part: round(share, 2) for part, share in self.busy.items()},
            "processor_ms": {part: round(each, 1) for part, each in self.processor_ms.items()},
        }


def runs(run_at: Callable[[float, float], Run]) -> list[Run]:
    """At the rate that is wanted; where this machine does not hold it, at one that it does."""
    found = [run_at(RATE, SECONDS)]
    if not found[0].holds:
        found.append(run_at(max(1.0, round(found[0].per_second * SHARE)), SECONDS))
    return found


def run(
    url: str,
    keys: Keys,
    listeners: Sequence[str],
    make_post: Callable[[Any], Post],
    given: Any,
    *,
    rate: float,
    seconds: float,
    writers_at_once: int,
) -> Run:
    """Messages at a rate, `writers_at_once` of them under way at most.

    `listeners`: tokens. `make_post(given)` is called in each writing process.
    """
    with ExitStack() as ending:
        hearing = ending.enter_context(listening(url, keys, listeners))
        writing: list[tuple[Connection, SpawnProcess]] = [
            ending.enter_context(
                _started(_write, make_post, given, number, writers_at_once, rate, seconds)
            )
            for number in range(writers_at_once)
        ]
        for connection, _ in writing:
            assert connection.recv() == "ready"
        pids: dict[str, list[int | None]] = {
            "listeners": [hearing.pid],
            "writers": [process.pid for _, process in writing],
        }
        before = _processor_seconds(pids)
        start = time.time() + BEGIN_SECONDS
        for connection, _ in writing:
            connection.send(start)
        sent: list[Sent] = [one for connection, _ in writing for one in connection.recv()]
        ended = time.time()
        after = _processor_seconds(pids)
        seen = hearing.seen(sum(one.is_taken for one in sent))
    took = ended - start
    busy = {part: (after[part] - before[part]) / took for part in after if part in before}
    sent.sort(key=lambda one: one.due)
    return Run(rate, seconds, took, sent, seen, busy)


@contextmanager
def _started(
    target: Callable[..., None], *arguments: Any
) -> Generator[tuple[Connection, SpawnProcess]]:
    """A process of its own and the line to it; ended when the block is left."""
    spawn = multiprocessing.get_context("spawn")
    here: Any
    here, there = spawn.Pipe()
    process = spawn.Process(target=target, args=(there, *arguments), daemon=True)
    process.start()
    there.close()
    try:
        yield here, process
    finally:
        process.terminate()
        process.join()


class Listeners:
    """Everybody with some tokens, in their room, in one process: bench/listeners."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def seen(self, expected: int) -> list[list[Seen]]:
        """What each of them was told, once it is so many messages. Ends the listening."""
        told: list[list[dict[str, Any]]] = json.loads(self._answer(expected))
        return [[Seen(**one) for one in each] for each in told]

    def join(self, url: str, keys: Keys, tokens: Sequence[str]) -> None:
        """Returns once everybody hears the room."""
        key, secret = keys
        where = {"url": url, "key": key, "secret": secret, "topic": TOPIC, "tokens": list(tokens)}
        assert self._answer(where) == "ready\n", "the listeners ended"

    def _answer(self, asked: Any) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def listening(url: str, keys: Keys, tokens: Sequence[str]) -> Generator[Listeners]:
    """Everybody with these tokens in their room."""
    process = subprocess.Popen([settings.BIN / "listeners"], stdin=PIPE, stdout=PIPE, text=True)
    with process:
        try:
            listeners = Listeners(process)
            listeners.join(url, keys, tokens)
            yield listeners
        finally:
            process.terminate()


def _write(
    line: Connection,
    make_post: Callable[[Any], Post],
    given: Any,
    number: int,
    of: int,
    rate: float,
    seconds: float,
) -> None:
    post = make_post(given)
    line.send("ready")
    start: float = line.recv()
    sent: list[Sent] = []
    for turn in range(number, round(rate * seconds), of):
        due = start + turn / rate
        time.sleep(max(0.0, due - time.time()))
        if time.time() > start + seconds:
            break  # the rate did not hold
        message_id, statuses = str(uuid.uuid4()), list[int]()
        began = time.time()
        while not statuses or (statuses[-1] == 503 and len(statuses) < TRIES):
            statuses.append(post(turn % WRITERS, message_id))
        sent.append(Sent(message_id, due, began, time.time(), tuple(statuses)))
    line.send(sent)
    line.recv()


def _processor_seconds(pids: dict[str, list[int | None]]) -> dict[str, float]:
    """Processor time so far of our own processes and of the parts of the stack, by part.

    The emulator starts the functions, in its own group: they are a part of their own.
    """
    parts = {part.pid: part.name for part in processes.read_record(settings.PROCESSES)[1:]}
    ours = {pid: part for part, them in pids.items() for pid in them}
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


def history(read: Callable[[str], Any]) -> list[tuple[int, str]]:
    """All that is kept of a chat, oldest first. `read`: its page by the query."""
    newest_first: list[tuple[int, str]] = []
    query = ""
    while True:
        page = read(query)
        newest_first += [(one["sentAt"], one["id"]) for one in reversed(page["messages"])]
        if page["before"] is None:
            return newest_first[::-1]
        query = f"?before={page['before']}"


def rows(found: Run, kept: list[tuple[int, str]]) -> list[list[str]]:
    """A run, as lines of a table. `kept`: the history, with what was said before."""
    figures = found.figures
    in_order = "yes" if found.is_in_order(kept) else "NO"
    return [
        ["messages a second, asked for / answered", f"{found.rate:g} / {found.per_second:.1f}"],
        ["from send to seen, p50 / p95, ms", _pair(figures, "seen")],
        ["from send to answer, p50 / p95, ms", _pair(figures, "answered")],
        ["sent / lost / told twice", f"{len(found.sent)} / {found.lost} / {found.told_twice}"],
        ["everybody's order is that of the history", in_order],
        ["answers", ", ".join(f"{n} of {status}" for status, n in figures["answers"].items())],
        ["processors kept busy by", _parts(found.busy, 2)],
        ["processor ms of a message", _parts(found.processor_ms, 1)],
    ]


def _pair(figures: dict[str, Any], what: str) -> str:
    return f"{figures[f'{what}_p50_ms']:.0f} / {figures[f'{what}_p95_ms']:.0f}"


def _parts(parts: Mapping[str, float], digits: int) -> str:
    largest_first = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(f"{part} {each:.{digits}f}" for part, each in largest_first[:SHOWN_PARTS])
