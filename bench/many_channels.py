"""A LiveKit and a table with many live channels, in a process of their own, at stated latencies.

Moto takes a tenth of a second for an index query over 5,000 channels, so the table is a dictionary.
It answers the calls of the reconciler, evaluates their conditions with moto's own parser, and fails
on any other call.
"""

import asyncio
import json
import multiprocessing
import re
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from livekit.protocol.models import ParticipantInfo, Room, TrackInfo
from livekit.protocol.room import (
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    UpdateRoomMetadataRequest,
)

Item = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """The channels, and how long each call takes in milliseconds."""

    channels: int
    viewers: int
    """Viewers of each channel."""
    blocks: int
    """Viewers whom each host has blocked. They aren't in the room."""
    table_ms: float
    livekit_ms: float
    list_rooms_ms_per_thousand: float


@dataclass(frozen=True)
class Address:
    """The port that serves both, and the processes' means to ask how many calls were made."""

    port: int
    connection: Any

    def calls(self) -> Counter[str]:
        """Return the calls since the last time, by name."""
        self.connection.send(None)
        calls: Counter[str] = self.connection.recv()
        return calls


@contextmanager
def serving(scene: Scene) -> Generator[Address]:
    """Serve a scene in another process until the end of the block."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(scene, theirs), daemon=True)
    process.start()
    try:
        yield Address(ours.recv(), ours)
    finally:
        process.kill()
        process.join()


def host_id(number: int) -> str:
    """Return the user id of a creator."""
    return f"{number:032x}"


def _serve(scene: Scene, connection: Any) -> None:
    asyncio.run(_Servers(scene, connection).run())


class _Servers:
    def __init__(self, scene: Scene, connection: Any) -> None:
        self._scene = scene
        self._connection = connection
        self._calls: Counter[str] = Counter()
        self._table = Table.of(scene)
        self._livekit = LiveKit.of(scene)

    async def run(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=1000)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), self._report)
        self._connection.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    def _report(self) -> None:
        self._connection.recv()
        self._connection.send(self._calls)
        self._calls = Counter()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            headers = {
                name.lower(): value
                for name, value in re.findall(r"^([\w-]+): *(.*?)\r$", head, re.MULTILINE)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, kind, status, response, milliseconds = self._answer(head, headers, body)
            self._calls[method] += 1
            await asyncio.sleep(milliseconds / 1000)
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(response)}\r\n\r\n".encode()
                + response
            )

    def _answer(
        self, head: str, headers: dict[str, str], body: bytes
    ) -> tuple[str, str, int, bytes, float]:
        target = headers.get("x-amz-target", "")
        if target:
            method = target.rpartition(".")[2]
            if method == "GetSecretValue":
                keys = {"LIVEKIT_API_KEY": "devkey", "LIVEKIT_API_SECRET": "secret" * 6}
                secret = json.dumps({"SecretString": json.dumps(keys)}).encode()
                return method, "application/x-amz-json-1.1", 200, secret, self._scene.table_ms
            status, answer = self._table.answer(method, json.loads(body))
            kind = "application/x-amz-json-1.0"
            return method, kind, status, json.dumps(answer).encode(), self._scene.table_ms
        method = head.split()[1].rpartition("/")[2]
        message = self._livekit.answer(method, body)
        milliseconds = self._scene.livekit_ms
        if method == "ListRooms":
            milliseconds += self._scene.list_rooms_ms_per_thousand * len(message.rooms) / 1000
        return method, "application/protobuf", 200, message.SerializeToString(), milliseconds


@dataclass
class LiveKit:
    """Rooms in which the host's ingress publishes."""

    rooms: dict[str, Room]
    participants: dict[str, ListParticipantsResponse]

    @classmethod
    def of(cls, scene: Scene) -> "LiveKit":
        rooms: dict[str, Room] = {}
        participants: dict[str, ListParticipantsResponse] = {}
        tracks = [TrackInfo(sid=f"TR_{kind}{'x' * 12}", mime_type=kind) for kind in "av"]
        for number in range(scene.channels):
            host = host_id(number)
            viewers = [f"{viewer + 1_000_000:032x}:abcd1234" for viewer in range(scene.viewers)]
            rooms[host] = Room(
                sid=f"RM_{number:012d}",
                name=host,
                num_participants=1 + scene.viewers,
                num_publishers=1,
                creation_time=1_795_550_400,
            )
            participants[host] = ListParticipantsResponse(
                participants=[
                    ParticipantInfo(
                        sid="PA_ingressingre", identity=host, is_publisher=True, tracks=tracks
                    ),
                    *(
                        ParticipantInfo(sid="PA_viewerviewer", identity=viewer, name="viewer")
                        for viewer in viewers
                    ),
                ]
            )
        return cls(rooms, participants)

    def answer(self, method: str, body: bytes) -> Any:
        """Return the response of a method."""
        match method:
            case "ListRooms":
                names = ListRoomsRequest.FromString(body).names
                found = [self.rooms[name] for name in names] if names else self.rooms.values()
                return ListRoomsResponse(rooms=found)
            case "ListParticipants":
                return self.participants[ListParticipantsRequest.FromString(body).room]
            case "UpdateRoomMetadata":
                request = UpdateRoomMetadataRequest.FromString(body)
                self.rooms[request.room].metadata = request.metadata
                return self.rooms[request.room]
            case _:
                raise NotImplementedError(method)


