"""Fixtures that start the servers once for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.local.servers import Ingest, running


@pytest.fixture(scope="session")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    """Start the servers with the stand-in for all tests of this folder."""
    folder = tmp_path_factory.mktemp("ingest")
    with running("stand-in", folder, silence_seconds=4) as ingest:
        yield ingest
