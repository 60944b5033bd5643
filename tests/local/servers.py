"""A real livekit-server and Redis, an ingress in front of them, and a webhook receiver.

The ingress is the stand-in, or LiveKit Ingress with `INGRESS=livekit`. All run on free ports, once
for all tests of a folder. Each test creates its own ingress in its own room.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import pytest
from livekit import api
from livekit.protocol.ingress import (
    CreateIngressRequest,
    IngressInfo,
    IngressInput,
    ListIngressRequest,
)
from livekit.protocol.webhook import WebhookEvent

from local.livekit_ingress import ALWAYS_IDLE, NEVER_IDLE, configuration
from local.livekit_server import media

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".local" / "bin"
KEY = "devkey"
START_SECONDS = 20.0
Result = TypeVar("Result")


def program(name: str) -> Path:
    """Return a tool of the local stack. If it is missing, fail with the command to install it."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    program_path = shutil.which(name, path=path)
    if program_path is None:
        pytest.fail(f"{name} is missing: run `python3 -m local.tools base stack`")
    return Path(program_path)


def free_port() -> int:
    """Return a TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    kind: str, folder: Path, *, silence_seconds: float = 60.0, has_capacity: bool = True
) -> Generator["Ingest"]:
    """Run all servers with an ingress of this kind: `stand-in` or `livekit`.

    The stand-in disconnects an RTMP encoder that sends nothing for `silence_seconds`. Without
    capacity, the ingress refuses every encoder.
    """
    secret = secrets.token_hex(24)
    sink = WebhookSink(secret)
    ingest = Ingest(
        kind=kind,
        secret=secret,
        sink=sink,
        livekit_port=free_port(),
        redis_port=free_port(),
        rtmp_port=free_port(),
        whip_port=free_port(),
        logs=folder,
        silence_seconds=silence_seconds,
        has_capacity=has_capacity,
    )
    config = folder / "livekit.yaml"
    config.write_text(json.dumps(ingest.livekit_configuration()))  # JSON is valid YAML
    config.chmod(0o600)
    try:
        ingest.start_redis()
        ingest.start_livekit()
        ingest.start_ingress()
        yield ingest
    finally:
        ingest.stop_all()
        sink.close()


def eventually(what: str, attempt: Callable[[], Result | None], within: float = 8.0) -> Result:
    """Return the first true result of `attempt`. Fail if there is none within some seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if result := attempt():
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {within} s: {what}")


@dataclass(frozen=True)
class Webhook:
    """A request from the server. The signature covers exactly this body."""

    event: WebhookEvent
    body: str
    signature: str


