"""Fixtures that start the servers once for all tests of this folder."""

from collections.abc import Iterator

import pytest

from local.settings import INGRESS
from tests.local.servers import Ingest, running
from tests.stack.support import stack as stack


@pytest.fixture(scope="session", params=[INGRESS])
def ingest(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ingest]:
    """Start the servers with the ingress that the variable INGRESS names, for all tests."""
    with running(str(request.param), tmp_path_factory.mktemp("ingest")) as ingest:
        yield ingest
