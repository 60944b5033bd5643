"""A WHIP encoder with a stream key before the ingress stand-in."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

import aiohttp
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from livekit.protocol.ingress import (
    DeleteIngressRequest,
    IngressInfo,
    IngressInput,
    IngressState,
    UpdateIngressRequest,
)

from tests.local.servers import Ingest, eventually


async def offer(
    http: aiohttp.ClientSession, url: str, key: str, connection: RTCPeerConnection
) -> tuple[int, str]:
    """Offer picture and sound; the status, and the resource's URL where it was taken."""
    connection.addTrack(VideoStreamTrack())
    connection.addTrack(AudioStreamTrack())
    await connection.setLocalDescription(await connection.createOffer())
    headers = {"Content-Type": "application/sdp"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    async with http.post(url, data=connection.localDescription.sdp, headers=headers) as response:
        answer = await response.text()
        if response.status != 201:
            return response.status, ""
        assert response.content_type == "application/sdp"
        await connection.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
        return response.status, urljoin(url, response.headers["Location"])


def broadcasting(
    url: str, key: str, then: Callable[[aiohttp.ClientSession, str], Awaitable[None]]
) -> int:
    """Broadcast until `then`, which gets the resource's URL, is over; the offer's status."""

    async def run() -> int:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        try:
            async with aiohttp.ClientSession() as http:
                status, resource = await offer(http, url, key, connection)
                if resource:
                    await then(http, resource)
                return status
        finally:
            await connection.close()

    return asyncio.run(run())


async def no_more(_http: aiohttp.ClientSession, _resource: str) -> None:
    """Leave at once."""


@pytest.fixture
def made(ingest: Ingest) -> IngressInfo:
    """A WHIP ingress."""
    return ingest.create_ingress(IngressInput.WHIP_INPUT)


def test_a_broadcast_starts_and_ends_with_signed_webhooks(
    ingest: Ingest, made: IngressInfo
) -> None:
    async def then(http: aiohttp.ClientSession, resource: str) -> None:
        started = ingest.sink.of
        await asyncio.to_thread(
            eventually, "live", lambda: started(made.ingress_id, "ingress_started")
        )
        async with http.delete(resource.replace(made.stream_key, "another-key")) as response:
            assert response.status == 404
        async with http.delete(resource) as response:
            assert response.status == 200

    assert broadcasting(made.url, made.stream_key, then) == 201

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 3)
    [started] = ingest.sink.of(made.ingress_id, "ingress_started")
    [ended] = ingest.sink.of(made.ingress_id, "ingress_ended")
    begun, done = started.ingress_info.state, ended.ingress_info.state
    assert begun.video.mime_type
    assert begun.audio.mime_type == "audio/opus"
    assert begun.started_at == done.started_at
    assert begun.updated_at < done.updated_at
    assert done.status == IngressState.ENDPOINT_INACTIVE


def test_deleting_the_ingress_ends_the_broadcast(ingest: Ingest, made: IngressInfo) -> None:
    async def then(http: aiohttp.ClientSession, resource: str) -> None:
        await asyncio.to_thread(
            eventually, "live", lambda: ingest.sink.of(made.ingress_id, "ingress_started")
        )
        delete = DeleteIngressRequest(ingress_id=made.ingress_id)
        await asyncio.to_thread(ingest.call, lambda livekit: livekit.ingress.delete_ingress(delete))
        async with http.delete(resource) as response:
            assert response.status == 404

    assert broadcasting(made.url, made.stream_key, then) == 201
    assert ingest.ingress(made.ingress_id) is None


def test_refusals_are_those_of_livekit_ingress(ingest: Ingest, made: IngressInfo) -> None:
    rtmp = ingest.create_ingress()
    disable = UpdateIngressRequest(ingress_id=made.ingress_id, enabled=False)
    ingest.call(lambda livekit: livekit.ingress.update_ingress(disable))

    assert broadcasting(made.url, "no-such-key", no_more) == 404
    assert broadcasting(made.url, made.stream_key, no_more) == 403
    assert broadcasting(made.url, rtmp.stream_key, no_more) == 400
    assert broadcasting(made.url, "", no_more) == 401
