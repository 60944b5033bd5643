"""How long is a chat message under way, what does it ask for, and what does a million of them cost?

By the chat's real handler against the local emulator and livekit-server: one message at a time, by
its parts; then 100 a second for a minute by 50 who write, to 50 who listen. The handlers run in
some processes of ours, each with one request at a time, as Lambda runs them. `chat_site` sends
through the whole local stack instead.
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

from livekit.api import LiveKitAPI
from livekit.protocol.models import DataPacket
from livekit.protocol.room import SendDataRequest

from bench import crowd, prices
from bench.report import Goal, Report, in_turns, quantile, summary
from bench.scene import CONTEXT, Event, function, set_scene
from footlight import identities, settings
from footlight.aws import clients
from footlight.identities import Guest
from footlight.livekit.data import send_data
from footlight.tables import base
from footlight.watching.viewer_tokens import mint
from tests.support.api import Api, Person
from tests.support.chat import viewer
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.livekit import LiveKit
from tests.support.people import goes_live
from tests.support.table import watched

RELIABLE = DataPacket.Kind.RELIABLE
FUNCTIONS = 8
"""Handlers at a time, each in a process of its own."""
MEMORY_MB = 512
"""Of the function in production: infra/function.py."""
SINGLE = 200
KEYS = (LIVEKIT_KEY, LIVEKIT_SECRET)
PATH = "/api/chat/ann"
LONGEST = "\N{PINCHED FINGERS}" * 500


@dataclass
class Calls:
    """What was asked of DynamoDB: each call's parameters, and how long it took."""

    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    took_ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    _began: float = 0.0

    def before(self, params: Any, model: Any, **_: Any) -> None:
        self.asked.append((model.name, params))
        self._began = time.perf_counter()

    def after(self, model: Any, **_: Any) -> None:
        took = (time.perf_counter() - self._began) * 1000
        self.took_ms.setdefault(model.name, []).append(took)

    def clear(self) -> None:
        self.asked.clear()
        self.took_ms.clear()


@contextmanager
def noted() -> Generator[Calls]:
    """Writes down what is asked of DynamoDB, from botocore's own events."""
    calls, events = Calls(), base.connection.client.meta.events
    events.register("provide-client-params.dynamodb", calls.before)
    events.register("after-call.dynamodb", calls.after)
    try:
        yield calls
    finally:
        events.unregister("provide-client-params.dynamodb", calls.before)
        events.unregister("after-call.dynamodb", calls.after)


def measure() -> Report:
    """What one message asks for, how long its parts take, and then the crowd."""
    api = set_scene()
    ann = api.joins("ann")
    goes_live(identities.Person(ann.id, "ann"))
    guests = [Guest(identities.new_guest_id()) for _ in range(crowd.LISTENERS + crowd.WRITERS)]
    tokens = [_token(ann.id, guest) for guest in guests]
    listeners, writers = tokens[: crowd.LISTENERS], tokens[crowd.LISTENERS :]
    templates = [api.event("POST", PATH, token=token) for token in writers]

    asked = _asked_by_one(templates[0], ann.id)
    with noted() as calls, crowd.listening(settings.livekit_url(), KEYS, listeners[:1]):
        member = api.event("POST", PATH, token=_token(ann.id, api.joins("bob")))
        units = {
            "a usual": _units(member, crowd.TEXT, calls),
            "a guest's": _units(templates[0], crowd.TEXT, calls),
            "the longest": _units(member, LONGEST, calls),
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
            writers_at_once=FUNCTIONS,
        )

    runs = crowd.runs(run_at)
    return _report(asked, units, single, runs, history_of(api, listeners[0]))


def _token(host_id: str, who: Person | Guest) -> str:
    return mint(viewer(who), host_id=host_id, tab=identities.new_tab(), hidden=True).token


def _with(template: Event, text: str, message_id: str) -> Event:
    return template | {"body": json.dumps({"text": text, "id": message_id})}


def post_by_handler(templates: list[Event]) -> crowd.Post:
    """Each message by a call of the handler, in the process that asks for this."""
    handler = function("chat")
    quiet = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    os.dup2(quiet.fileno(), 1)

    def post(writer: int, message_id: str) -> int:
        event = _with(templates[writer], crowd.TEXT, message_id)
        return handler(event, CONTEXT)["statusCode"]

    return post


def history_of(api: Api, token: str) -> list[tuple[int, str]]:
    """All that is kept of the chat, oldest first."""

    def read(query: str) -> Any:
        before = query.partition("=")[2]
        return api.get(PATH, token=token, query={"before": before} if before else None).body

    return crowd.history(read)


