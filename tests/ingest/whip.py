"""A WHIP encoder in this process, or in its own: `python -m tests.ingest.whip --help`."""

import argparse
import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from urllib.parse import urljoin

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

SDP = {"Content-Type": "application/sdp"}


class Publisher:
    """An encoder that has offered video and audio, and the server's response."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.status = 0
        self.text = ""
        self.headers: Mapping[str, str] = {}
        self.resource = ""

    async def offer(self, url: str, headers: dict[str, str]) -> None:
        """Send the offer."""
        self.connection.addTrack(VideoStreamTrack())
        self.connection.addTrack(AudioStreamTrack())
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        async with self.http.post(url, data=sdp, headers=SDP | headers) as response:
            self.status, self.text = response.status, await response.text()
            self.headers = response.headers
            self.resource = urljoin(url, response.headers.get("Location", ""))

    async def accept(self) -> None:
        """Connect with the server's answer."""
        assert self.status == 201
        answer = RTCSessionDescription(sdp=self.text, type="answer")
        await self.connection.setRemoteDescription(answer)


@contextlib.asynccontextmanager
async def publisher(url: str, headers: dict[str, str]) -> AsyncGenerator[Publisher]:
    """Offer media, and close the connection at the end."""
    async with aiohttp.ClientSession() as http:
        made = Publisher(http)
        try:
            await made.offer(url, headers)
            yield made
        finally:
            await made.connection.close()


def publish(
    url: str, headers: dict[str, str], action: Callable[[Publisher], Awaitable[None]] | None = None
) -> Publisher:
    """Offer media and, if it is accepted, publish it during `action`."""

    async def run() -> Publisher:
        async with publisher(url, headers) as encoder:
            if action is not None:
                await encoder.accept()
                await action(encoder)
            return encoder

    return asyncio.run(run())


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def main() -> None:
    """Publish until the process is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    options = parser.parse_args()

    async def forever(_encoder: Publisher) -> None:
        await asyncio.Future()

    publish(options.url, bearer(options.key), forever)


if __name__ == "__main__":
    main()
