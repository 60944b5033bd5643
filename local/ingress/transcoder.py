"""Transcode an encoder's FLV to what browsers play over WebRTC: H.264 without B-frames, and Opus.

Each session has one thread for all of it. PyAV releases the interpreter's lock while it decodes and
encodes, so it doesn't delay the event loop that sends the packets.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from local.ingress.encodings import VideoEncoding

Encoded: TypeAlias = "Packet[Any]"

log = logging.getLogger(__name__)

OPEN_SECONDS = 15
VIDEO_CLOCK = Fraction(1, 90_000)
AUDIO_RATE = 48_000
AUDIO_FRAME = AUDIO_RATE // 50
AUDIO_BITRATE = 96_000
# A new viewer sees a picture at the next key frame. The server can't request one earlier, because
# aiortc ignores such requests for packets that are already encoded.
KEY_FRAME_SECONDS = 0.5
# How far video may fall behind the encoder before frames are dropped, in seconds.
LATEST_SECONDS = 0.7
# Packets that may wait for a busy event loop: about two seconds of them.
LONGEST_QUEUE = 100
# The errors of LiveKit Ingress when it can't follow a change of the source.
VIDEO_CHANGED = "failed to add element to pipeline: video output bin"
AUDIO_CHANGED = "failed to add element to pipeline: audio"
# What LiveKit Ingress takes over RTMP. It ignores HEVC and AV1 without an error.
VIDEO_CODECS = ("h264", "flv1", "flv")
# The names of codecs in LiveKit Ingress's reports.
MIME_TYPES = {"h264": "video/H264", "aac": "audio/mpeg", "mp3": "audio/mpeg", "opus": "audio/opus"}


@dataclass(frozen=True)
class Source:
    """The format of the encoder's streams. The fields of a missing stream are empty."""

    video_type: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    audio_type: str = ""
    channels: int = 0
    sample_rate: int = 0


