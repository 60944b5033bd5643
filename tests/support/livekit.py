"""A LiveKit server in memory: the methods that the product uses, over Twirp and a real socket.

It fails on request. `tests/stack` tests the product with the real server.
"""

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aiohttp
import pytest
import urllib3
from livekit.protocol.ingress import (
    CreateIngressRequest,
    DeleteIngressRequest,
    IngressInfo,
    ListIngressRequest,
    ListIngressResponse,
    UpdateIngressRequest,
)
from livekit.protocol.models import ParticipantInfo, Room, TrackInfo
from livekit.protocol.room import (
    ListParticipantsRequest,
    ListParticipantsResponse,
    ListRoomsRequest,
    ListRoomsResponse,
    RemoveParticipantResponse,
    RoomParticipantIdentity,
    SendDataRequest,
    SendDataResponse,
    UpdateRoomMetadataRequest,
)

TRACKS = (TrackInfo(sid="TR_picture"), TrackInfo(sid="TR_sound"))
"""The tracks of a host's encoder."""
TIMED_OUT = (599, b"")
"""The answer that `timing_out` turns into an error."""
NOT_FOUND = (404, b'{"code":"not_found","msg":"gone"}')
BROKEN = (503, b'{"code":"unavailable","msg":"no response from servers"}')


@dataclass
class LiveKit:
    """`rooms` maps a room to the identities in it; the host's own identity publishes."""

    rooms: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    ingresses: dict[str, IngressInfo] = field(default_factory=dict[str, IngressInfo])
    heard: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any]]]
    )
    """The data sent to rooms: topic and JSON."""
    listed_publishers: dict[str, int] = field(default_factory=dict[str, int])
    """The outdated numbers of publishers that the list of rooms still shows."""
    tracks: tuple[TrackInfo, ...] = TRACKS
    """What each host publishes."""
    joined_at: int = 0
    """When all participants joined, in seconds since 1970."""
    unlisted: set[str] = field(default_factory=set[str])
    """Rooms that the list of rooms lacks, as after a restart of LiveKit's Redis."""
    made: list[str] = field(default_factory=list[str])
    """The methods called so far."""
    before: Callable[[str], None] | None = None
    """Called with each method before it is done. It may raise `Fails`."""
    after: Callable[[str], None] | None = None
    """Called after the method is done. If it raises `Fails`, the response is lost."""
    released: threading.Event = field(default_factory=threading.Event)
    """When set, calls that hang continue."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @classmethod
    @contextmanager
    def running(cls) -> Generator["LiveKit"]:
        """Serve a new double at the URL of the settings, instead of the current one."""
        server = _server()
        outer, server.double = server.double, cls()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FOOTLIGHT_LIVEKIT_URL", f"ws://127.0.0.1:{server.server_port}")
            yield server.double
        server.double.released.set()
        server.double = outer

    def hangs(self, method: str) -> None:
        """For `before` and `after`: no response until `released`, or for 20 s."""
        held = self.released
        held.wait(20)
        held.set()

    def times_out(self, method: str) -> None:
        """For `before` and `after`: no answer in time, without a wait. See `timing_out`."""
        raise Fails(TIMED_OUT)

    def breaks(self, method: str) -> None:
        """For `before` and `after`: 503."""
        raise Fails

    def enabled_keys(self, room: str) -> list[str]:
        """Return the ingresses of a room that an encoder can use."""
        return [
            id for id, info in self.ingresses.items() if info.room_name == room and info.enabled
        ]

    def answer(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Return the status and body of one call."""
        try:
            if self.before:
                self.before(method)
            with self._lock:
                self.made.append(method)
                done: tuple[int, bytes] = getattr(self, f"_{method}")(body)
            if self.after:
                self.after(method)
        except Fails as failure:
            return failure.answer
        return done

    def _ListRooms(self, body: bytes) -> tuple[int, bytes]:
        wanted = list(ListRoomsRequest.FromString(body).names)
        found = [
            Room(
                name=name,
                num_participants=len(identities),
                num_publishers=self.listed_publishers.get(name, identities.count(name)),
                metadata=self.metadata.get(name, ""),
            )
            for name, identities in self.rooms.items()
            if (not wanted or name in wanted) and name not in self.unlisted
        ]
        return 200, ListRoomsResponse(rooms=found).SerializeToString()

    def _ListParticipants(self, body: bytes) -> tuple[int, bytes]:
        room = ListParticipantsRequest.FromString(body).room
        found = [
            ParticipantInfo(
                identity=identity,
                tracks=self.tracks if identity == room else (),
                joined_at=self.joined_at,
            )
            for identity in self.rooms.get(room, [])
        ]
        return 200, ListParticipantsResponse(participants=found).SerializeToString()

    def _RemoveParticipant(self, body: bytes) -> tuple[int, bytes]:
        asked = RoomParticipantIdentity.FromString(body)
        if asked.identity not in self.rooms.get(asked.room, []):
            return NOT_FOUND
        self.rooms[asked.room].remove(asked.identity)
        return 200, RemoveParticipantResponse().SerializeToString()

    def _UpdateRoomMetadata(self, body: bytes) -> tuple[int, bytes]:
        asked = UpdateRoomMetadataRequest.FromString(body)
        if asked.room not in self.rooms:
            return NOT_FOUND
        self.metadata[asked.room] = asked.metadata
        return 200, Room(name=asked.room, metadata=asked.metadata).SerializeToString()

    def _SendData(self, body: bytes) -> tuple[int, bytes]:
        """For an empty room, the real server fails like this after three seconds."""
        asked = SendDataRequest.FromString(body)
        if not self.rooms.get(asked.room):
            return BROKEN
        self.heard.append((asked.topic, json.loads(asked.data)))
        return 200, SendDataResponse().SerializeToString()

    def _CreateIngress(self, body: bytes) -> tuple[int, bytes]:
        asked = CreateIngressRequest.FromString(body)
        number = f"{time.monotonic_ns():x}"
        made = IngressInfo(
            ingress_id=f"IN_{number}",
            stream_key=f"key-{number}",
            url="rtmp://localhost/live",
            room_name=asked.room_name,
            name=asked.name,
            input_type=asked.input_type,
            enabled=asked.enabled,
        )
        self.ingresses[made.ingress_id] = made
        return 200, made.SerializeToString()

    def _ListIngress(self, body: bytes) -> tuple[int, bytes]:
        asked = ListIngressRequest.FromString(body)
        if asked.ingress_id and asked.ingress_id not in self.ingresses:
            return NOT_FOUND
        found = [
            info
            for info in self.ingresses.values()
            if info.ingress_id == asked.ingress_id or info.room_name == asked.room_name
        ]
        return 200, ListIngressResponse(items=found).SerializeToString()

    def _UpdateIngress(self, body: bytes) -> tuple[int, bytes]:
        """Update an ingress. Like the real server, end its session if it is live."""
        asked = UpdateIngressRequest.FromString(body)
        info = self.ingresses.get(asked.ingress_id)
        if info is None:
            return NOT_FOUND
        info.enabled = asked.enabled
        self._cut(info)
        return 200, info.SerializeToString()

    def _DeleteIngress(self, body: bytes) -> tuple[int, bytes]:
        asked = DeleteIngressRequest.FromString(body)
        info = self.ingresses.pop(asked.ingress_id, None)
        if info is None:
            return NOT_FOUND
        self._cut(info)
        return 200, info.SerializeToString()

    def _cut(self, info: IngressInfo) -> None:
        identities = self.rooms.get(info.room_name, [])
        if info.room_name in identities:
            identities.remove(info.room_name)