class WebhookSink:
    """A receiver of the server's webhooks that checks their signatures."""

    def __init__(self, secret: str) -> None:
        self.events: list[WebhookEvent] = []
        self.received: list[Webhook] = []
        self.forged = 0
        receiver = api.WebhookReceiver(api.TokenVerifier(KEY, secret))
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                try:
                    event = receiver.receive(body, self.headers["Authorization"])
                    sink.events.append(event)
                    sink.received.append(Webhook(event, body, self.headers["Authorization"]))
                except Exception:  # any error means that the signature is not valid
                    sink.forged += 1
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def of(self, ingress_id: str, name: str) -> list[WebhookEvent]:
        """Return the events of this name for an ingress, in order of arrival."""
        return [
            event
            for event in list(self.events)
            if event.event == name and event.ingress_info.ingress_id == ingress_id
        ]

    def close(self) -> None:
        """Stop the receiver."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Ingest:
    """The running servers, and actions for tests."""

    kind: str
    secret: str
    sink: WebhookSink
    livekit_port: int
    redis_port: int
    rtmp_port: int
    whip_port: int
    logs: Path
    silence_seconds: float
    has_capacity: bool
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    _ingresses: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    _redis: subprocess.Popen[bytes] | None = None
    _livekit: subprocess.Popen[bytes] | None = None

    @property
    def livekit_url(self) -> str:
        """The address of the server's API."""
        return f"http://127.0.0.1:{self.livekit_port}"

    @property
    def whip_url(self) -> str:
        """The address of the ingress's HTTP server."""
        return f"http://127.0.0.1:{self.whip_port}"

    @property
    def is_real(self) -> bool:
        """Return whether the ingress is LiveKit's."""
        return self.kind == "livekit"

    def livekit_configuration(self) -> dict[str, object]:
        """Return the configuration of livekit-server."""
        return {
            "port": self.livekit_port,
            "bind_addresses": ["127.0.0.1"],
            "rtc": media(free_port()),
            "redis": {"address": f"127.0.0.1:{self.redis_port}"},
            "keys": {KEY: self.secret},
            "ingress": {
                "rtmp_base_url": f"rtmp://localhost:{self.rtmp_port}/live",
                "whip_base_url": f"{self.whip_url}/w",
            },
            "webhook": {"api_key": KEY, "urls": [self.sink.url]},
        }

    def run(
        self, name: str, command: Sequence[str | Path], env: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program with its output in a log."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=os.environ | (env or {}),
            )
        self._running.append(process)
        return process

    @property
    def ingress_process(self) -> subprocess.Popen[bytes]:
        """The process of the ingress."""
        return self._ingresses[-1]

    def log(self, name: str) -> str:
        """Return the output of a program."""
        return (self.logs / f"{name}.log").read_text()

    def start_redis(self) -> None:
        """Start Redis, which saves nothing on its own, and wait until it listens."""
        self._redis = self.run(
            "redis",
            [
                *(program("redis-server"), "--bind", "127.0.0.1"),
                *("--port", str(self.redis_port)),
                *("--save", "", "--appendonly", "no", "--dir", self.logs),
            ],
        )
        eventually("Redis", lambda: listens(self.redis_port), START_SECONDS)

    def start_livekit(self) -> None:
        """Start livekit-server, and wait until it responds."""
        config = self.logs / "livekit.yaml"
        self._livekit = self.run("livekit", [program("livekit-server"), "--config", config])
        self.wait_for_livekit()

    def restart_redis(self, *, keeps_data: bool) -> None:
        """Kill Redis and start it again, with its data or empty."""
        assert self._redis
        (self.logs / "dump.rdb").unlink(missing_ok=True)
        if keeps_data:
            with socket.create_connection(("127.0.0.1", self.redis_port)) as redis:
                redis.sendall(b"SAVE\r\n")
                assert redis.recv(5) == b"+OK\r\n"
        self.stop(self._redis, signal.SIGKILL)
        self.start_redis()

    @contextlib.contextmanager
    def livekit_is_down(self) -> Generator[None]:
        """Kill livekit-server, and start it again after the block."""
        assert self._livekit
        # SIGTERM would make it wait for the participants.
        self.stop(self._livekit, signal.SIGKILL)
        try:
            yield
        finally:
            self.start_livekit()

    def start_ingress(self) -> None:
        """Start the ingress, and wait until it is healthy."""
        process = self._start_livekit_ingress() if self.is_real else self._start_stand_in()
        self._ingresses.append(process)
        health = f"{self.whip_url}/health"
        eventually("the ingress", lambda: self._responds(health), START_SECONDS)

    def _start_stand_in(self) -> subprocess.Popen[bytes]:
        return self.run(
            "ingress",
            [
                *(sys.executable, "-m", "local.ingress", "--rpc", program("ingress-rpc")),
                *("--livekit-url", f"ws://127.0.0.1:{self.livekit_port}"),
                *("--redis", f"127.0.0.1:{self.redis_port}"),
                *("--rtmp-port", str(self.rtmp_port), "--whip-port", str(self.whip_port)),
                *("--silence-seconds", str(self.silence_seconds)),
                *([] if self.has_capacity else ["--capacity", "0"]),
            ],
            self._keys,
        )

    def _start_livekit_ingress(self) -> subprocess.Popen[bytes]:
        config = self.logs / "ingress.yaml"
        config.write_text(
            configuration(
                self._keys,
                livekit_url=f"ws://127.0.0.1:{self.livekit_port}",
                redis=f"127.0.0.1:{self.redis_port}",
                rtmp_port=self.rtmp_port,
                whip_port=self.whip_port,
                relay_port=free_port(),
                udp_port=free_port(),
                cost=ALWAYS_IDLE if self.has_capacity else NEVER_IDLE,
            )
        )
        config.chmod(0o600)
        ingress = program("ingress")
        path = os.pathsep.join([str(ingress.parent), os.environ.get("PATH", "")])
        return self.run("ingress", [ingress, "--config", config], {"PATH": path})

    @property
    def _keys(self) -> dict[str, str]:
        return {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": self.secret}

    def start_encoder(self, key: str, *options: str) -> subprocess.Popen[bytes]:
        """Start `python -m local.encoder` with a small picture."""
        url = f"rtmp://localhost:{self.rtmp_port}/live"
        return self.run(
            "encoder",
            [
                *(sys.executable, "-m", "local.encoder", "--url", url, "--key", key),
                *("--size", "320x180", "--fps", "10", *options),
            ],
        )

    def stop(self, process: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> int:
        """End a program and return its exit code."""
        process.send_signal(how)
        status = process.wait(10)
        self._running.remove(process)
        return status

    def stop_all(self) -> None:
        """End all running programs, newest first."""
        for process in reversed(list(self._running)):
            # SIGTERM would make LiveKit Ingress wait for its sessions.
            process.send_signal(signal.SIGINT if process in self._ingresses else signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def call(self, request: Callable[[api.LiveKitAPI], Awaitable[Result]]) -> Result:
        """Call the server's API once."""

        async def calling() -> Result:
            async with api.LiveKitAPI(self.livekit_url, KEY, self.secret) as livekit:
                return await request(livekit)

        return asyncio.run(calling())

    def create_ingress(self, input_type: IngressInput = IngressInput.RTMP_INPUT) -> IngressInfo:
        """Create an ingress in a new room, like the product."""
        room = f"room-{secrets.token_hex(4)}"
        request = CreateIngressRequest(
            input_type=input_type,
            name="ann",
            room_name=room,
            participant_identity=room,
            participant_name="ann",
        )
        return self.call(lambda livekit: livekit.ingress.create_ingress(request))

    def ingress(self, ingress_id: str) -> IngressInfo | None:
        """Return an ingress from ListIngress, or None if it doesn't exist."""
        request = ListIngressRequest(ingress_id=ingress_id)
        try:
            listed = self.call(lambda livekit: livekit.ingress.list_ingress(request))
        except api.TwirpError as error:
            if error.code == api.TwirpErrorCode.NOT_FOUND:
                return None
            raise
        return listed.items[0] if listed.items else None

    def _responds(self, url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own server
                return bool(response.status == 200)
        except OSError:
            return False

    def wait_for_livekit(self) -> None:
        """Wait until the server responds."""
        eventually("livekit-server", lambda: self._responds(self.livekit_url), START_SECONDS)


def listens(port: int) -> bool:
    """Return whether a server on this machine accepts connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