class PacketTrack(MediaStreamTrack):
    """A track of encoded packets for aiortc to send."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._packets: asyncio.Queue[Encoded | None] = asyncio.Queue()

    @property
    def is_full(self) -> bool:
        """Whether so many packets wait to be sent that new ones should be dropped."""
        return self._packets.qsize() >= LONGEST_QUEUE

    def put(self, packet: "Encoded | None") -> None:
        """Queue a packet, or None for the end. Call it in the event loop's thread."""
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
    """A thread that reads the FLV of one encoder until it ends.

    `opened` is resolved when the format of the source is known, and `ended` when it ends. Both
    raise if the media can't be read. `changed` is resolved with LiveKit Ingress's error when the
    size of the picture or the number of audio channels changes. `video` and `audio` are set before
    `opened` is resolved. They are None if the source has no such stream.
    """

    def __init__(self, media: Path, encoding: VideoEncoding) -> None:
        self.video: PacketTrack | None = None
        self.audio: PacketTrack | None = None
        self._media = media
        self._encoding = encoding
        self._loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[Source] = self._loop.create_future()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.changed: asyncio.Future[str] = self._loop.create_future()
        self._source = Source()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="transcoder", daemon=True)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def stop(self) -> None:
        """Stop at the next packet. Close the encoder's connection too, so that no read blocks."""
        self._stopping.set()

    def _run(self) -> None:
        failure: Exception | None = None
        try:
            with av.open(
                f"unix:{self._media}",
                "r",
                format="flv",
                timeout=(OPEN_SECONDS, None),
                # Long enough to detect both streams, without waiting for one that never comes.
                # The frame rate needs no probing, since the encoder's metadata contains it.
                options={"analyzeduration": "1500000", "fpsprobesize": "0"},
            ) as container:
                self._transcode(container)
        except Exception as error:
            failure = error
            if not self._stopping.is_set():
                log.info("can't read more media: %s", type(error).__name__)
        self._send_end(failure)

    def _transcode(self, container: InputContainer) -> None:
        """Send the packets of both tracks until the source ends or `stop` is called."""
        streams = self._open(container)
        frames = self._decoded(self._demuxed(container, streams))
        for track, packet in self._encoded(frames):
            self._in_loop(track.put, packet)

    def _open(self, container: InputContainer) -> Sequence[VideoStream | AudioStream]:
        """Create the tracks and resolve `opened`. Return the streams to read."""
        video = next(
            (
                stream
                for stream in container.streams.video
                if stream.codec_context.name in VIDEO_CODECS
            ),
            None,
        )
        audio = container.streams.audio[0] if container.streams.audio else None
        streams = [stream for stream in (video, audio) if stream is not None]
        if not streams:
            for _ in container.demux():  # like LiveKit Ingress, wait for something that can be read
                if self._stopping.is_set():
                    break
            raise EOFError("neither video nor audio")
        if video is not None:
            video.thread_count = 1  # each thread would hold back one frame
            self.video = PacketTrack("video")
        if audio is not None:
            self.audio = PacketTrack("audio")
        self._source = _source_of(video, audio)
        self._in_loop(self._set_opened, self._source)
        return streams

    def _demuxed(
        self, container: InputContainer, streams: Sequence[VideoStream | AudioStream]
    ) -> Iterator[Encoded]:
        """Yield the encoder's packets until `stop` is called."""
        for packet in container.demux(streams):
            if self._stopping.is_set():
                return
            if packet.dts is not None:  # the last packet of a stream is empty and flushes decoders
                yield packet

    def _decoded(self, packets: Iterable[Encoded]) -> Iterator[VideoFrame | AudioFrame]:
        """Yield the frames of all packets, and skip broken packets."""
        for packet in packets:
            try:
                frames = packet.decode()
            except InvalidDataError:
                continue
            for frame in frames:
                if isinstance(frame, VideoFrame | AudioFrame):
                    yield frame

    def _encoded(
        self, frames: Iterable[VideoFrame | AudioFrame]
    ) -> Iterator[tuple[PacketTrack, Encoded]]:
        """Yield the packets that viewers get, and drop what comes too late to be sent."""
        to_h264, to_opus = ToH264(self._encoding, self._source.fps), ToOpus()
        lateness = Lateness()
        channels: int | None = None
        for frame in frames:
            if isinstance(frame, VideoFrame) and self.video:
                source = self._source
                if source.width and (frame.width, frame.height) != (source.width, source.height):
                    self._in_loop(self._set_changed, VIDEO_CHANGED)
                if not lateness.is_late(frame.time) and not self.video.is_full:
                    for packet in to_h264.encode(frame):
                        yield self.video, packet
            elif isinstance(frame, AudioFrame) and self.audio:
                channels = channels or frame.layout.nb_channels
                if frame.layout.nb_channels != channels:
                    self._in_loop(self._set_changed, AUDIO_CHANGED)
                for packet in to_opus.encode(frame):
                    if not self.audio.is_full:
                        yield self.audio, packet

    def _send_end(self, failure: Exception | None) -> None:
        """End both tracks, and resolve or fail both futures."""
        for track in (self.video, self.audio):
            if track is not None:
                self._in_loop(track.put, None)
        self._in_loop(self._finish, failure)

    def _set_opened(self, source: Source) -> None:
        if not self.opened.done():
            self.opened.set_result(source)

    def _set_changed(self, error: str) -> None:
        if not self.changed.done():
            self.changed.set_result(error)

    def _finish(self, failure: Exception | None) -> None:
        for future in (self.opened, self.ended):
            if future.done():
                continue
            if failure is None and future is self.ended:
                self.ended.set_result(None)
            else:
                future.set_exception(failure or EOFError("no media"))
                future.exception()  # mark it as retrieved, since no one may await it

    def _in_loop(self, call: object, *arguments: object) -> None:
        """Schedule a call in the event loop's thread."""
        try:
            self._loop.call_soon_threadsafe(call, *arguments)  # pyright: ignore[reportArgumentType, reportUnknownMemberType]
        except RuntimeError:  # the loop has been closed
            self._stopping.set()


