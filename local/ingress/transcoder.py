"""From an encoder's FLV to what browsers play over WebRTC: H.264 without B-frames, and Opus.

One thread a session does it all. PyAV leaves the interpreter's lock while it decodes and encodes,
so the event loop that sends the packets is not kept waiting.
"""

import asyncio
import dataclasses
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from local.ingress.encodings import VideoEncoding

Encoded: TypeAlias = "Packet[Any]"

log = logging.getLogger(__name__)

OPEN_SECONDS = 15
VIDEO_CLOCK = Fraction(1, 90_000)
AUDIO_RATE = 48_000
AUDIO_FRAME = AUDIO_RATE // 50
AUDIO_BITRATE = 96_000
# A viewer who comes sees a picture at the next key frame, since aiortc gives no sign of
# the server's wish for one when it is handed finished packets.
KEY_FRAME_SECONDS = 0.5
# How far video may fall behind the encoder before frames are left out, in seconds.
LATEST_SECONDS = 0.7
# Packets that wait for an event loop that does not come round; about two seconds of them.
LONGEST_QUEUE = 100
# How H.264, AAC and so on are called in LiveKit Ingress's reports.
MIME_TYPES = {"h264": "video/H264", "aac": "audio/mpeg", "mp3": "audio/mpeg", "opus": "audio/opus"}


@dataclass(frozen=True)
class Source:
    """What the encoder sends: the form of its streams, empty where it has no such stream."""

    video_type: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    audio_type: str = ""
    channels: int = 0
    sample_rate: int = 0


@dataclass
class Meter:
    """Bytes and video frames taken since the last look, and when that was."""

    video_bytes: int = 0
    audio_bytes: int = 0
    frames: int = 0
    since: float = field(default_factory=time.monotonic)


class PacketTrack(MediaStreamTrack):
    """Finished packets for aiortc to send."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._packets: asyncio.Queue[Encoded | None] = asyncio.Queue()

    @property
    def is_full(self) -> bool:
        """Whether too much waits to be sent."""
        return self._packets.qsize() >= LONGEST_QUEUE

    def put(self, packet: "Encoded | None") -> None:
        """Queue a packet, or the end; in the event loop's thread."""
        self._packets.put_nowait(packet)

    async def recv(self) -> Encoded:
        if self.readyState != "live":
            raise MediaStreamError
        packet = await self._packets.get()
        if packet is None:
            self.stop()
            raise MediaStreamError
        return packet


class Transcoder:
    """Reads the FLV of one encoder until it ends.

    `opened` gives the source once its form is known, `ended` comes when there is no more; both
    raise where the media can't be read. `video` and `audio` are None where the source has none,
    from `opened` on.
    """

    def __init__(self, media: Path, encoding: VideoEncoding) -> None:
        self.video: PacketTrack | None = None
        self.audio: PacketTrack | None = None
        self._media = media
        self._encoding = encoding
        self._loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[Source] = self._loop.create_future()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self._meter = Meter()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="transcoder", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End soon; close the encoder's connection as well, so that no read waits."""
        self._stopping.set()

    def measure(self) -> Meter:
        """What has been taken since the last call."""
        measured, self._meter = self._meter, Meter()
        return measured

    def _run(self) -> None:
        failure: Exception | None = None
        try:
            with av.open(
                f"unix:{self._media}",
                "r",
                format="flv",
                timeout=(OPEN_SECONDS, None),
                # Enough to know both streams' form, and no wait for one that never comes, nor for
                # the frame rate, which the encoder has told already.
                options={"analyzeduration": "1500000", "fpsprobesize": "0"},
            ) as container:
                self._transcode(container)
        except Exception as error:
            failure = error
            if not self._stopping.is_set():
                log.info("media can't be read further: %s", type(error).__name__)
        for track in (self.video, self.audio):
            if track is not None:
                self._later(track.put, None)
        self._later(self._finish, failure)

    def _finish(self, failure: Exception | None) -> None:
        for future in (self.opened, self.ended):
            if future.done():
                continue
            if failure is None and future is self.ended:
                self.ended.set_result(None)
            else:
                future.set_exception(failure or EOFError("no media"))
                future.exception()  # looked at here, whether anyone still waits or not

    def _later(self, call: object, *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *arguments)  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
        except RuntimeError:  # the loop has been closed
            self._stopping.set()

    def _transcode(self, container: InputContainer) -> None:
        video = container.streams.video[0] if container.streams.video else None
        audio = container.streams.audio[0] if container.streams.audio else None
        source = Source()
        to_h264: ToH264 | None = None
        to_opus: ToOpus | None = None
        if video is not None:
            video.thread_count = 1  # threads by frame would each hold one back
            fps = float(video.guessed_rate or video.average_rate or 0)
            source = Source(
                video_type=_mime_type("video", video.codec_context.name),
                width=video.width,
                height=video.height,
                fps=fps,
            )
            self.video = PacketTrack("video")
            to_h264 = ToH264(self._encoding, fps)
        if audio is not None:
            source = dataclasses.replace(
                source,
                audio_type=_mime_type("audio", audio.codec_context.name),
                channels=audio.codec_context.channels,
                sample_rate=audio.codec_context.sample_rate,
            )
            self.audio = PacketTrack("audio")
            to_opus = ToOpus()
        if video is None and audio is None:
            raise EOFError("neither video nor audio")
        self._later(lambda: self.opened.done() or self.opened.set_result(source))

        lateness = Lateness()
        for packet in container.demux([stream for stream in (video, audio) if stream]):
            if self._stopping.is_set():
                return
            if packet.dts is None:
                continue
            try:
                frames = packet.decode()
            except InvalidDataError:
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame) and to_h264 and self.video:
                    self._meter.frames += 1
                    if not lateness.is_late(frame.time) and not self.video.is_full:
                        for made in to_h264.encode(frame):
                            self._later(self.video.put, made)
                elif isinstance(frame, AudioFrame) and to_opus and self.audio:
                    for made in to_opus.encode(frame):
                        if not self.audio.is_full:
                            self._later(self.audio.put, made)
            if packet.stream is video:
                self._meter.video_bytes += packet.size
            else:
                self._meter.audio_bytes += packet.size


