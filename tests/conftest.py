"""What unit tests stand on: moto's DynamoDB and Secrets Manager, a real identity provider."""

import json
import logging
from collections.abc import Generator
from functools import cache
from io import StringIO
from typing import Any

import boto3
import pytest
from moto import mock_aws

from footlight import beside, secrets, signin
from footlight.tables import base, graph, keys, leases, limits, live, users, words
from footlight.telemetry import log
from tests.support.api import Api
from tests.support.livekit import LiveKit
from tests.support.provider import CLIENT_ID, Provider

MODELS = (graph, keys, leases, limits, live, users, words)
LIVEKIT_KEY = "devkey"
LIVEKIT_SECRET = "a-secret-that-is-long-enough-for-livekit"
NO_LIMITS = "token=1000000/60 guest_token=1000000/60 reset=1000000/60 write=1000000/60"
"""Tests that are about limits set their own."""
COOKIE_KEY = "a-key-that-is-long-enough-to-sign-cookies"


@pytest.fixture(scope="session")
def one_provider() -> Generator[Provider]:
    """The identity provider of the whole run."""
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    """The identity provider, as new."""
    one_provider.as_new()
    return one_provider


@pytest.fixture
def deployed(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The table, the secrets and the settings, as a deployment has them."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "FOOTLIGHT_SITE_URL": "https://live.example.com",
        "FOOTLIGHT_LIVEKIT_URL": "wss://livekit.example.com",
        "FOOTLIGHT_LIVEKIT_SECRET_ID": "livekit",
        "FOOTLIGHT_SITE_SECRET_ID": "site",
        "FOOTLIGHT_OIDC_ISSUER": provider.issuer,
        "FOOTLIGHT_OIDC_CLIENT_ID": CLIENT_ID,
        "FOOTLIGHT_RECONCILE_FUNCTION": "reconcile",
        "FOOTLIGHT_LIMITS": NO_LIMITS,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(beside, "_start", BEGUN.append)
    with mock_aws():
        forget()
        base.Item.create_table(billing_mode="PAY_PER_REQUEST")
        put_secret(
            "livekit", {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": LIVEKIT_SECRET}
        )
        put_secret("site", {"cookieKey": COOKIE_KEY})
        yield
    forget()


BEGUN: list[dict[str, str]] = []
"""What was begun beside requests: moto has no functions to invoke."""


def forget() -> None:
    """What a cold start would find: nothing kept, but the client, which takes 0.2 s to make."""
    BEGUN.clear()
    beside.forget()
    secrets._kept.clear()  # pyright: ignore[reportPrivateUsage]
    signin.forget()


@cache
def _secrets_manager() -> Any:
    return boto3.client("secretsmanager")


def put_secret(name: str, value: dict[str, str]) -> None:
    """Makes or changes a secret."""
    client = _secrets_manager()
    try:
        client.create_secret(Name=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))


@pytest.fixture
def livekit(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Generator[LiveKit]:
    """A LiveKit that nobody has been in yet."""
    double = LiveKit()
    monkeypatch.setenv("FOOTLIGHT_LIVEKIT_URL", double.url)
    yield double
    double.close()


@pytest.fixture
def logged() -> Generator[StringIO]:
    """What is logged meanwhile, a JSON object a line."""
    lines = StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(log.registered_formatter)
    logger = logging.getLogger(log.service)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture
def api(deployed: None, provider: Provider) -> Api:
    """A client of the API; each test's browser is its own."""
    return Api(provider)
