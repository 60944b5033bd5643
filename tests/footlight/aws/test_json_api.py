"""Calls of AWS without botocore's clients: the same requests, errors, and second attempts."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.auth
import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from footlight.aws import clients, json_api
from footlight.aws.json_api import JsonApi
from infra.building import ROOT
from tests.support._moto import SIGN
from tests.support.deployment import AWS_SETTINGS
from tests.support.http_server import QuietHandler, serving

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "BatchGetItem", {"RequestItems": {"footlight": {"Keys": [KEY]}}}),
    ("dynamodb", "UpdateItem", {"TableName": "footlight", "Key": KEY}),
    ("secretsmanager", "GetSecretValue", {"SecretId": "site", "VersionStage": "AWSCURRENT"}),
]
TRANSACTION: dict[str, Any] = {"TransactItems": []}
REFUSED = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
THROTTLED = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}


@dataclass
class Aws:
    """A server that records requests and gives the next of its responses, the last one forever."""

    url: str = ""
    responses: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {})])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    bodies: list[Any] = field(default_factory=list[Any])


@pytest.fixture
def aws_server(monkeypatch: pytest.MonkeyPatch) -> Generator[Aws]:
    aws = Aws()

    class Handler(QuietHandler):
        def do_POST(self) -> None:
            aws.bodies.append(json.loads(self.read_body()))
            aws.headers.append({name.lower(): value for name, value in self.headers.items()})
            following = aws.responses[1:]
            status, body = aws.responses[0]
            aws.responses = following or aws.responses
            if status:  # 0 closes the connection
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    for name, value in AWS_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(json_api, "MAX_PAUSE_SECONDS", 0)
    with serving(Handler) as aws.url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        yield aws


@pytest.mark.parametrize(("service", "operation", "arguments"), REQUESTS)
def test_a_request_is_that_of_botocores_client(
    aws_server: Aws,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    now = datetime(2026, 11, 30, 2, 5, 7, tzinfo=UTC)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now)
    monkeypatch.setattr(SigV4Auth, "add_auth", SIGN)
    client: Any = botocore.session.get_session().create_client(service)
    client._make_api_call(operation, arguments)
    JsonApi(service).call(operation, arguments)
    theirs, ours = aws_server.headers
    assert aws_server.bodies[0] == aws_server.bodies[1] == arguments
    for name in ("x-amz-target", "content-type", "x-amz-date", "authorization"):
        assert ours[name] == theirs[name]


@pytest.mark.parametrize(
    "lost",
    [(0, {}), (500, {}), (503, b"<html>"), (400, THROTTLED)],
    ids=["closed", "500", "not JSON", "throttled"],
)
def test_a_lost_or_throttled_request_is_resent_once(aws_server: Aws, lost: tuple[int, Any]) -> None:
    aws_server.responses = [lost, (200, {"Item": KEY})]
    assert JsonApi("dynamodb").call("GetItem", {}) == {"Item": KEY}
    assert len(aws_server.bodies) == 2

    aws_server.responses = [lost]
    with pytest.raises((ClientError, ConnectionClosedError)):
        JsonApi("dynamodb").call("GetItem", {})
    assert len(aws_server.bodies) == 4


def test_a_repeated_transaction_has_the_same_token_and_the_next_one_another(
    aws_server: Aws,
) -> None:
    aws_server.responses = [(500, {}), (200, {})]
    for _ in range(2):
        JsonApi("dynamodb").call("TransactWriteItems", TRANSACTION)
    first, repeated, following = (body["ClientRequestToken"] for body in aws_server.bodies)
    assert first == repeated != following


def test_a_refusal_is_botocores_error_and_final(aws_server: Aws) -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "failed"}]
    aws_server.responses = [(400, {**REFUSED, "message": "no", "CancellationReasons": reasons})]
    client: Any = botocore.session.get_session().create_client("dynamodb")
    with pytest.raises(ClientError) as theirs:
        client.transact_write_items(TransactItems=[{"Delete": {"TableName": "t", "Key": KEY}}])
    with pytest.raises(ClientError) as ours:
        JsonApi("dynamodb").call("TransactWriteItems", TRANSACTION)
    assert len(aws_server.bodies) == 2
    assert str(ours.value) == str(theirs.value)
    response: Any = ours.value.response
    assert response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "no"}
    assert response["CancellationReasons"] == reasons


def test_an_error_without_a_code_names_the_status(aws_server: Aws) -> None:
    aws_server.responses = [(403, b"<html>")]
    with pytest.raises(ClientError, match="403"):
        JsonApi("dynamodb").call("GetItem", {})


def test_an_unreachable_service_is_botocores_error(
    aws_server: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    with pytest.raises(EndpointConnectionError):
        JsonApi("dynamodb").call("GetItem", {})


def test_a_silent_service_is_left_after_its_time(
    aws_server: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        with pytest.raises(ReadTimeoutError):
            JsonApi("dynamodb", read_seconds=0.01).call("GetItem", {})


def test_without_an_endpoint_of_its_own_a_service_is_in_the_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    endpoint = JsonApi("dynamodb")._endpoint()  # pyright: ignore[reportPrivateUsage]
    assert endpoint == "https://dynamodb.eu-west-3.amazonaws.com"


@pytest.fixture
def new_session() -> Generator[None]:
    """A session that has not looked for credentials, and is not kept."""
    clients.session.cache_clear()
    yield
    clients.session.cache_clear()


def variables(folder: Path, url: str) -> dict[str, dict[str, str]]:
    """Return the variables of each place that may have credentials."""
    profile = folder / "config"
    profile.write_text(
        "[profile ann]\naws_access_key_id=KEY\naws_secret_access_key=secret\nregion=eu-west-3\n"
    )
    return {
        "function": {
            "AWS_ACCESS_KEY_ID": "KEY",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
            "AWS_DEFAULT_REGION": "eu-west-3",
        },
        "function with SnapStart": {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
            "AWS_DEFAULT_REGION": "eu-west-3",
        },
        "profile": {"AWS_CONFIG_FILE": str(profile), "AWS_PROFILE": "ann"},
    }


@pytest.mark.parametrize("place", ["function", "function with SnapStart", "profile"])
def test_a_request_is_signed_with_the_credentials_and_the_region_of_its_place(
    aws_server: Aws,
    new_session: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place: str,
) -> None:
    """https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html"""

    class Container(QuietHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            keys = {
                "AccessKeyId": "KEY",
                "SecretAccessKey": "secret",
                "Token": "token",
                "Expiration": "2100-01-01T00:00:00Z",
            }
            self.wfile.write(json.dumps(keys).encode())

    monkeypatch.setattr(SigV4Auth, "add_auth", SIGN)
    for name in AWS_SETTINGS:
        monkeypatch.delenv(name)
    with serving(Container) as url:
        for name, value in variables(tmp_path, url)[place].items():
            monkeypatch.setenv(name, value)
        JsonApi("dynamodb").call("GetItem", {})
    (headers,) = aws_server.headers
    assert "Credential=KEY/" in headers["authorization"]
    assert "/eu-west-3/dynamodb/" in headers["authorization"]
    assert headers.get("x-amz-security-token") == (None if place == "profile" else "token")


def test_a_request_without_credentials_fails_before_it_is_sent(
    aws_server: Aws, new_session: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(NoCredentialsError):
        JsonApi("dynamodb").call("GetItem", {})
    assert not aws_server.headers


@pytest.mark.parametrize(("kind", "loads"), [("on-demand", False), ("snap-start", True)])
def test_a_snapshot_contains_the_session_that_finds_its_credentials(kind: str, loads: bool) -> None:
    program = (
        "from footlight import lazy_imports\n"
        "import footlight.aws.json_api\n"
        "print('botocore.session' in lazy_imports.loaded())"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "AWS_LAMBDA_INITIALIZATION_TYPE": kind},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == str(loads)