def _asked_by_one(template: Event, host_id: str) -> list[str]:
    """The calls of one message by a warm function, by name."""
    double, url = LiveKit(rooms={host_id: ["somebody"]}), settings.livekit_url()
    os.environ["FOOTLIGHT_LIVEKIT_URL"] = double.url
    try:
        _say(template, crowd.TEXT)
        with watched() as wire:
            double.before = wire.made.append
            _say(template, crowd.TEXT)
            return wire.made
    finally:
        os.environ["FOOTLIGHT_LIVEKIT_URL"] = url
        double.close()


def _say(template: Event, text: str) -> None:
    answer = function("chat")(_with(template, text, str(uuid.uuid4())), CONTEXT)
    assert answer["statusCode"] == 201, answer


def _units(template: Event, text: str, calls: Calls) -> prices.Request:
    """What one message reads and writes, from what was asked and what is stored then."""
    client: Any = clients.client("dynamodb")
    table = base.Item.Meta.table_name

    def stored(key: Any) -> prices.Item | None:
        return client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    calls.clear()
    _say(template, text)
    asked = dict(calls.asked)
    read = asked["BatchGetItem"]["RequestItems"][table]
    assert read["ConsistentRead"]
    written: list[prices.Item] = []
    for action in asked["TransactWriteItems"]["TransactItems"]:
        ((kind, write),) = action.items()
        item = write["Item"] if kind == "Put" else stored(write["Key"])
        assert item is not None
        written.append(item)
    return prices.Request(
        read_units=sum(prices.consistent_read(stored(key)) for key in read["Keys"]),
        write_units=sum(prices.transactional_write(item) for item in written),
        bytes_of={item["kind"]["S"]: prices.item_bytes(item) for item in written},
    )


def _one_at_a_time(templates: list[Event], host_id: str, calls: Calls) -> dict[str, list[float]]:
    """Milliseconds: of a message, of each call that it makes, and of the process's own work."""
    request = SendDataRequest(
        room=identities.room_of(host_id), topic="bench", data=b"x" * 400, kind=RELIABLE
    )
    turns = cycle(templates)
    processor: list[float] = []

    def message() -> None:
        began = time.process_time()
        _say(next(turns), crowd.TEXT)
        processor.append((time.process_time() - began) * 1000)

    def by_ours() -> None:
        send_data(request.room, request.topic, request.data, 2.0)

    def by_a_new_client() -> None:
        async def send() -> None:
            async with LiveKitAPI(settings.livekit_url(), *KEYS) as client:
                await client.room.send_data(request)

        asyncio.run(send())

    def timed(work: Callable[[], None]) -> Callable[[], float]:
        def measured() -> float:
            began = time.perf_counter()
            work()
            return (time.perf_counter() - began) * 1000

        return measured

    calls.clear()
    took = in_turns(
        {
            "a message": timed(message),
            "SendData": timed(by_ours),
            "SendData by a new client": timed(by_a_new_client),
        },
        SINGLE,
    )
    return took | calls.took_ms | {"processor": processor}


def _report(
    asked: list[str],
    units: dict[str, prices.Request],
    single: dict[str, list[float]],
    runs: list[crowd.Run],
    history: list[tuple[int, str]],
) -> Report:
    rows: list[list[str]] = [["calls of a message", ", ".join(asked)]]
    rows += [[f"alone: {part}, ms", _shown(took)] for part, took in single.items()]
    rows += [row for run in runs for row in crowd.rows(run, history)]
    figures: dict[str, Any] = {
        "calls": asked,
        "alone_ms": {part: summary(took) for part, took in single.items()},
        "runs": [run.figures for run in runs],
    }
    for what, request in units.items():
        dollars = request.of_a_million(statistics.median(single["a message"]), MEMORY_MB)
        sizes = ", ".join(f"{kind} {size}" for kind, size in request.bytes_of.items())
        total = sum(dollars.values())
        rows += [
            [
                f"{what} message: units read / written",
                f"{request.read_units} / {request.write_units}",
            ],
            ["  bytes written", sizes],
            ["  a million of them, $", f"{total:.2f}: " + _dollars(dollars)],
        ]
        figures[what] = asdict(request) | {"dollars_of_a_million": dollars}
    return Report(
        title=f"Chat: {crowd.WRITERS} write, {crowd.LISTENERS} listen, for {crowd.SECONDS:.0f} s",
        columns=["", "measured"],
        rows=rows,
        figures=figures,
        goals=[
            Goal("Chat: storage calls of a message", len(asked) - asked.count("SendData"), 2),
            Goal("Chat: LiveKit calls of a message", asked.count("SendData"), 1),
            Goal("Chat: messages lost", sum(run.lost for run in runs), 0),
            Goal("Chat: messages told twice", sum(run.told_twice for run in runs), 0),
            Goal(
                "Chat: rate asked for ÷ held",
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


def _shown(took: list[float]) -> str:
    return f"{quantile(took, 0.5):.1f} / {quantile(took, 0.95):.1f} / {min(took):.1f}"


def _dollars(dollars: dict[str, float]) -> str:
    return ", ".join(f"{what} {price:.2f}" for what, price in dollars.items())