@dataclass
class Table:
    """Items in DynamoDB's JSON, by partition key and sort key."""

    items: dict[str, dict[str, Item]] = field(default_factory=dict[str, dict[str, Item]])

    @classmethod
    def of(cls, scene: Scene) -> "Table":
        table = cls()
        for number in range(scene.channels):
            host = host_id(number)
            table.put(_live_state(host, scene.viewers))
            table.put(_stream(host, number))
            for blocked in range(scene.blocks):
                table.put(_block(host, f"{blocked + 2_000_000:032x}"))
        return table

    def put(self, item: Item) -> None:
        """Store an item."""
        self.items.setdefault(item["pk"]["S"], {})[item["sk"]["S"]] = item

    def get(self, key: Item) -> Item | None:
        """Return an item, or None."""
        return self.items.get(key["pk"]["S"], {}).get(key["sk"]["S"])

    def answer(self, method: str, request: Any) -> tuple[int, Any]:
        """Return the status and body of a call."""
        call: Callable[[Any], Any] = getattr(self, f"_{method}")
        if not self._is_met(request):
            kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
            return 400, {"__type": kind, "message": "The conditional request failed"}
        return 200, call(request)

    def _is_met(self, request: Any) -> bool:
        from moto.dynamodb.comparisons import get_filter_expression
        from moto.dynamodb.models.dynamo_type import Item as MotoItem

        condition = request.get("ConditionExpression")
        if not condition:
            return True
        key = request.get("Key") or request["Item"]
        filter_: Any = get_filter_expression(
            condition,
            request.get("ExpressionAttributeNames", {}),
            request.get("ExpressionAttributeValues", {}),
        )
        stored = self.get(key) or {}
        return bool(filter_.expr(MotoItem(key["pk"], key["sk"], stored)))

    def _GetItem(self, request: Any) -> Any:
        item = self.get(request["Key"])
        return {"Item": item} if item else {}

    def _BatchGetItem(self, request: Any) -> Any:
        ((name, wanted),) = request["RequestItems"].items()
        found = [item for key in wanted["Keys"] if (item := self.get(key))]
        return {"Responses": {name: found}, "UnprocessedKeys": {}}

    def _PutItem(self, request: Any) -> Any:
        self.put(request["Item"])
        return {}

    def _UpdateItem(self, request: Any) -> Any:
        key, expression = request["Key"], request["UpdateExpression"]
        item = dict(self.get(key) or key)
        names = request["ExpressionAttributeNames"]
        assignments = re.findall(r"(#\w+) = (:\w+)", expression)
        assert re.fullmatch(r"SET (#\w+ = :\w+(, )?)+", expression), expression
        for attribute, value in assignments:
            item[names[attribute]] = request["ExpressionAttributeValues"][value]
        self.put(item)
        return {"Attributes": item}

    def _TransactWriteItems(self, request: Any) -> Any:
        puts = [operation["Put"] for operation in request["TransactItems"]]
        if not all(self._is_met(put) for put in puts):
            raise NotImplementedError("A canceled transaction")
        for put in puts:
            self.put(put["Item"])
        return {}

    def _DeleteItem(self, request: Any) -> Any:
        self.items.get(request["Key"]["pk"]["S"], {}).pop(request["Key"]["sk"]["S"], None)
        return {}

    def _Query(self, request: Any) -> Any:
        values = request["ExpressionAttributeValues"]
        condition = request["KeyConditionExpression"]
        equal, below = re.search(r"= (:\w+)", condition), re.search(r"< (:\w+)", condition)
        assert equal, condition
        partition = values[equal[1]]["S"]
        if request.get("IndexName") == "lists":
            before = values[below[1]]["S"] if below else None
            found = self._listed(partition, before)
        else:
            found = list(self.items.get(partition, {}).values())
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def _listed(self, list_pk: str, before: str | None) -> list[Item]:
        listed = [
            item
            for items in self.items.values()
            for item in items.values()
            if item.get("list_pk", {}).get("S") == list_pk
            and (before is None or item["list_sk"]["S"] < before)
        ]
        return sorted(listed, key=lambda item: item["list_sk"]["S"])


