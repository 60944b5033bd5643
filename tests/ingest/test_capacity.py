"""An ingress without capacity refuses encoders, and reports it."""

from collections.abc import Iterator

import pytest
from livekit.protocol.ingress import IngressInput, IngressState

from local.settings import INGRESS
from tests.ingest.broadcasts import ended, is_refused, settle
from tests.ingest.whip import bearer, publish
from tests.local.servers import Ingest, running


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    """Servers whose ingress has no capacity."""
    with running(INGRESS, tmp_path_factory.mktemp("full"), has_capacity=False) as ingest:
        yield ingest


def test_rtmp_is_refused_with_a_webhook(full: Ingest) -> None:
    made = full.create_ingress()

    assert is_refused(full, f"live/{made.stream_key}")

    state = ended(full, made)
    assert (state.status, state.error) == (IngressState.ENDPOINT_ERROR, "server capacity exceeded")
    settle(full)
    assert not full.sink.of(made.ingress_id, "ingress_started")


def test_whip_is_refused_with_a_webhook(full: Ingest) -> None:
    made = full.create_ingress(IngressInput.WHIP_INPUT)

    refusal = publish(made.url, bearer(made.stream_key))

    assert (refusal.status, refusal.text) == (429, "server capacity exceeded")
    state = ended(full, made)
    assert (state.status, state.error) == (IngressState.ENDPOINT_ERROR, "server capacity exceeded")
    settle(full)
    assert not full.sink.of(made.ingress_id, "ingress_started")
