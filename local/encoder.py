"""Send a moving test card and a soft tone over RTMP, as a creator's OBS would.

    python -m local.encoder --url rtmp://localhost:1935/live --key <stream key>

It reconnects with backoff until it gets SIGTERM, and then exits with 0. The card shows the time of
day to a tenth of a second, which makes the delay to a viewer visible.
"""

import argparse
import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import FrameType
from typing import Final

import av
import numpy as np
from av import AudioFrame, VideoFrame
from av import logging as av_logging
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import PictureType
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

log = logging.getLogger("local.encoder")

VIDEO_BITRATE: Final = 2_500_000
KEY_FRAME_SECONDS: Final = 2
AUDIO_RATE: Final = 48_000
AUDIO_BITRATE: Final = 128_000
# AAC frames contain 1024 samples.
AUDIO_FRAME: Final = 1024
TONE_HERTZ: Final = 440
TONE_LOUDNESS: Final = 0.08
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 8.0
# After a connection of at least this duration, the backoff starts again.
GOOD_SECONDS: Final = 10.0
# How long closing the connection may take.
STOP_SECONDS: Final = 2.0
# How far behind its clock the encoder may be before it drops frames.
LATEST_SECONDS: Final = 0.5

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """The size and encoding of the test card. OBS uses `bframes` above 0."""

    width: int
    height: int
    fps: int
    bframes: int


