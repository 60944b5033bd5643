"""A WHIP encoder in this process, or in its own: `python -m tests.ingest.whip --help`."""

import argparse
import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import TypeAlias
from urllib.parse import urljoin

import aiohttp
import av
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import VIDEO_CLOCK_RATE, AudioStreamTrack, VideoStreamTrack
from av.packet import Packet
from av.video.stream import VideoStream

from local.encoder import TestCard

FPS, WIDTH, HEIGHT = 15, 320, 180

Encoded: TypeAlias = "Packet[VideoStream]"
SDP = {"Content-Type": "application/sdp"}


class EncodedVideo(MediaStreamTrack):
    """The test card in H.264, encoded here as an encoder's settings say."""

    kind = "video"

    def __init__(self, bframes: int, key_frame_seconds: int) -> None:
        super().__init__()
        self._card = TestCard(WIDTH, HEIGHT)
        self._encoder = av.CodecContext.create("libx264", "w")
        self._encoder.width, self._encoder.height = WIDTH, HEIGHT
        self._encoder.pix_fmt = "yuv420p"
        self._encoder.profile = "Main" if bframes else "Baseline"
        self._encoder.framerate, self._encoder.time_base = Fraction(FPS), Fraction(1, FPS)
        self._encoder.gop_size = FPS * key_frame_seconds
        self._encoder.max_b_frames = bframes
        options = {"preset": "veryfast", "threads": "1", "sc_threshold": "0"}
        self._encoder.options = options if bframes else options | {"tune": "zerolatency"}
        self._packets: deque[Encoded] = deque()
        self._number = 0
        self._began = time.monotonic()

    async def recv(self) -> Encoded:
        """Return the next frame in the order of decoding."""
        while not self._packets:
            due = self._began + self._number / FPS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            frame = self._card.frame(self._number, datetime.now().astimezone())
            frame.pts, frame.time_base = self._number, Fraction(1, FPS)
            self._packets.extend(self._encoder.encode(frame))
            self._number += 1
        packet = self._packets.popleft()
        assert packet.pts is not None
        packet.pts = packet.pts * VIDEO_CLOCK_RATE // FPS
        packet.time_base = Fraction(1, VIDEO_CLOCK_RATE)
        return packet


class Publisher:
    """An encoder that has offered video and audio, and the server's response."""

    def __init__(self, http: aiohttp.ClientSession, video: MediaStreamTrack | None = None) -> None:
        self.http = http
        self._video = video or VideoStreamTrack()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.status = 0
        self.text = ""
        self.headers: Mapping[str, str] = {}
        self.resource = ""

    async def offer(self, url: str, headers: dict[str, str]) -> None:
        """Send the offer."""
        sender = self.connection.addTrack(self._video)
        if isinstance(self._video, EncodedVideo):
            codecs = RTCRtpSender.getCapabilities("video").codecs
            [transceiver] = [it for it in self.connection.getTransceivers() if it.sender is sender]
            transceiver.setCodecPreferences([it for it in codecs if it.mimeType == "video/H264"])
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
async def publisher(
    url: str, headers: dict[str, str], video: MediaStreamTrack | None = None
) -> AsyncGenerator[Publisher]:
    """Offer media, and close the connection at the end."""
    async with aiohttp.ClientSession() as http:
        made = Publisher(http, video)
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
    parser.add_argument("--bframes", type=int, help="send H.264 with this many B-frames in a row")
    parser.add_argument("--key-frame-seconds", type=int, default=2, help="for H.264")
    options = parser.parse_args()

    async def forever() -> None:
        video = None
        if options.bframes is not None:
            video = EncodedVideo(options.bframes, options.key_frame_seconds)
        async with publisher(options.url, bearer(options.key), video) as encoder:
            await encoder.accept()
            await asyncio.Future()

    asyncio.run(forever())


if __name__ == "__main__":
    main()
