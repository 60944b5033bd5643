"""A viewer without a browser: the server's WHIP endpoint can subscribe to named tracks."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame
from livekit import api

from tests.local.servers import KEY, Ingest

# The server's names of tracks that were published over WHIP. Those of LiveKit Ingress have none.
WHIP_TRACK_NAMES = ["synthesized-camera", "synthesized-microphone"]
INGRESS_TRACK_NAMES = [""]
AUDIBLE = 0.01
Frame = VideoFrame | AudioFrame


@dataclass
class Received:
    """The sizes and timestamps of the video frames, and the loudness of each audio frame."""

    sizes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    times: list[float] = field(default_factory=list[float])
    loudness: list[float] = field(default_factory=list[float])

    @property
    def is_silent(self) -> bool:
        """Return whether no audio frame is audible."""
        return not any(loud > AUDIBLE for loud in self.loudness)

    def add(self, frame: Frame) -> None:
        """Count a frame."""
        if isinstance(frame, VideoFrame):
            self.sizes.append((frame.width, frame.height))
            self.times.append(frame.time)
        else:
            samples = frame.to_ndarray().astype(np.float64) / 2**15
            self.loudness.append(float(np.sqrt(np.mean(samples**2))))


def watch(
    ingest: Ingest, room: str, frames: int, audible_frames: int, within: float = 12.0
) -> Received:
    """Watch the room's host until enough video frames and audible audio frames have arrived."""
    received = Received()

    def is_enough(frame: Frame) -> bool:
        received.add(frame)
        audible = sum(loud > AUDIBLE for loud in received.loudness)
        return len(received.sizes) >= frames and audible >= audible_frames

    receive(ingest, room, is_enough, within)
    return received


def receive(
    ingest: Ingest, room: str, is_enough: Callable[[Frame], bool], within: float = 12.0
) -> None:
    """Watch the room's host until `is_enough` returns true for a frame, or for some seconds."""
    asyncio.run(_receive(ingest, room, is_enough, within))


async def _receive(
    ingest: Ingest, room: str, is_enough: Callable[[Frame], bool], within: float
) -> None:
    enough = asyncio.Event()
    readers: list[asyncio.Task[None]] = []

    async def read(track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, VideoFrame | AudioFrame) and is_enough(frame):
                enough.set()

    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    def on_track(track: MediaStreamTrack) -> None:
        readers.append(asyncio.ensure_future(read(track)))

    connection.on("track", on_track)
    for kind in ("video", "audio"):
        connection.addTransceiver(kind, direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    grants = api.VideoGrants(room_join=True, room=room, can_publish=False)
    token = api.AccessToken(KEY, ingest.secret).with_identity("viewer").with_grants(grants)
    names = INGRESS_TRACK_NAMES if ingest.is_real else WHIP_TRACK_NAMES
    headers = {
        "Authorization": f"Bearer {token.to_jwt()}",
        "Content-Type": "application/sdp",
        "X-LiveKit-ClientInfo": json.dumps({"subscribedParticipantTrackNames": {room: names}}),
    }
    url = f"{ingest.livekit_url}/whip/v1"
    async with aiohttp.ClientSession() as http:
        offer = connection.localDescription.sdp
        async with http.post(url, data=offer, headers=headers) as response:
            assert response.status == 201, await response.text()
            answer = await response.text()
            resource = f"{ingest.livekit_url}{response.headers['Location']}"
        await connection.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))
        try:
            await asyncio.wait_for(enough.wait(), within)
        except TimeoutError:
            pass
        finally:
            await http.delete(resource, headers=headers)
            await connection.close()
            await asyncio.gather(*readers)
