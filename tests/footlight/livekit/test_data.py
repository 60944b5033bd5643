"""SendData without livekit-api: its token, its reused connection, and its timeout."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from livekit.api import TokenVerifier
from livekit.protocol.room import SendDataRequest

from footlight.errors import Unavailable
from footlight.livekit.data import send_data
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET


class Server(ThreadingHTTPServer):
    """A server that keeps connections open, as LiveKit does, and counts them."""

    daemon_threads = True

    def __init__(self) -> None:
        server = self
        self.connections = 0
        self.tokens: list[str] = []
        self.sent: list[SendDataRequest] = []
        self.status, self.hangs_up = 200, False
        self.may_respond = threading.Event()
        self.may_respond.set()
        self.hung_up = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.may_respond.wait(20)
                server.sent.append(SendDataRequest.FromString(body))
                server.tokens.append(self.headers["Authorization"].removeprefix("Bearer "))
                self.send_response(server.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.close_connection = server.hangs_up  # without a `Connection: close` header

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.hung_up.set()


@pytest.fixture
def server(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("FOOTLIGHT_LIVEKIT_URL", f"ws://127.0.0.1:{server.server_port}")
        yield server
        server.may_respond.set()
        server.shutdown()


def test_data_is_sent_reliably_with_a_token_for_that_room_only(server: Server) -> None:
    send_data("a-room", "a topic", b"data", 2.0)

    (sent,), (token,) = server.sent, server.tokens
    assert (sent.room, sent.topic, sent.data) == ("a-room", "a topic", b"data")
    assert sent.kind == SendDataRequest().kind  # reliable
    claims = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(token)
    assert claims.video
    assert (claims.video.room_admin, claims.video.room) == (True, "a-room")
    assert not claims.video.room_join
    assert not claims.video.room_list


def test_one_connection_serves_all_calls(server: Server) -> None:
    for _ in range(5):
        send_data("a-room", "a topic", b"data", 2.0)
    assert (server.connections, len(server.sent)) == (1, 5)


def test_a_closed_connection_is_reopened(server: Server) -> None:
    server.hangs_up = True
    for number in range(1, 4):
        send_data("a-room", "a topic", b"data", 2.0)
        assert (server.connections, len(server.sent)) == (number, number)
        assert server.hung_up.wait(5)
        server.hung_up.clear()


def test_a_hanging_server_times_out(server: Server) -> None:
    send_data("a-room", "a topic", b"data", 2.0)
    server.may_respond.clear()
    with pytest.raises(Unavailable):
        send_data("a-room", "a topic", b"data", 0.2)
    assert len(server.sent) == 1
    server.may_respond.set()
    send_data("a-room", "a topic", b"data", 2.0)


def test_a_refused_message_is_not_retried(server: Server) -> None:
    server.status = 503
    with pytest.raises(Unavailable):
        send_data("a-room", "a topic", b"data", 2.0)
    assert len(server.sent) == 1
