"""Each difference between the stand-in and LiveKit Ingress is as it is listed."""

import asyncio

import pytest
from livekit.protocol.ingress import IngressInput
from livekit.protocol.models import TrackType

from tests.ingest.broadcasts import encoding, published
from tests.ingest.differences import DELETE_WITH_ANOTHER_KEY, LAYERS
from tests.ingest.test_whip import Publisher, bearer, publish
from tests.local.servers import Ingest


@pytest.mark.parametrize("size", LAYERS)
def test_the_layers_of_a_picture(ingest: Ingest, size: str) -> None:
    made = ingest.create_ingress()
    with encoding(ingest, made, "--size", size, "--fps", "5"):
        creator = published(ingest, made)

    [video] = [track for track in creator.tracks if track.type == TrackType.VIDEO]
    layers = {(layer.width, layer.height) for layer in video.layers}
    assert sorted(layers, reverse=True) == LAYERS[size].of(ingest)


def test_a_delete_with_another_key(ingest: Ingest) -> None:
    made = ingest.create_ingress(IngressInput.WHIP_INPUT)
    statuses: list[int] = []

    async def broadcast(encoder: Publisher) -> None:
        await asyncio.to_thread(published, ingest, made)
        address = encoder.resource.replace(made.stream_key, "another-key")
        async with encoder.http.delete(address) as response:
            statuses.append(response.status)

    publish(made.url, bearer(made.stream_key), broadcast)

    assert statuses == [DELETE_WITH_ANOTHER_KEY.of(ingest)]
