"""Fixtures of the unit tests: DynamoDB, Secrets Manager by moto, and an identity provider."""

import logging
import random
from collections.abc import Generator
from io import StringIO

import pytest

from footlight.aws.logs import log
from footlight.tables import (
    audit_log,
    deletions,
    ingress,
    leases,
    limits,
    live,
    migrations,
    relations,
    search,
    sign_outs,
    standing,
    users,
)
from footlight.tables import chat as chats
from tests.support import dynamodb, effort
from tests.support._moto import speed_up
from tests.support.api import Api
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.deployment import create_table, deployment, moto_account, put_secrets
from tests.support.livekit import LiveKit
from tests.support.provider import Provider
from tests.support.recorded import Recorded, record
from tests.support.rights import check_rights
from tests.support.world import Beginning, World, begin


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--effort", choices=list(effort.EFFORTS), default="quick", help="how long tests run"
    )
    parser.addoption(
        "--dynamodb", choices=dynamodb.CHOICES, default="moto", help="which DynamoDB has the table"
    )


def pytest_configure(config: pytest.Config) -> None:
    effort.choose(str(config.getoption("effort")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select the tests that the DynamoDB of this run is for."""
    if config.getoption("dynamodb") == "moto":
        selected = [item for item in items if not item.get_closest_marker("strict")]
    else:
        uses_table = {"aws", "table"}  # fixtures
        selected = [item for item in items if uses_table & {*getattr(item, "fixturenames", ())}]
    config.hook.pytest_deselected(items=[item for item in items if item not in selected])
    items[:] = selected


MODELS = (
    audit_log,
    chats,
    deletions,
    ingress,
    leases,
    limits,
    live,
    migrations,
    relations,
    search,
    sign_outs,
    standing,
    users,
)
"""Imported so that PynamoDB knows every kind of item."""


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> random.Random:
    """A source of random choices that differ by test, and repeat with the seed of the run."""
    seed = request.config.getoption("randomly_seed", default=0)
    return random.Random(f"{seed} {request.node.nodeid}")  # noqa: S311 - not for secrets


@pytest.fixture(scope="session")
def one_provider() -> Generator[Provider]:
    """The identity provider of the whole run."""
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    """An identity provider that no one has used."""
    one_provider.as_new()
    return one_provider


@pytest.fixture(scope="session")
def aws(request: pytest.FixtureRequest) -> Generator[None]:
    """The table, and moto with the secrets, for the whole run."""
    with (
        pytest.MonkeyPatch.context() as patch,
        moto_account(patch),
        dynamodb.chosen(patch, request.config),
    ):
        speed_up(patch)
        check_rights(patch)
        create_table()
        put_secrets()
        yield


@pytest.fixture
def deployed(aws: None, provider: Provider) -> Generator[None]:
    """An empty table, the secrets, and the settings, as right after a deployment."""
    with deployment(provider):
        yield


@pytest.fixture
def livekit(deployed: None) -> Generator[LiveKit]:
    """A LiveKit without rooms and ingresses."""
    with LiveKit.running() as double:
        yield double


@pytest.fixture
def logged() -> Generator[StringIO]:
    """The log of the test, one JSON object per line."""
    lines = StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(log.registered_formatter)
    logger = logging.getLogger(log.service)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


@pytest.fixture
def api(deployed: None, provider: Provider) -> Api:
    """A client of the API with its own browser."""
    return Api(provider)


@pytest.fixture
def chat(api: Api, livekit: LiveKit) -> Chat:
    """Ann's chat while she is live."""
    return Chat(api, livekit)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still. A test that needs `chat` names it first, so that ann is live."""
    return Clock(monkeypatch)


# --- the world of the contract tests ---


@pytest.fixture(scope="session")
def beginning(aws: None, one_provider: Provider) -> Beginning:
    """The world at its beginning, made once."""
    one_provider.as_new()
    with deployment(one_provider), LiveKit.running() as livekit, Clock.stopped():
        return begin(Api(one_provider), livekit)


@pytest.fixture
def world(beginning: Beginning, api: Api, livekit: LiveKit, time: Clock) -> World:
    """The world at its beginning, where time stands still."""
    return World(api, livekit, beginning)


@pytest.fixture(scope="session")
def recorded(beginning: Beginning, one_provider: Provider) -> Recorded:
    """What each row of the route table asks for, recorded once."""
    one_provider.as_new()
    with deployment(one_provider), LiveKit.running() as livekit, Clock.stopped():
        return record(World(Api(one_provider), livekit, beginning))
