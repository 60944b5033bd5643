"""A WHIP encoder with a stream key publishes to the ingress stand-in."""

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
)

from tests.local.servers import Ingest, eventually


async def offer(
    http: aiohttp.ClientSession, url: str, key: str, connection: RTCPeerConnection
) -> tuple[int, str]:
    """Offer video and audio. Return the status and, if accepted, the resource's URL."""
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


def broadcast(
    url: str, key: str, action: Callable[[aiohttp.ClientSession, str], Awaitable[None]]
) -> int:
    """Broadcast during `action`, which gets the resource's URL. Return the offer's status."""

    async def run() -> int:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        try:
            async with aiohttp.ClientSession() as http:
                status, resource = await offer(http, url, key, connection)
                if resource:
                    await action(http, resource)
                return status
        finally:
            await connection.close()

    return asyncio.run(run())


async def leave(_http: aiohttp.ClientSession, _resource: str) -> None:
    """Do nothing, so that the broadcast ends at once."""


@pytest.fixture
def made(ingest: Ingest) -> IngressInfo:
    """A WHIP ingress."""
    return ingest.create_ingress(IngressInput.WHIP_INPUT)


def test_a_broadcast_starts_and_ends_with_signed_webhooks(
    ingest: Ingest, made: IngressInfo
) -> None:
    async def delete_resource(http: aiohttp.ClientSession, resource: str) -> None:
        await asyncio.to_thread(
            eventually, "live", lambda: ingest.sink.of(made.ingress_id, "ingress_started")
        )
        async with http.delete(resource.replace(made.stream_key, "another-key")) as response:
            assert response.status == 404
        async with http.delete(resource) as response:
            assert response.status == 200

    assert broadcast(made.url, made.stream_key, delete_resource) == 201

    eventually("ended", lambda: ingest.sink.of(made.ingress_id, "ingress_ended"), 3)
    [started] = ingest.sink.of(made.ingress_id, "ingress_started")
    [ended] = ingest.sink.of(made.ingress_id, "ingress_ended")
    first, last = started.ingress_info.state, ended.ingress_info.state
    assert first.video.mime_type
    assert first.audio.mime_type == "audio/opus"
    assert first.started_at == last.started_at
    assert first.updated_at < last.updated_at
    assert last.status == IngressState.ENDPOINT_INACTIVE


def test_deleting_the_ingress_ends_the_broadcast(ingest: Ingest, made: IngressInfo) -> None:
    async def delete_ingress(http: aiohttp.ClientSession, resource: str) -> None:
        await asyncio.to_thread(
            eventually, "live", lambda: ingest.sink.of(made.ingress_id, "ingress_started")
        )
        delete = DeleteIngressRequest(ingress_id=made.ingress_id)
        await asyncio.to_thread(ingest.call, lambda livekit: livekit.ingress.delete_ingress(delete))
        async with http.delete(resource) as response:
            assert response.status == 404

    assert broadcast(made.url, made.stream_key, delete_ingress) == 201
    assert ingest.ingress(made.ingress_id) is None
