"""Measure the latency of a chat message, its requests, and the price of a million messages.

It calls the chat's real handler against the local emulator and livekit-server. First it measures
the parts of one message at a time. Then 50 writers send 100 messages per second for a minute to 50
listeners. The handlers run in 8 processes, each with one request at a time, like Lambda.
`chat_site` sends through the whole local stack instead.
"""

import asyncio
import json
import os
import statistics
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from livekit.api import LiveKitAPI
from livekit.protocol.models import DataPacket
from livekit.protocol.room import SendDataRequest

from bench import crowd, prices
from bench.report import Goal, Report, in_turns, quantile, summary
from bench.scene import CONTEXT, Event, function, set_scene
from footlight import identities, settings
from footlight.aws.json_api import json_api
from footlight.identities import Guest
from footlight.livekit.data import send_data
from footlight.tables import items
from footlight.watching.viewer_tokens import mint
from tests.support.api import Api, Person
from tests.support.chat import viewer
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.livekit import LiveKit
from tests.support.people import goes_live
from tests.support.table import watched, wrap_calls

RELIABLE = DataPacket.Kind.RELIABLE
FUNCTIONS = 8
"""The number of concurrent handlers, each in its own process."""
MEMORY_MB = 512
"""The function's memory in production (infra/function.py)."""
SINGLE_MESSAGES = 200
KEYS = (LIVEKIT_KEY, LIVEKIT_SECRET)
PATH = "/api/chat/ann"
LONGEST_TEXT = "\N{PINCHED FINGERS}" * 500


@dataclass
class Calls:
    """The calls of DynamoDB, with their parameters and durations."""

    requests: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    durations_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def record(self, call: Callable[[], Any], operation: str, arguments: Any) -> Any:
        """Make a call and record it."""
        self.requests.append((operation, arguments))
        started = time.perf_counter()
        response = call()
        duration = (time.perf_counter() - started) * 1000
        self.durations_ms.setdefault(operation, []).append(duration)
        return response

    def clear(self) -> None:
        self.requests.clear()
        self.durations_ms.clear()


@contextmanager
def recorded_calls() -> Generator[Calls]:
    """Record the calls of DynamoDB."""
    calls = Calls()
    with pytest.MonkeyPatch.context() as patch:
        wrap_calls(patch, calls.record)
        yield calls


def measure() -> Report:
    """Measure the requests of one message, the durations of its parts, and then the crowd."""
    api = set_scene()
    ann = api.joins("ann")
    goes_live(identities.Person(ann.id, "ann"))
    guests = [Guest(identities.new_guest_id()) for _ in range(crowd.LISTENERS + crowd.WRITERS)]
    tokens = [_token(ann.id, guest) for guest in guests]
    listeners, writers = tokens[: crowd.LISTENERS], tokens[crowd.LISTENERS :]
    templates = [api.event("POST", PATH, token=token) for token in writers]

    member = api.event("POST", PATH, token=_token(ann.id, api.joins("bob")))
    call_names = _calls_of_one_message(member, ann.id)
    with recorded_calls() as calls, crowd.listening(settings.livekit_url(), KEYS, listeners[:1]):
        units = {
            "a typical": _units(member, crowd.TEXT, calls),
            "a guest's": _units(templates[0], crowd.TEXT, calls),
            "the longest": _units(member, LONGEST_TEXT, calls),
        }
        single = _one_at_a_time(templates, ann.id, calls)

    def run_at(rate: float, seconds: float) -> crowd.Run:
        return crowd.run(
            settings.livekit_url(),
            KEYS,
            listeners,
            post_by_handler,
            templates,
            rate=rate,
            seconds=seconds,
            processes=FUNCTIONS,
        )

    runs = crowd.measure_runs(run_at)
    return _report(call_names, units, single, runs, read_history(api, listeners[0]))


def _token(host_id: str, person: Person | Guest) -> str:
    return mint(viewer(person), host_id=host_id, tab=identities.new_tab(), hidden=True).token


def _with(template: Event, text: str, message_id: str) -> Event:
    return template | {"body": json.dumps({"text": text, "id": message_id})}


def post_by_handler(templates: list[Event]) -> crowd.Post:
    """Return a function that sends each message by calling the handler in this process."""
    handler = function("chat")
    null = Path(os.devnull).open("w")  # noqa: SIM115 - open as long as the process runs
    os.dup2(null.fileno(), 1)

    def post(writer: int, message_id: str) -> int:
        event = _with(templates[writer], crowd.TEXT, message_id)
        return handler(event, CONTEXT)["statusCode"]

    return post


def read_history(api: Api, token: str) -> list[tuple[int, str]]:
    """Return all stored messages of the chat, oldest first."""

    def read(query: str) -> Any:
        before = query.partition("=")[2]
        return api.get(PATH, token=token, query={"before": before} if before else None).body

    return crowd.read_history(read)


def _calls_of_one_message(template: Event, host_id: str) -> list[str]:
    """Return the names of the calls that a warm function makes for one message."""
    with LiveKit.running() as fake:
        fake.rooms[host_id] = ["viewer"]
        _post(template, crowd.TEXT)
        with watched() as wire:
            fake.before = wire.made.append
            _post(template, crowd.TEXT)
            return wire.made