class Lateness:
    """How far behind its encoder the video is, judged by the promptest frame so far.

    The two clocks drift apart: what counts as prompt moves with them, by a millisecond a second.
    """

    def __init__(self) -> None:
        self._promptest: float | None = None
        self._seen_at = 0.0

    def is_late(self, media_time: float | None) -> bool:
        """Whether a frame of this time, in seconds, comes too late to be worth encoding."""
        if media_time is None:
            return False
        now = time.monotonic()
        behind = now - media_time
        if self._promptest is None:
            self._promptest = behind
        else:
            self._promptest = min(behind, self._promptest + 0.001 * (now - self._seen_at))
        self._seen_at = now
        return behind - self._promptest > LATEST_SECONDS


class ToH264:
    """Frames to H.264 as browsers like it, in the size, rate and bitrate of the ingress."""

    def __init__(self, encoding: VideoEncoding, source_fps: float) -> None:
        self._encoding = encoding
        self._fps = min(encoding.fps, source_fps or encoding.fps)
        self._encoder: VideoCodecContext | None = None
        self._next_pts = 0

    def encode(self, frame: VideoFrame) -> Iterator[Encoded]:
        """The packets that a frame makes: none where it is one too many."""
        if frame.pts is None:
            return
        pts = round(frame.time / VIDEO_CLOCK)
        if pts < self._next_pts:
            return
        # A tenth less than a frame's length: encoders' times are rounded to milliseconds.
        self._next_pts = pts + round(0.9 / self._encoding.fps / VIDEO_CLOCK)
        width, height = self._encoding.size_for(frame.width, frame.height)
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            self._encoder = self._new_encoder(width, height)
        frame = frame.reformat(width, height, "yuv420p")
        frame.pts = pts
        frame.time_base = VIDEO_CLOCK
        frame.pict_type = PictureType.NONE  # the source's own choice would bind x264
        yield from self._encoder.encode(frame)

    def _new_encoder(self, width: int, height: int) -> VideoCodecContext:
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height = width, height
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = VIDEO_CLOCK
        encoder.framerate = Fraction(self._fps).limit_denominator(1001)
        encoder.gop_size = max(1, round(self._fps * KEY_FRAME_SECONDS))
        encoder.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            # Good enough a picture at the least cost, never above the bitrate asked for.
            "crf": "23",
            "maxrate": str(self._encoding.bitrate),
            "bufsize": str(self._encoding.bitrate),
            "threads": "2",
        }
        return encoder


class ToOpus:
    """Frames of any form to stereo Opus, 20 ms a packet."""

    def __init__(self) -> None:
        self._resampler = AudioResampler(
            format="s16", layout="stereo", rate=AUDIO_RATE, frame_size=AUDIO_FRAME
        )
        self._encoder: AudioCodecContext = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate = AUDIO_RATE
        self._encoder.format = "s16"
        self._encoder.layout = "stereo"
        self._encoder.bit_rate = AUDIO_BITRATE
        self._encoder.time_base = Fraction(1, AUDIO_RATE)
        self._encoder.options = {"application": "audio"}

    def encode(self, frame: AudioFrame) -> Iterator[Encoded]:
        """The packets that are complete with this frame."""
        for piece in self._resampler.resample(frame):
            for packet in self._encoder.encode(piece):
                # The first lie before zero, by what the codec looks ahead; RTP counts from zero.
                packet.pts = max(0, (packet.pts or 0) + AUDIO_FRAME)
                yield packet


def _mime_type(kind: str, codec: str) -> str:
    return MIME_TYPES.get(codec, f"{kind}/{codec}")
