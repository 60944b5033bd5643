"""Restarts of livekit-server and of its Redis during a broadcast."""

from collections.abc import Iterator

import pytest
from livekit.protocol.ingress import IngressInfo

from footlight.sync.run import reconcile
from local.settings import INGRESS
from tests.ingest.broadcasts import (
    WITHIN_SECONDS,
    encoding,
    of_room,
    participants,
    published,
)
from tests.ingest.product import Product
from tests.local.servers import KEY, Ingest, eventually, running
from tests.support.api import Api
from tests.support.deployment import put_secret


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    """Servers of these tests alone."""
    with running(INGRESS, tmp_path_factory.mktemp("restarts")) as ingest:
        yield ingest


@pytest.fixture
def product(servers: Ingest, api: Api, monkeypatch: pytest.MonkeyPatch) -> Product:
    """The channel of a creator with a stream key, on these servers."""
    put_secret("livekit", {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": servers.secret})
    monkeypatch.setenv("FOOTLIGHT_LIVEKIT_URL", servers.livekit_url.replace("http", "ws", 1))
    ann = api.joins("ann")
    key = api.post("/api/ingress", {"inputType": "rtmp"}, signed_in_as=ann)
    made = servers.ingress(key.body["ingressId"])
    assert made
    servers.sink.received.clear()
    return Product(servers, api, ann, made)


def test_a_restart_of_the_server_continues_the_broadcast(servers: Ingest, product: Product) -> None:
    with product.broadcast():
        started_at, creator = product.started_at, published(servers, product.made)

        with servers.livekit_is_down():
            product.run_of_the_minute()
            assert product.state == "live"

        def is_back() -> bool:
            product.run_of_the_minute()
            present = participants(servers, product.made)
            is_new = any(p.sid != creator.sid and p.tracks for p in present)
            return is_new and product.state == "live"

        eventually("the broadcast", is_back, 60)
        product.run_of_the_minute()
        assert product.state == "live"
        assert product.started_at == started_at
        assert product.past_broadcasts == []

    product.becomes("reconnecting")


def test_a_restart_of_redis_with_its_data_continues_the_broadcast(
    servers: Ingest, product: Product
) -> None:
    with product.broadcast():
        started_at, creator = product.started_at, published(servers, product.made)
        product.has_seen_the_media()

        servers.restart_redis(keeps_data=True)

        report = reconcile()
        assert report
        assert (report.live, report.drift, report.faults) == (1, 0, 0)
        assert product.state == "live"
        assert product.started_at == started_at
        assert [p.sid for p in participants(servers, product.made)] == [creator.sid]

    product.becomes("reconnecting")


def test_without_the_data_of_redis_livekit_lists_no_participants(servers: Ingest) -> None:
    """LiveKit lists participants from Redis, where it writes only changes.

    https://github.com/livekit/livekit/blob/v1.13.5/pkg/service/roomservice.go (`ListParticipants`)
    """
    made = servers.create_ingress()
    with encoding(servers, made) as encoder:
        published(servers, made)

        servers.restart_redis(keeps_data=False)

        assert participants(servers, made) == []
        assert servers.ingress(made.ingress_id) is None
        assert encoder.poll() is None
        assert not gone(servers, made)

    eventually("the end of the media", lambda: gone(servers, made), WITHIN_SECONDS)


def gone(servers: Ingest, made: IngressInfo) -> list[str]:
    """Return the webhooks that say that tracks have gone."""
    names = [event.event for event in of_room(servers, made)]
    return [name for name in names if name == "track_unpublished"]


def test_a_repeated_resumed_or_late_start_changes_nothing(product: Product) -> None:
    with product.broadcast():
        product.has_seen_the_media()
        before, started_at = product.stored, product.started_at
        product.repeat(product.starts[0])
        assert product.stored.version == before.version

        # After a longer restart, LiveKit Ingress reports the same session again.
        product.repeat(product.resumed(product.starts[0]))
        assert product.state == "live"
        assert product.started_at == started_at
        assert product.past_broadcasts == []

    product.becomes("reconnecting")
    product.repeat(product.starts[0])
    assert product.state == "reconnecting"