def _post(template: Event, text: str) -> None:
    response = function("chat")(_with(template, text, str(uuid.uuid4())), CONTEXT)
    assert response["statusCode"] == 201, response


def _units(template: Event, text: str, calls: Calls) -> prices.Request:
    """Return the units that one message reads and writes, from its calls and the stored items."""
    table = items.Item.Meta.table_name

    def stored_item(key: Any) -> prices.Item | None:
        request = {"TableName": table, "Key": key, "ConsistentRead": True}
        return json_api("dynamodb").call("GetItem", request).get("Item")

    calls.clear()
    _post(template, text)
    requests = dict(calls.requests)
    read = requests["BatchGetItem"]["RequestItems"][table]
    assert read["ConsistentRead"]
    written: list[prices.Item] = []
    for action in requests["TransactWriteItems"]["TransactItems"]:
        ((kind, write),) = action.items()
        item = write["Item"] if kind == "Put" else stored_item(write["Key"])
        assert item is not None
        written.append(item)
    alone: list[prices.Item] = []
    if counted := requests.get("UpdateItem"):  # of a guest's address
        item = stored_item(counted["Key"])
        assert item is not None
        alone.append(item)
    return prices.Request(
        read_units=sum(prices.consistent_read(stored_item(key)) for key in read["Keys"]),
        write_units=sum(map(prices.transactional_write, written))
        + sum(map(prices.plain_write, alone)),
        bytes_of={item["kind"]["S"]: prices.item_bytes(item) for item in [*written, *alone]},
    )


def _one_at_a_time(templates: list[Event], host_id: str, calls: Calls) -> dict[str, list[float]]:
    """Return the ms of a message, of each of its calls, and of this process's CPU time."""
    request = SendDataRequest(
        room=identities.room_of(host_id), topic="bench", data=b"x" * 400, kind=RELIABLE
    )
    turns = cycle(templates)
    cpu_ms: list[float] = []

    def message() -> None:
        started = time.process_time()
        _post(next(turns), crowd.TEXT)
        cpu_ms.append((time.process_time() - started) * 1000)

    def send_with_our_client() -> None:
        send_data(request.room, request.topic, request.data, 2.0)

    def send_with_a_new_client() -> None:
        async def send() -> None:
            async with LiveKitAPI(settings.livekit_url(), *KEYS) as client:
                await client.room.send_data(request)

        asyncio.run(send())

    def timed(action: Callable[[], None]) -> Callable[[], float]:
        def measured() -> float:
            started = time.perf_counter()
            action()
            return (time.perf_counter() - started) * 1000

        return measured

    calls.clear()
    durations = in_turns(
        {
            "a message": timed(message),
            "SendData": timed(send_with_our_client),
            "SendData with a new client": timed(send_with_a_new_client),
        },
        SINGLE_MESSAGES,
    )
    return durations | calls.durations_ms | {"CPU time": cpu_ms}


def _report(
    call_names: list[str],
    units: dict[str, prices.Request],
    single: dict[str, list[float]],
    runs: list[crowd.Run],
    history: list[tuple[int, str]],
) -> Report:
    rows: list[list[str]] = [["calls of a message", ", ".join(call_names)]]
    rows += [[f"alone: {part}, ms", _percentiles(ms)] for part, ms in single.items()]
    rows += [row for run in runs for row in crowd.rows(run, history)]
    figures: dict[str, Any] = {
        "calls": call_names,
        "alone_ms": {part: summary(ms) for part, ms in single.items()},
        "runs": [run.figures for run in runs],
    }
    for kind, request in units.items():
        dollars = request.of_a_million(statistics.median(single["a message"]), MEMORY_MB)
        sizes = ", ".join(f"{item} {size}" for item, size in request.bytes_of.items())
        total = sum(dollars.values())
        rows += [
            [
                f"{kind} message: units read / written",
                f"{request.read_units} / {request.write_units}",
            ],
            ["  bytes written", sizes],
            ["  a million of them, $", f"{total:.2f}: " + _dollars(dollars)],
        ]
        figures[kind] = asdict(request) | {"dollars_of_a_million": dollars}
    return Report(
        title=f"Chat: {crowd.WRITERS} writers, {crowd.LISTENERS} listeners, {crowd.SECONDS:.0f} s",
        columns=["", "measured"],
        rows=rows,
        figures=figures,
        goals=[
            Goal(
                "Chat: storage calls of a message",
                len(call_names) - call_names.count("SendData"),
                2,
            ),
            Goal("Chat: LiveKit calls of a message", call_names.count("SendData"), 1),
            Goal("Chat: messages lost", sum(run.lost for run in runs), 0),
            Goal("Chat: duplicate messages", sum(run.duplicates for run in runs), 0),
            Goal(
                "Chat: target rate ÷ actual rate",
                runs[0].rate / runs[0].per_second,
                1.05,
                is_of_time=True,
            ),
            Goal(
                "Chat: from send to seen at that rate, p95, ms",
                quantile(runs[0].to_seen_ms, 0.95),
                150,
                is_of_time=True,
            ),
        ],
    )


def _percentiles(ms: list[float]) -> str:
    return f"{quantile(ms, 0.5):.1f} / {quantile(ms, 0.95):.1f} / {min(ms):.1f}"


def _dollars(dollars: dict[str, float]) -> str:
    return ", ".join(f"{service} {price:.2f}" for service, price in dollars.items())
