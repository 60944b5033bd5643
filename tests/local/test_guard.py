"""Pages of other websites reach neither the AWS emulator nor the forwarder."""

import http.client
import os
import subprocess
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from local import settings
from local.guard import refusal
from tests.local.servers import ROOT, eventually, free_port, listens

SITE = "http://localhost:8080"
OWN = "localhost:4566"
FOREIGN = {
    "a page of another site": {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"},
    "an old browser": {"Origin": "https://example.com"},
    "an isolated page": {"Origin": "null"},
    "a page at another port": {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"},
    "the site over https": {"Origin": "https://localhost:8080"},
    "a form of another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    "a picture in another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a picture in a page at another port": {
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Mode": "no-cors",
    },
    "an unknown relation": {"Sec-Fetch-Site": "same-planet"},
    "DNS rebinding": {"Host": "rebound.example.com:4566"},
    "a name that begins like ours": {"Host": "localhost.example.com"},
    "a name that ends like ours": {"Host": "notlocalhost"},
    "another name of this machine": {"Host": "app.localhost:4566"},
    "all distributions": {"Host": ".cloudfront.localhost"},
    "a login name": {"Host": "localhost@example.com"},
    "a bare port": {"Host": ":4566"},
}
ALLOWED = {
    "a program": {},
    "another of our names": {"Host": "127.0.0.1:4566"},
    "a distribution": {"Host": "abc123.cloudfront.localhost:4566"},
    "a typed address": {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
    "our own page": {"Origin": f"http://{OWN}", "Sec-Fetch-Site": "same-origin"},
    "a sign-in that comes from the site": {
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Mode": "navigate",
    },
}
BY_NAME = {"Host": OWN}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_request_is_refused(headers: Mapping[str, str]) -> None:
    assert refusal({**BY_NAME, **headers}.items(), [SITE])


@pytest.mark.parametrize("headers", ALLOWED.values(), ids=ALLOWED.keys())
def test_our_own_request_is_allowed(headers: Mapping[str, str]) -> None:
    assert refusal({**BY_NAME, **headers}.items()) is None


def test_the_site_s_page_may_call_only_if_it_is_named() -> None:
    headers = {**BY_NAME, "Origin": SITE, "Sec-Fetch-Site": "same-site"}
    assert refusal(headers.items(), [SITE]) is None
    assert refusal(headers.items())


@pytest.mark.parametrize(
    "headers", [[], [("Host", OWN), ("host", OWN)], [("Host", OWN), ("Origin", SITE)] * 2]
)
def test_a_request_with_no_host_or_two_is_refused(headers: list[tuple[str, str]]) -> None:
    assert refusal(headers, [SITE])


def test_one_foreign_origin_among_several_is_refused() -> None:
    origins = [("Origin", SITE), ("Origin", "https://example.com")]
    assert refusal([("Host", OWN), *origins], [SITE])


# ---- at the real ports


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Start the AWS emulator as the demo does, on a free port."""
    port, folder = free_port(), tmp_path_factory.mktemp("emulator")
    environment = {
        "FOOTLIGHT_PORT_AWS": str(port),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": settings.LISTEN_ON,
        "TMPDIR": str(folder),
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [settings.EMULATOR / "bin" / "python", "-m", "local.emulator"],
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        eventually("the emulator", lambda: listens(port), 30)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def running_forwarder(to: int, logs: Path) -> Generator[int]:
    """Start the forwarder as the demo does, on a free port."""
    port = free_port()
    with (logs / "forwarder.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(settings.VENV / "bin" / "python", "-m", "local.forwarder", "--port", str(port)),
                *("--to", f"http://127.0.0.1:{to}", "--host", "abc.cloudfront.localhost:4566"),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        eventually("the forwarder", lambda: listens(port), 20)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Answer(NamedTuple):
    """The status of a response, and the names of its CORS headers."""

    status: int
    cors: list[str]


def answer(port: int, headers: Mapping[str, str], path: str = "/") -> Answer:
    """Send a GET request with these headers and exactly this path."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in ({"Host": f"localhost:{port}"} | dict(headers)).items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as response:
            names = [name.lower() for name in response.headers]
            cors = [name for name in names if name.startswith("access-control-")]
            return Answer(response.status, cors)


HEALTH = "/_ministack/health"


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_the_emulator_responds_to_a_foreign_request_with_403(
    emulator: int, headers: Mapping[str, str]
) -> None:
    assert answer(emulator, headers, HEALTH) == (403, [])


def test_the_emulator_serves_boto3_and_the_site_without_cors_headers(emulator: int) -> None:
    buckets = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{emulator}",
        region_name=settings.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    assert buckets.list_buckets()["Buckets"] == []

    for origin in (settings.SITE_URL, f"http://localhost:{emulator}"):
        assert answer(emulator, {"Origin": origin}, HEALTH) == (200, [])


def test_the_emulator_refuses_a_websocket_of_another_site(emulator: int) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert answer(emulator, {**handshake, "Origin": "https://example.com"}).status == 403


@pytest.fixture
def seen() -> list[str]:
    """Return the hosts and paths that reached the origin behind the forwarder."""
    return []


@pytest.fixture
def forwarder(seen: list[str], tmp_path: Path) -> Iterator[int]:
    """Run the forwarder in front of an origin that records requests."""

    class Origin(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(f"{self.headers['Host']}{self.path}")
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with running_forwarder(server.server_port, tmp_path) as port:
            yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_forwarder_responds_to_foreign_requests_with_403(
    forwarder: int, seen: list[str]
) -> None:
    for name, headers in FOREIGN.items():
        for path in ("/", "/_local/webhooks"):
            assert answer(forwarder, headers, path).status == 403, name
    assert seen == []
    assert answer(forwarder, {"Origin": f"http://localhost:{forwarder}"}, "/ann").status == 200
    assert answer(forwarder, {}, "/_local/webhooks").status == 200
    assert seen == ["abc.cloudfront.localhost:4566/ann"]


def test_no_path_leads_the_forwarder_to_another_host(forwarder: int, seen: list[str]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        elsewhere = f"127.0.0.1:{other.server_port}"
        for path in (f"//{elsewhere}/x", f"http://{elsewhere}/x", f"//{elsewhere}", "//", "///x"):
            assert answer(forwarder, {}, path).status == 400, path
        assert seen == []
        for path in (f"/\\{elsewhere}/x", f"/@{elsewhere}/x", f"/x//{elsewhere}", "/%2F/x"):
            assert answer(forwarder, {}, path).status == 200, path
        assert seen == [
            f"abc.cloudfront.localhost:4566{path}"
            for path in (f"/\\{elsewhere}/x", f"/@{elsewhere}/x", f"/x//{elsewhere}", "/%2F/x")
        ]