def _live_state(host: str, viewers: int) -> Item:
    return {
        "pk": {"S": f"LIVE#{host}"},
        "sk": {"S": "LIVE"},
        "kind": {"S": "live"},
        "list_pk": {"S": "LIVE"},
        "list_sk": {"S": f"{viewers:08d}#{host}"},
        "user_id": {"S": host},
        "version": {"N": "7"},
        "source": {"S": "reconciler"},
        "ingress_id": {"S": "IN_abcdefghijkl"},
        "live": {"BOOL": True},
        "session_id": {"S": "1767225600000"},
        "session_started_at": {"S": "2026-01-01T00:00:00.000Z"},
        "peak_viewers": {"N": str(viewers)},
        "viewer_sum": {"N": "0"},
        "viewer_samples": {"N": "0"},
        "last_started": {"N": "1767225600000000000"},
        "last_updated": {"N": "1767225600000000001"},
        "viewers": {"N": str(viewers)},
        "verified_at": {"S": "2026-01-01T00:00:00.000Z"},
    }


def _stream(host: str, number: int) -> Item:
    instant = {"S": "2026-01-01T00:00:00.000Z"}
    return {
        "pk": {"S": f"USER#{host}"},
        "sk": {"S": "STREAM"},
        "kind": {"S": "stream"},
        "list_pk": {"S": "CHANNELS"},
        "list_sk": {"S": f"2026-01-01T00:00:00.000Z#{host}"},
        "user_id": {"S": host},
        "title": {"S": f"Building a synthesizer from scratch, evening {number} of many"},
        "is_chat_enabled": {"BOOL": True},
        "is_chat_delayed": {"BOOL": False},
        "is_chat_followers_only": {"BOOL": False},
        "chat_delay_seconds": {"N": "3"},
        "chat_followers_minutes": {"N": "0"},
        "is_chat_signed_in_only": {"BOOL": False},
        "are_chat_links_blocked": {"BOOL": False},
        "are_chat_repeats_blocked": {"BOOL": False},
        "chat_cleared_ms": {"N": "0"},
        "created_at": instant,
        "updated_at": instant,
    }


def _block(host: str, viewer: str) -> Item:
    return {
        "pk": {"S": f"BLOCK#{host}"},
        "sk": {"S": viewer},
        "kind": {"S": "block"},
        "list_pk": {"S": f"BLOCKERS#{viewer}"},
        "list_sk": {"S": host},
        "created_at": {"S": "2026-01-01T00:00:00.000Z"},
        "name": {"S": "troll"},
    }
