"""Connections to AWS: reused, replaced if the server has closed them, and checked over HTTPS."""

import socket
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, SSLError

from footlight.aws import connections
from footlight.aws.connections import Connections
from tests.support.http_server import QuietHandler, serving
from tests.support.https_server import serving_https

AWS = "aws.example.com"


class Echo(QuietHandler):
    """Sends the body back, and keeps the connection."""

    protocol_version = "HTTP/1.1"
    ports: list[int]
    """The client's port of each request."""

    def do_POST(self) -> None:
        body = self.read_body()
        self.ports.append(self.client_address[1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request", "1")
        self.end_headers()
        self.wfile.write(body)
        self.after()

    def after(self) -> None:
        """Do nothing. Subclasses close the connection."""


@contextmanager
def connections_to(url: str) -> Generator[Connections]:
    """Yield connections, and close the idle ones, which a function would keep."""
    aws = Connections(url, connect_seconds=1, read_seconds=1)
    yield aws
    for connection in aws._idle:  # pyright: ignore[reportPrivateUsage]
        connection.close()


@contextmanager
def echoing(base: type[Echo] = Echo) -> Generator[tuple[Connections, list[int]]]:
    class Handler(base):
        ports: list[int] = []  # noqa: RUF012 - of this server

    with serving(Handler) as url, connections_to(url) as aws:
        yield aws, Handler.ports


def test_requests_one_after_another_share_a_connection() -> None:
    with echoing() as (aws, ports):
        bodies = [aws.post(body, {}).content for body in (b"1", b"", b"3" * 100_000)]
    assert bodies == [b"1", b"", b"3" * 100_000]
    assert len(ports) == 3
    assert len(set(ports)) == 1


def test_a_response_has_its_status_and_headers_in_lower_case() -> None:
    with echoing() as (aws, _):
        response = aws.post(b"", {})
    assert response.status == 200
    assert response.headers["x-request"] == "1"


def test_requests_at_once_have_a_connection_each() -> None:
    together = Barrier(3)

    class Waiting(Echo):
        def do_POST(self) -> None:
            together.wait(timeout=10)
            super().do_POST()

    with echoing(Waiting) as (aws, ports), ThreadPoolExecutor(3) as threads:
        for _ in range(2):
            list(threads.map(aws.post, [b"1", b"2", b"3"], repeat({})))
    assert len(ports) == 6
    assert len(set(ports)) == 3


@pytest.mark.parametrize("announced", [True, False])
def test_a_connection_that_the_server_closes_is_replaced(announced: bool) -> None:
    class Closing(Echo):
        def end_headers(self) -> None:
            if announced:
                self.send_header("Connection", "close")
            super().end_headers()

        def after(self) -> None:
            self.close_connection = True

    with echoing(Closing) as (aws, ports):
        assert aws.post(b"1", {}).content == b"1"
        for connection in aws._idle:  # pyright: ignore[reportPrivateUsage]
            connection.sock.recv(1, socket.MSG_PEEK)  # waits for the end
        assert aws.post(b"2", {}).content == b"2"
    assert len(set(ports)) == 2


def test_half_a_response_is_none() -> None:
    class Half(Echo):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"{}")
            self.close_connection = True

    with echoing(Half) as (aws, _), pytest.raises(ConnectionClosedError):
        aws.post(b"", {})


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Any]:
    """Return a function that makes OpenSSL trust the server's certificate from now on."""

    def trust() -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        connections._tls.cache_clear()  # pyright: ignore[reportPrivateUsage]

    connections._tls.cache_clear()  # pyright: ignore[reportPrivateUsage]
    yield trust
    connections._tls.cache_clear()  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("trusted", "certified", "accepted"),
    [(True, AWS, True), (False, AWS, False), (True, "other.example.com", False)],
)
def test_over_https_the_server_needs_a_trusted_certificate_for_its_name(
    authority: Any, tmp_path: Path, trusted: bool, certified: str, accepted: bool
) -> None:
    class Handler(Echo):
        ports: list[int] = []  # noqa: RUF012 - of this server

    with (
        serving_https(Handler, [AWS], certified=[certified], folder=tmp_path),
        connections_to(f"https://{AWS}") as aws,
    ):
        if trusted:
            authority()
        if accepted:
            assert [aws.post(b"1", {}).content for _ in range(2)] == [b"1", b"1"]
            assert len(set(Handler.ports)) == 1
        else:
            with pytest.raises(SSLError):
                aws.post(b"1", {})
            assert not Handler.ports
