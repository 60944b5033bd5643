"""A creator's OBS on a laptop: sends a moving test card and a soft tone over RTMP.

    python -m local.encoder --url rtmp://localhost:1935/live --key <stream key>

It connects again by itself, with pauses, until it gets SIGTERM, and then exits with 0. The card
shows the time of day to a tenth of a second, so that the delay to a viewer can be read off.
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
# One sample in: AAC's frames hold 1024.
AUDIO_FRAME: Final = 1024
TONE_HERTZ: Final = 440
TONE_LOUDNESS: Final = 0.08
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 8.0
# A connection that has lasted this long was a good one: the next pause is short again.
GOOD_SECONDS: Final = 10.0
# How long it may take to say goodbye.
STOP_SECONDS: Final = 2.0
# How far behind its clock the encoder may be before it leaves frames out.
LATEST_SECONDS: Final = 0.5

Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Picture:
    """What the card looks like and how it is encoded; `bframes` above 0 is as OBS does it."""

    width: int
    height: int
    fps: int
    bframes: int


class TestCard:
    """Colour bars with a running block, the time of day and the frame's number.

    Frames are made in the encoder's own format, and only what changes is drawn: the bars once, each
    character once.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._text = max(16, height // 8 & ~1)
        self._bars = self._draw_bars()
        self._glyphs = {character: self._draw(character) for character in "0123456789:. #"}

    def frame(self, number: int, now: datetime) -> VideoFrame:
        """The card as it is at this moment."""
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
        colours = ["#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"]
        image = Image.new("RGB", (self._width, self._height), "#101010")
        draw = ImageDraw.Draw(image)
        for index, colour in enumerate(colours):
            left, right = (self._width * edge // len(colours) for edge in (index, index + 1))
            draw.rectangle((left, 0, right, self._height * 3 // 4), fill=colour)
        for index in range(16):
            left, right = (self._width * edge // 16 for edge in (index, index + 1))
            grey = index * 17
            draw.rectangle((left, self._height * 7 // 8, right, self._height), (grey, grey, grey))
        # Colourless where the text goes, which is then drawn by brightness alone.
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
        """Put text in the middle, light on dark."""
        line = np.concatenate([self._glyphs[character] for character in text], axis=1)
        height, width = line.shape
        width = min(width, self._width)
        left = (self._width - width) // 2
        card[top : top + height, left : left + width] = line[:, :width]


class Tone:
    """A soft tone that swells and fades each second, so that one hears that it is live."""

    def __init__(self) -> None:
        time_axis = np.arange(AUDIO_RATE) / AUDIO_RATE
        swell = 0.6 + 0.4 * np.sin(2 * np.pi * time_axis)
        wave = TONE_LOUDNESS * swell * np.sin(2 * np.pi * TONE_HERTZ * time_axis)
        # A second repeats without a seam; doubled, any frame is one slice of it.
        self._wave = np.tile(wave.astype(np.float32), 2)

    def frame(self, at: int) -> AudioFrame:
        """The frame that starts at this sample."""
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
        """Send until told to stop. FFmpegError where the other side refuses or goes."""
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
        """Both streams' frames in their order and at their time."""
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


def broadcast_for_good(address: str, picture: Picture, stop: threading.Event) -> None:
    """Broadcast, again and again where it ends, until told to stop."""
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        began = time.monotonic()
        try:
            Broadcast(address, picture, stop).run()
        except FFmpegError as failure:
            # Its text holds the address, and with it the stream key.
            log.info("not connected: %s", type(failure).__name__)
        if time.monotonic() - began > GOOD_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        if not stop.is_set():
            log.info("again in %.0f s", pause)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def main() -> int:
    """Run as a program; the exit status."""
    options = _options()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    av_logging.set_level(av_logging.PANIC)  # it would print the stream key
    width, _, height = str(options.size).partition("x")
    picture = Picture(int(width), int(height), options.fps, options.bframes)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    address = f"{options.url.rstrip('/')}/{options.key}"
    # Apart from the main thread, which alone takes signals, also while the network is waited for.
    sender = threading.Thread(target=broadcast_for_good, args=(address, picture, stop), daemon=True)
    sender.start()
    while not stop.is_set() and sender.is_alive():
        stop.wait(0.2)
    sender.join(STOP_SECONDS)
    return 0 if stop.is_set() else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.encoder", description=__doc__)
    parser.add_argument("--url", required=True, help="the ingress's server URL")
    parser.add_argument("--key", required=True, help="its stream key")
    parser.add_argument("--size", default="1280x720", help="width and height, both even")
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--bframes", type=int, default=0, help="OBS sends 2, as a rule")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
