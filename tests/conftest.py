"""Fixtures of the unit tests: DynamoDB and Secrets Manager by moto, and an identity provider."""

import logging
from collections.abc import Generator
from io import StringIO

import pytest
from moto import mock_aws

from footlight.aws import background
from footlight.aws.logs import log
from footlight.tables import (
    audit_log,
    ingress,
    leases,
    limits,
    live,
    relations,
    search,
    users,
)
from footlight.tables import chat as chats
from tests.support.api import Api
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.deployment import (
    AWS_SETTINGS,
    BEGUN,
    create_table,
    forget,
    put_secrets,
    restore,
    settings_at,
)
from tests.support.livekit import LiveKit
from tests.support.provider import Provider

MODELS = (audit_log, chats, ingress, leases, limits, live, relations, search, users)


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


@pytest.fixture(scope="session")
def aws() -> Generator[None]:
    """Moto with the table and the secrets, for the whole run."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in AWS_SETTINGS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        create_table()
        put_secrets()
        yield


@pytest.fixture
def deployed(aws: None, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """An empty table, the secrets, and the settings, as right after a deployment."""
    for name, value in (AWS_SETTINGS | settings_at(provider)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(background, "_start", BEGUN.append)
    restore()
    forget()
    yield
    forget()


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


@pytest.fixture
def chat(api: Api, livekit: LiveKit) -> Chat:
    """Ann's chat, while she is live."""
    return Chat(api, livekit)


@pytest.fixture
def time(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands still, and ann is live."""
    return Clock(monkeypatch)
