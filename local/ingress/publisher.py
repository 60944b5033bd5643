"""A participant in a LiveKit room that sends encoded packets over the server's own WHIP."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

CONNECT_SECONDS = 10.0
LEAVE_SECONDS = 2.0
CODECS = {"video": ("video/H264", "video/rtx"), "audio": ("audio/opus",)}


class NotPublished(Exception):
    """The server rejected the offer, or the media connection failed."""


@dataclass(frozen=True)
class Resource:
    """A WHIP session on the server."""

    url: str
    participant_id: str
    answer: str
    etag: str | None


class WhipClient:
    """The WHIP endpoint of livekit-server, for one participant."""

    def __init__(self, http: aiohttp.ClientSession, server_url: str, token: str) -> None:
        self._http = http
        self._url = urljoin(server_url.replace("ws", "http", 1), "/whip/v1")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def create(self, offer: str) -> Resource:
        """Offer media. Raises NotPublished if the server rejects it."""
        # With X-Livekit-Ingress, the server sends an RPC to us when the participant leaves.
        headers = self._headers | {"Content-Type": "application/sdp", "X-Livekit-Ingress": "true"}
        try:
            async with self._http.post(self._url, data=offer, headers=headers) as response:
                answer = await response.text()
                if response.status != 201:
                    raise NotPublished(f"the server returned {response.status}")
                location = response.headers["Location"]
                return Resource(
                    urljoin(self._url, location),
                    location.rsplit("/", 1)[-1],
                    answer,
                    response.headers.get("ETag"),
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NotPublished(f"the server did not respond: {type(error).__name__}") from error

    async def patch(
        self, resource: Resource, fragment: bytes, if_match: str
    ) -> tuple[int, str, str]:
        """Trickle or restart ICE. Return the server's status, ETag, and fragment."""
        headers = self._headers | {
            "Content-Type": "application/trickle-ice-sdpfrag",
            "If-Match": if_match,
        }
        async with self._http.patch(resource.url, data=fragment, headers=headers) as response:
            return response.status, response.headers.get("ETag", ""), await response.text()

    async def delete(self, resource: Resource) -> None:
        """Leave the room. Ignore errors: the server times out if the participant has left."""
        try:
            timeout = aiohttp.ClientTimeout(total=LEAVE_SECONDS)
            async with self._http.delete(resource.url, headers=self._headers, timeout=timeout):
                pass
        except (aiohttp.ClientError, TimeoutError):
            pass


class Publisher:
    """A connection that sends tracks into a room. `lost` is set when it fails or closes."""

    def __init__(self, whip: WhipClient) -> None:
        self.lost = asyncio.Event()
        self._whip = whip
        self._resource: Resource | None = None
        # The server is on this machine, so no STUN server is needed.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    async def publish(self, tracks: Iterable[MediaStreamTrack]) -> str:
        """Connect and start sending. Return the participant's id. Raises NotPublished."""
        connected = asyncio.Event()

        async def on_change() -> None:
            if self._connection.connectionState == "connected":
                connected.set()
            elif self._connection.connectionState in ("failed", "closed"):
                self.lost.set()
                connected.set()

        self._connection.on("connectionstatechange", on_change)
        for track in tracks:
            transceiver = self._connection.addTransceiver(track, direction="sendonly")
            names = CODECS[track.kind]
            capabilities = RTCRtpSender.getCapabilities(track.kind)
            transceiver.setCodecPreferences(
                [codec for codec in capabilities.codecs if codec.mimeType in names]
            )
        await self._connection.setLocalDescription(await self._connection.createOffer())
        self._resource = await self._whip.create(self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(
            RTCSessionDescription(sdp=self._resource.answer, type="answer")
        )
        try:
            await asyncio.wait_for(connected.wait(), CONNECT_SECONDS)
        except TimeoutError:
            raise NotPublished("no connection to the server's media port") from None
        if self.lost.is_set():
            raise NotPublished("the connection to the server's media port failed")
        return self._resource.participant_id

    async def close(self) -> None:
        """Leave the room."""
        # The server is slow to respond if the participant has left.
        if self._resource is not None and not self.lost.is_set():
            await self._whip.delete(self._resource)
        await self._connection.close()
