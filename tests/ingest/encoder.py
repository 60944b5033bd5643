"""An encoder for one connection over RTMP: `python -m tests.ingest.encoder --help`.

Unlike `local.encoder`, it doesn't reconnect, and it can send what a faulty encoder sends. It exits
with 1 if the server refuses or drops it.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeAlias, cast

import av
import numpy as np
from av import AudioFrame, VideoFrame
from av import logging as av_logging
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from local.encoder import AUDIO_BITRATE, AUDIO_FRAME, AUDIO_RATE, TestCard, Tone
from tests.ingest import frame_numbers

CODECS = {"h264": "libx264", "hevc": "libx265"}
BITRATE = 800_000

Encoded: TypeAlias = "Packet[Any]"


def main() -> int:
    """Send until the server drops the connection."""
    options = _options()
    av_logging.set_level(av_logging.PANIC)
    try:
        with av.open(options.url, "w", format="flv") as output:
            _send(output, options)
    except (FFmpegError, OSError):
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the address with the stream key")
    parser.add_argument("--video", choices=[*CODECS, "none"], default="h264")
    parser.add_argument("--audio", choices=["aac", "none"], default="aac")
    parser.add_argument("--size", default="320x180")
    parser.add_argument("--fps", type=int, default=10)
    parser.add_argument("--layout", choices=["mono", "stereo"], default="stereo")
    parser.add_argument("--volume", type=float, default=1.0, help="of the tone: 0 is silence")
    parser.add_argument("--next-size", help="another size, after --change-after seconds")
    parser.add_argument("--next-layout", choices=["mono", "stereo"])
    parser.add_argument("--change-after", type=float, default=4.0)
    parser.add_argument("--since", type=float, help="count frames from this Unix time")
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _send(output: OutputContainer, options: argparse.Namespace) -> None:
    picture = Picture(output, options) if options.video != "none" else None
    sound = Sound(output, options.layout) if options.audio != "none" else None
    output.start_encoding()
    for frame in _frames(options):
        if isinstance(frame, VideoFrame):
            assert picture is not None
            packets = picture.packets(frame)
        else:
            assert sound is not None
            packets = sound.packets(frame)
        for packet in packets:
            output.mux(packet)


class Picture:
    """The encoder of the video. The size may change."""

    def __init__(self, output: OutputContainer, options: argparse.Namespace) -> None:
        self._options = options
        self._stream = cast("VideoStream", output.add_stream(CODECS[options.video], options.fps))
        self._encoder = self._stream.codec_context
        self._configure(*_size(options.size))
        self._announce: BitStreamFilterContext | None = None

    def packets(self, frame: VideoFrame) -> Iterator[Encoded]:
        """Yield the packets of a frame."""
        if (frame.width, frame.height) != (self._encoder.width, self._encoder.height):
            self._change(frame.width, frame.height)
        for encoded in self._encoder.encode(frame):
            for packet in [encoded] if self._announce is None else self._announce.filter(encoded):
                packet.stream = self._stream
                yield packet

    def _change(self, width: int, height: int) -> None:
        codec = CODECS[self._options.video]
        self._encoder = cast("VideoCodecContext", av.CodecContext.create(codec, "w"))
        self._configure(width, height)
        self._encoder.framerate = Fraction(self._options.fps)
        self._encoder.time_base = Fraction(1, self._options.fps)
        # It moves the parameter sets to where FFmpeg's FLV muxer looks for changed ones.
        self._announce = BitStreamFilterContext("extract_extradata", self._stream)

    def _configure(self, width: int, height: int) -> None:
        encoder = self._encoder
        encoder.width, encoder.height = width, height
        encoder.pix_fmt = "yuv420p"
        encoder.bit_rate = BITRATE
        encoder.gop_size = self._options.fps * 2
        encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
        if self._options.video == "hevc":
            encoder.options = encoder.options | {"x265-params": "log-level=none:pools=1"}
        else:
            encoder.options = encoder.options | {"threads": "1"}


class Sound:
    """The encoder of the audio. The layout of the channels may change."""

    def __init__(self, output: OutputContainer, layout: str) -> None:
        self._stream = output.add_stream("aac", rate=AUDIO_RATE, layout=layout)
        self._stream.bit_rate = AUDIO_BITRATE
        self._encoder = self._stream.codec_context
        self._layout = layout
        self._announce: BitStreamFilterContext | None = None

    def packets(self, frame: AudioFrame) -> Iterator[Encoded]:
        """Yield the packets of a frame."""
        if frame.layout.name != self._layout:
            self._change(frame.layout.name)
        for encoded in self._encoder.encode(frame):
            packets = [encoded]
            if self._announce is not None:
                packets = self._announce.filter(_with_header(encoded, frame.layout.nb_channels))
            for packet in packets:
                packet.stream = self._stream
                yield packet

    def _change(self, layout: str) -> None:
        self._layout = layout
        self._encoder = av.CodecContext.create("aac", "w")
        self._encoder.sample_rate = AUDIO_RATE
        self._encoder.format = "fltp"
        self._encoder.layout = layout
        self._encoder.bit_rate = AUDIO_BITRATE
        self._encoder.time_base = Fraction(1, AUDIO_RATE)
        # It moves the format from the header to where FFmpeg's FLV muxer looks for a changed one.
        self._announce = BitStreamFilterContext("aac_adtstoasc", "aac")


def _with_header(packet: Encoded, channels: int) -> Encoded:
    """Return an AAC-LC packet of 48 kHz with an ADTS header (ISO/IEC 14496-3, 1.A.2.2)."""
    size = 7 + packet.size
    header = bytes(
        [
            *(0xFF, 0xF1, 0x4C | channels >> 2, (channels & 3) << 6 | size >> 11),
            *(size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC),
        ]
    )
    framed: Encoded = av.Packet(header + bytes(packet))
    framed.pts, framed.dts, framed.time_base = packet.pts, packet.dts, packet.time_base
    return framed


def _frames(options: argparse.Namespace) -> Iterator[VideoFrame | AudioFrame]:
    """Yield the frames of the streams in order, each when it is due."""
    sizes = [options.size, options.next_size or options.size]
    layouts = [options.layout, options.next_layout or options.layout]
    cards, tone = [TestCard(*_size(size)) for size in sizes], Tone()
    began = time.monotonic()
    first = 0 if options.since is None else round((time.time() - options.since) * options.fps)
    number = samples = 0
    while True:
        video_due = number / options.fps if options.video != "none" else float("inf")
        audio_due = samples / AUDIO_RATE if options.audio != "none" else float("inf")
        due = min(video_due, audio_due)
        time.sleep(max(0.0, began + due - time.monotonic()))
        is_changed = due >= options.change_after
        if audio_due <= due:
            frame = _in_volume(options.volume, tone.frame(samples))
            yield _in_layout(layouts[is_changed], frame)
            samples += AUDIO_FRAME
            continue
        card = cards[is_changed].frame(number, datetime.now().astimezone())
        frame = frame_numbers.draw(card, first + number)
        frame.pts = number
        frame.time_base = Fraction(1, options.fps)
        yield frame
        number += 1


def _in_volume(volume: float, loud: AudioFrame) -> AudioFrame:
    frame = AudioFrame.from_ndarray(loud.to_ndarray() * np.float32(volume), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = loud.sample_rate, loud.pts, loud.time_base
    return frame


def _in_layout(layout: str, stereo: AudioFrame) -> AudioFrame:
    if layout == "stereo":
        return stereo
    mono = AudioFrame.from_ndarray(stereo.to_ndarray()[:1], "fltp", "mono")
    mono.sample_rate, mono.pts, mono.time_base = stereo.sample_rate, stereo.pts, stereo.time_base
    return mono


if __name__ == "__main__":
    sys.exit(main())