class TestCard:
    """Color bars with a moving block, the time of day, and the frame number.

    To be fast, it draws the bars and each character once, in the encoder's own format, and copies
    them into each frame.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._text = max(16, height // 8 & ~1)
        self._bars = self._draw_bars()
        self._glyphs = {character: self._draw(character) for character in "0123456789:. #"}

    def frame(self, number: int, now: datetime) -> VideoFrame:
        """Return the card for this frame number and time."""
        card = self._bars.copy()
        side = self._height // 9 & ~1
        step = max(2, self._width // 240 & ~1)
        left = number * step % (self._width - side) & ~1
        top = self._height * 5 // 8
        card[top : top + side, left : left + side] = 235
        clock = now.strftime("%H:%M:%S.") + str(now.microsecond // 100_000)
        self._write(card, clock, self._height // 6)
        self._write(card, f"#{number % 1_000_000:06d}", self._height * 3 // 8)
        return VideoFrame.from_ndarray(card, format="yuv420p")

    def _draw_bars(self) -> Plane:
        colors = ["#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"]
        image = Image.new("RGB", (self._width, self._height), "#101010")
        draw = ImageDraw.Draw(image)
        for index, color in enumerate(colors):
            left, right = (self._width * edge // len(colors) for edge in (index, index + 1))
            draw.rectangle((left, 0, right, self._height * 3 // 4), fill=color)
        for index in range(16):
            left, right = (self._width * edge // 16 for edge in (index, index + 1))
            gray = index * 17
            draw.rectangle((left, self._height * 7 // 8, right, self._height), (gray, gray, gray))
        # The text area has no color, because the text changes only the brightness.
        top, bottom = self._height // 6, self._height * 3 // 8 + self._text * 5 // 4
        middle, half = self._width // 2, self._text * 7 // 2
        draw.rectangle((middle - half, top, middle + half, bottom), "#101010")
        return VideoFrame.from_image(image).reformat(format="yuv420p").to_ndarray()

    def _draw(self, character: str) -> Plane:
        font = ImageFont.load_default(self._text)
        width = round(self._text * (0.7 if character not in ":. " else 0.35))
        image = Image.new("L", (width, round(self._text * 1.25)), 16)
        ImageDraw.Draw(image).text((width / 2, 0), character, 235, font, anchor="ma")
        return np.asarray(image)

    def _write(self, card: Plane, text: str, top: int) -> None:
        """Write centered text, light on dark."""
        line = np.concatenate([self._glyphs[character] for character in text], axis=1)
        height, width = line.shape
        width = min(width, self._width)
        left = (self._width - width) // 2
        card[top : top + height, left : left + width] = line[:, :width]


class Tone:
    """A soft tone that swells and fades each second, so that listeners notice a frozen stream."""

    def __init__(self) -> None:
        time_axis = np.arange(AUDIO_RATE) / AUDIO_RATE
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * time_axis)
        wave = TONE_LOUDNESS * swell * np.sin(2 * np.pi * TONE_HERTZ * time_axis)
        # One second repeats seamlessly. Stored twice, any frame is one slice.
        self._wave = np.tile(wave.astype(np.float32), 2)

    def frame(self, at: int) -> AudioFrame:
        """Return the frame that starts at this sample."""
        start = at % AUDIO_RATE
        samples = self._wave[start : start + AUDIO_FRAME]
        frame = AudioFrame.from_ndarray(np.stack([samples, samples]), "fltp", "stereo")
        frame.sample_rate = AUDIO_RATE
        frame.pts = at
        frame.time_base = Fraction(1, AUDIO_RATE)
        return frame


class Broadcast:
    """One connection to the ingress, from the first frame to the last."""

    def __init__(self, address: str, picture: Picture, stop: threading.Event) -> None:
        self._address = address
        self._picture = picture
        self._stop = stop

    def run(self) -> None:
        """Send until `stop` is set. Raises FFmpegError if the server rejects or drops us."""
        with av.open(
            self._address,
            "w",
            format="flv",
            options={"flvflags": "no_duration_filesize"},
        ) as output:
            video, audio = self._streams(output)
            output.start_encoding()
            log.info("connected")
            for stream, frame in self._frames(video, audio):
                for packet in stream.encode(frame):  # pyright: ignore[reportArgumentType]
                    output.mux(packet)

    def _streams(self, output: OutputContainer) -> tuple[VideoStream, AudioStream]:
        picture = self._picture
        video = output.add_stream("libx264", rate=picture.fps)
        video.width, video.height = picture.width, picture.height
        video.pix_fmt = "yuv420p"
        video.bit_rate = VIDEO_BITRATE
        video.codec_context.gop_size = picture.fps * KEY_FRAME_SECONDS
        options: dict[str, object] = {
            "preset": "veryfast",
            "nal-hrd": "none",
            "maxrate": str(VIDEO_BITRATE),
            "bufsize": str(VIDEO_BITRATE),
            "sc_threshold": "0",
            "threads": "1",
        }
        if picture.bframes:
            options |= {"bf": str(picture.bframes), "rc-lookahead": "10"}
        else:
            options["tune"] = "zerolatency"
        video.options = options
        audio = output.add_stream("aac", rate=AUDIO_RATE, layout="stereo")
        audio.bit_rate = AUDIO_BITRATE
        return video, audio

    def _frames(
        self, video: VideoStream, audio: AudioStream
    ) -> Iterator[tuple[VideoStream | AudioStream, VideoFrame | AudioFrame]]:
        """Yield the frames of both streams in order, each when it is due."""
        fps = self._picture.fps
        card, tone = TestCard(self._picture.width, self._picture.height), Tone()
        began = time.monotonic()
        number = samples = 0
        while True:
            due = min(number / fps, samples / AUDIO_RATE)
            if self._stop.wait(max(0.0, began + due - time.monotonic())):
                return
            if samples / AUDIO_RATE <= due:
                yield audio, tone.frame(samples)
                samples += AUDIO_FRAME
                continue
            if time.monotonic() - began - due < LATEST_SECONDS:
                frame = card.frame(number, datetime.now().astimezone())
                frame.pts = number
                frame.time_base = Fraction(1, fps)
                frame.pict_type = PictureType.NONE
                yield video, frame
            number += 1


def keep_broadcasting(address: str, picture: Picture, stop: threading.Event) -> None:
    """Broadcast until `stop` is set, and reconnect with backoff whenever the connection ends."""
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        began = time.monotonic()
        try:
            Broadcast(address, picture, stop).run()
        except FFmpegError as failure:
            # The error text contains the address, and so the stream key.
            log.info("connection failed: %s", type(failure).__name__)
        if time.monotonic() - began > GOOD_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        if not stop.is_set():
            log.info("reconnecting in %.0f s", pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def main() -> int:
    """Send until SIGTERM or SIGINT. Return the exit code."""
    options = _options()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    av_logging.set_level(av_logging.PANIC)  # its log messages contain the stream key
    width, _, height = str(options.size).partition("x")
    picture = Picture(int(width), int(height), options.fps, options.bframes)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    address = f"{options.url.rstrip('/')}/{options.key}"
    # A separate thread, because only the main thread handles signals, and the network may block.
    sender = threading.Thread(target=keep_broadcasting, args=(address, picture, stop), daemon=True)
    sender.start()
    while not stop.is_set() and sender.is_alive():
        stop.wait(0.2)
    sender.join(STOP_SECONDS)
    return 0 if stop.is_set() else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.encoder", description=__doc__)
    parser.add_argument("--url", required=True, help="the ingress's server URL")
    parser.add_argument("--key", required=True, help="the stream key")
    parser.add_argument("--size", default="1280x720", help="width and height, both even")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument(
        "--bframes", type=int, default=0, help="number of B-frames; OBS usually sends 2"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
