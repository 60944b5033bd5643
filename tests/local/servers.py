"""A real livekit-server and Redis, the ingress stand-in in front of them, and a webhook receiver.

All run on free ports, once for all tests of this folder. Each test creates its own ingress in its
own room.
"""

import asyncio
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
from collections.abc import Awaitable, Callable, Sequence
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


def eventually(what: str, attempt: Callable[[], Result | None], within: float = 8.0) -> Result:
    """Return the first true result of `attempt`. Fail if there is none within some seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if result := attempt():
            return result
        time.sleep(0.1)
    raise AssertionError(f"not within {within} s: {what}")


class WebhookSink:
    """A receiver of the server's webhooks that checks their signatures."""

    def __init__(self, secret: str) -> None:
        self.events: list[WebhookEvent] = []
        self.forged = 0
        receiver = api.WebhookReceiver(api.TokenVerifier(KEY, secret))
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                try:
                    event = receiver.receive(body, self.headers["Authorization"])
                    sink.events.append(event)
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

    secret: str
    sink: WebhookSink
    livekit_port: int
    redis_port: int
    rtmp_port: int
    whip_port: int
    logs: Path
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    _stand_in: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])

    @property
    def livekit_url(self) -> str:
        """The address of the server's API."""
        return f"http://127.0.0.1:{self.livekit_port}"

    @property
    def whip_url(self) -> str:
        """The address of the stand-in's HTTP server."""
        return f"http://127.0.0.1:{self.whip_port}"

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
    def stand_in(self) -> subprocess.Popen[bytes]:
        """The stand-in's process."""
        return self._stand_in[-1]

    def log(self, name: str) -> str:
        """Return the output of a program."""
        return (self.logs / f"{name}.log").read_text()

    def start_stand_in(self) -> None:
        """Start `python -m local.ingress`, and wait until it is healthy."""
        process = self.run(
            "ingress",
            [
                *(sys.executable, "-m", "local.ingress", "--rpc", program("ingress-rpc")),
                *("--livekit-url", f"ws://127.0.0.1:{self.livekit_port}"),
                *("--redis", f"127.0.0.1:{self.redis_port}"),
                *("--rtmp-port", str(self.rtmp_port), "--whip-port", str(self.whip_port)),
                *("--silence-seconds", "4"),
            ],
            {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": self.secret},
        )
        eventually(
            "the stand-in", lambda: self._responds(f"{self.whip_url}/healthz"), START_SECONDS
        )
        self._stand_in.append(process)

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
            process.terminate()
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
