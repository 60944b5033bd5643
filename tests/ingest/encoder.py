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
from typing import cast

import av
from av import AudioFrame, VideoFrame
from av import logging as av_logging
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from local.encoder import AUDIO_FRAME, AUDIO_RATE, TestCard, Tone

CODECS = {"h264": "libx264", "hevc": "libx265"}
BITRATE = 800_000


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
    parser.add_argument("--next-size", help="another size, after --next-size-after seconds")
    parser.add_argument("--next-size-after", type=float, default=4.0)
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _send(output: OutputContainer, options: argparse.Namespace) -> None:
    video: VideoStream | None = None
    audio: AudioStream | None = None
    if options.video != "none":
        video = cast("VideoStream", output.add_stream(CODECS[options.video], rate=options.fps))
        _configure(video.codec_context, _size(options.size), options)
    if options.audio != "none":
        audio = output.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
        audio.bit_rate = 128_000
    output.start_encoding()
    encoder = None if video is None else video.codec_context
    size = _size(options.size)
    announce: BitStreamFilterContext | None = None
    for frame in _frames(video, audio, options):
        if isinstance(frame, AudioFrame):
            assert audio is not None
            output.mux(audio.encode(frame))
            continue
        assert video is not None
        assert encoder is not None
        if (frame.width, frame.height) != size:
            size = (frame.width, frame.height)
            encoder = _new_encoder(size, options)
            # It moves the parameter sets to where FFmpeg's FLV muxer looks for changed ones.
            announce = BitStreamFilterContext("extract_extradata", video)
        for encoded in encoder.encode(frame):
            for packet in [encoded] if announce is None else announce.filter(encoded):
                packet.stream = video
                output.mux(packet)


def _configure(
    encoder: VideoCodecContext, size: tuple[int, int], options: argparse.Namespace
) -> None:
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.bit_rate = BITRATE
    encoder.gop_size = options.fps * 2
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    if options.video == "hevc":
        encoder.options = encoder.options | {"x265-params": "log-level=none:pools=1"}
    else:
        encoder.options = encoder.options | {"threads": "1"}


def _new_encoder(size: tuple[int, int], options: argparse.Namespace) -> VideoCodecContext:
    encoder = cast("VideoCodecContext", av.CodecContext.create(CODECS[options.video], "w"))
    _configure(encoder, size, options)
    encoder.framerate = Fraction(options.fps)
    encoder.time_base = Fraction(1, options.fps)
    return encoder


def _frames(
    video: VideoStream | None, audio: AudioStream | None, options: argparse.Namespace
) -> Iterator[VideoFrame | AudioFrame]:
    """Yield the frames of the streams in order, each when it is due."""
    sizes = [_size(options.size)]
    if options.next_size:
        sizes.append(_size(options.next_size))
    cards, tone = [TestCard(*size) for size in sizes], Tone()
    began = time.monotonic()
    number = samples = 0
    while True:
        video_due = number / options.fps if video is not None else float("inf")
        audio_due = samples / AUDIO_RATE if audio is not None else float("inf")
        due = min(video_due, audio_due)
        time.sleep(max(0.0, began + due - time.monotonic()))
        if audio_due <= due:
            yield tone.frame(samples)
            samples += AUDIO_FRAME
            continue
        card = cards[-1 if due >= options.next_size_after else 0]
        frame = card.frame(number, datetime.now().astimezone())
        frame.pts = number
        frame.time_base = Fraction(1, options.fps)
        yield frame
        number += 1


if __name__ == "__main__":
    sys.exit(main())