class Lateness:
    """A measure of how far the video is behind its encoder, relative to its promptest frame.

    The clocks of the encoder and of this machine drift. To allow for that, the reference moves by
    up to 1 ms per second.
    """

    def __init__(self) -> None:
        self._promptest: float | None = None
        self._seen_at = 0.0

    def is_late(self, media_time: float | None) -> bool:
        """Return whether a frame with this timestamp, in seconds, is too late to be encoded."""
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
    """An encoder to H.264 that browsers play, with the ingress's size, frame rate, and bitrate."""

    def __init__(self, encoding: VideoEncoding, source_fps: float) -> None:
        self._encoding = encoding
        self._fps = min(encoding.fps, source_fps or encoding.fps)
        self._encoder: VideoCodecContext | None = None
        self._next_pts = 0

    def encode(self, frame: VideoFrame) -> Iterator[Encoded]:
        """Yield the packets of a frame, or none if it exceeds the frame rate."""
        if frame.pts is None:
            return
        pts = round(frame.time / VIDEO_CLOCK)
        if pts < self._next_pts:
            return
        # A tenth less than a frame's duration, because encoders round their times to milliseconds.
        self._next_pts = pts + round(0.9 / self._encoding.fps / VIDEO_CLOCK)
        width, height = self._encoding.size_for(frame.width, frame.height)
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            self._encoder = self._new_encoder(width, height)
        frame = frame.reformat(width, height, "yuv420p")
        frame.pts = pts
        frame.time_base = VIDEO_CLOCK
        frame.pict_type = PictureType.NONE  # otherwise x264 would repeat the source's choice
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
            # A good enough picture at the lowest cost, never above the configured bitrate.
            "crf": "23",
            "maxrate": str(self._encoding.bitrate),
            "bufsize": str(self._encoding.bitrate),
            "threads": "2",
        }
        return encoder


class ToOpus:
    """An encoder from any audio format to stereo Opus with 20 ms per packet."""

    def __init__(self) -> None:
        self._resampler = _new_resampler()
        self._layout: str | None = None
        self._encoder: AudioCodecContext = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate = AUDIO_RATE
        self._encoder.format = "s16"
        self._encoder.layout = "stereo"
        self._encoder.bit_rate = AUDIO_BITRATE
        self._encoder.time_base = Fraction(1, AUDIO_RATE)
        self._encoder.options = {"application": "audio"}

    def encode(self, frame: AudioFrame) -> Iterator[Encoded]:
        """Yield the packets that this frame completes."""
        if frame.layout.name != self._layout:
            self._layout = frame.layout.name
            self._resampler = _new_resampler()  # since it takes only one layout
        for resampled in self._resampler.resample(frame):
            for packet in self._encoder.encode(resampled):
                # Opus starts before zero because of its look-ahead, and RTP counts from zero.
                packet.pts = max(0, (packet.pts or 0) + AUDIO_FRAME)
                yield packet


def _new_resampler() -> AudioResampler:
    return AudioResampler(format="s16", layout="stereo", rate=AUDIO_RATE, frame_size=AUDIO_FRAME)


def _source_of(video: VideoStream | None, audio: AudioStream | None) -> Source:
    source = Source()
    if video is not None:
        source = replace(
            source,
            video_type=_mime_type("video", video.codec_context.name),
            width=video.width,
            height=video.height,
            fps=float(video.guessed_rate or video.average_rate or 0),
        )
    if audio is not None:
        source = replace(
            source,
            audio_type=_mime_type("audio", audio.codec_context.name),
            channels=audio.codec_context.channels,
            sample_rate=audio.codec_context.sample_rate,
        )
    return source


def _mime_type(kind: str, codec: str) -> str:
    return MIME_TYPES.get(codec, f"{kind}/{codec}")