class _Server(ThreadingHTTPServer):
    """Serves the current double. Calls that still hang belong to an earlier one."""

    daemon_threads = True
    double: LiveKit | None = None


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.server.double
        status, response = self.server.double.answer(self.path.rpartition("/")[2], body)
        kind = "application/protobuf" if status == 200 else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(response)))
        with suppress(ConnectionError):  # the client has given up
            self.end_headers()
            self.wfile.write(response)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@cache
def _server() -> _Server:
    """Start the one server of the process."""
    server = _Server(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Fails(Exception):
    """Raised by `before` and `after` with the answer of the call, which is 503 by default."""

    def __init__(self, answer: tuple[int, bytes] = BROKEN) -> None:
        super().__init__()
        self.answer = answer


@contextmanager
def timing_out() -> Generator[None]:
    """Make clients raise the error of a timeout when the server `times_out`.

    Both clients are patched in their libraries, so that the code under test is the real one.
    """
    request: Any = aiohttp.ClientSession._request  # pyright: ignore[reportPrivateUsage]
    urlopen: Any = urllib3.PoolManager.urlopen

    async def _request(self: Any, *arguments: Any, **options: Any) -> Any:
        response = await request(self, *arguments, **options)
        if response.status == TIMED_OUT[0]:
            response.close()
            raise TimeoutError
        return response

    def _urlopen(self: Any, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        response = urlopen(self, method, url, *arguments, **options)
        if response.status == TIMED_OUT[0]:
            pool = self.connection_from_url(url)
            raise urllib3.exceptions.ReadTimeoutError(pool, url, "Read timed out.")
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiohttp.ClientSession, "_request", _request)
        patch.setattr(urllib3.PoolManager, "urlopen", _urlopen)
        yield
