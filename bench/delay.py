"""Measure how late viewers of LiveKit Ingress see a broadcast whose encoder stalls again and again.

Two broadcasts run at the same time, with the same stalls. One is left alone. The other catches up
after stalls of 5 s or more, as a dashboard does that catches up automatically. Every picture shows
when it was due, and a browser reads that in each broadcast once a second.

It takes 32 minutes, and saves a plot in `docs/delay.svg`.
"""

import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from livekit import api
from livekit.protocol.ingress import IngressInfo, UpdateIngressRequest
from playwright.sync_api import Page, sync_playwright

from bench import plot
from bench.report import Goal, Report, quantile
from footlight.ingress.options import create_request
from local import settings
from local.tools import chromium
from tests.ingest import frame_numbers
from tests.local.servers import KEY, Ingest, running
from tests.support.http_server import QuietHandler, serving

MINUTES = 30.0
STALLS = (1, 3, 6, 10, 15, 20, 2, 8, 4, 12, 18, 5, 7, 20)
"""Seconds. One begins every two minutes."""
EVERY_SECONDS = 120
CATCHES_UP_FROM_SECONDS = 5
NOTICED_AFTER_SECONDS = 4
"""A dashboard samples every 2 s, and sees the end of a stall in the second sample."""
RECONNECTS_AFTER_SECONDS = 2
"""OBS's first wait before it reconnects."""
FPS, SIZE = 15, "640x360"
STARTED_SECONDS = 15
"""Samples from before this time belong to the start of the broadcast."""
PLOT = settings.ROOT / "docs" / "delay.svg"
CLIENT = settings.WEB / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
PAGE = """<!doctype html><title>Delay</title>
<video autoplay muted playsinline></video><script src="/client.js"></script><script>
const video = document.querySelector('video')
const room = new LivekitClient.Room()
room.on('trackSubscribed', (track) => { if (track.kind === 'video') track.attach(video) })
const canvas = document.createElement('canvas')
const context = canvas.getContext('2d', { willReadFrequently: true })
function frameNumber(bits) {
  if (video.videoWidth < bits) return null
  const side = Math.floor(video.videoWidth / bits)
  canvas.width = side * bits
  canvas.height = side
  context.drawImage(video, 0, 0)
  let number = 0
  for (let bit = 0; bit < bits; bit++) {
    const [red] = context.getImageData((bit + 0.5) * side, side / 2, 1, 1).data
    if (red > 127) number |= 1 << bit
  }
  return number
}
</script>"""


@dataclass
class Broadcast:
    """A broadcast with an encoder that reconnects, and what its viewer has seen."""

    ingest: Ingest
    since: float
    catches_up: bool
    samples: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """Seconds since the start, and the delay in seconds."""

    def __post_init__(self) -> None:
        request = create_request(secrets.token_hex(4), "ann", "rtmp", enabled=True)
        self.made: IngressInfo = self.ingest.call(lambda it: it.ingress.create_ingress(request))
        self._encoder: subprocess.Popen[bytes] | None = None
        self._is_over = threading.Event()
        self._encoding = threading.Thread(target=self._encode)
        self._encoding.start()

    def _encode(self) -> None:
        url = f"rtmp://localhost:{self.ingest.rtmp_port}/live/{self.made.stream_key}"
        while not self._is_over.is_set():
            self._encoder = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.ingest.encoder", "--url", url),
                    *("--size", SIZE, "--fps", str(FPS), "--since", str(self.since)),
                ],
                cwd=settings.ROOT,
            )
            self._encoder.wait()
            self._is_over.wait(RECONNECTS_AFTER_SECONDS)

    def stall(self, seconds: float) -> None:
        """Freeze the encoder for some seconds, and catch up after it if the broadcast does."""
        if self._encoder is None:
            return
        self._encoder.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._encoder.send_signal(signal.SIGCONT)
        if self.catches_up and seconds >= CATCHES_UP_FROM_SECONDS:
            time.sleep(NOTICED_AFTER_SECONDS)
            request = UpdateIngressRequest(ingress_id=self.made.ingress_id, enabled=True)
            self.ingest.call(lambda livekit: livekit.ingress.update_ingress(request))

    def join(self, page: Page, origin: str) -> None:
        """Join the room as a viewer."""
        grants = api.VideoGrants(room_join=True, room=self.made.room_name, can_publish=False)
        token = api.AccessToken(KEY, self.ingest.secret).with_identity("viewer").with_grants(grants)
        page.goto(origin)
        url = self.ingest.livekit_url.replace("http", "ws", 1)
        page.evaluate("([url, token]) => room.connect(url, token)", [url, token.to_jwt()])

    def sample(self, page: Page) -> None:
        """Read how late the picture is. Between two connections, the last one stays."""
        number = page.evaluate("(bits) => frameNumber(bits)", frame_numbers.BITS)
        if number is not None:
            elapsed = time.time() - self.since
            self.samples.append((elapsed, elapsed - number / FPS))

    def end(self) -> None:
        """Stop the encoder."""
        self._is_over.set()
        if self._encoder is not None:
            self._encoder.kill()
        self._encoding.join()


class Files(QuietHandler):
    """The page and LiveKit's client."""

    def do_GET(self) -> None:
        """Send the file."""
        is_page = self.path == "/"
        body = PAGE.encode() if is_page else CLIENT.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if is_page else "text/javascript")
        self.end_headers()
        self.wfile.write(body)


def broadcast_twice(
    kind: str, seconds: float, stalls: tuple[int, ...], every: float
) -> dict[str, Broadcast]:
    """Return both broadcasts after they have ended, with an ingress of this kind."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(kind, Path(folder)) as ingest,
        serving(Files) as origin,
        ThreadPoolExecutor() as threads,
        # Playwright's event loop would not let this thread call LiveKit.
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"]) as browser,
    ):
        since = time.time()
        broadcasts = {
            name: threads.submit(Broadcast, ingest, since, catches_up=catches_up).result()
            for name, catches_up in {"left alone": False, "catches up": True}.items()
        }
        stalling = [
            threading.Timer(number * every, broadcast.stall, [seconds])
            for number, seconds in enumerate(stalls, 1)
            for broadcast in broadcasts.values()
        ]
        try:
            pages = {name: browser.new_page() for name in broadcasts}
            for name, page in pages.items():
                broadcasts[name].join(page, origin)
            for timer in stalling:
                timer.start()
            while time.time() - since < seconds:
                for name, page in pages.items():
                    broadcasts[name].sample(page)
                time.sleep(1)
        finally:
            for timer in stalling:
                timer.cancel()
            for broadcast in broadcasts.values():
                broadcast.end()
        return broadcasts


def measure() -> Report:
    """Broadcast twice, for half an hour each, at the same time."""
    broadcasts = broadcast_twice("livekit", MINUTES * 60, STALLS, EVERY_SECONDS)
    PLOT.write_text(
        plot.lines(
            "A viewer's delay when the encoder stalls every two minutes",
            ("minutes", "seconds"),
            {
                name: [(elapsed / 60, late) for elapsed, late in broadcast.samples]
                for name, broadcast in broadcasts.items()
            },
        )
    )
    late = {
        name: [delay for elapsed, delay in broadcast.samples if elapsed > STARTED_SECONDS]
        for name, broadcast in broadcasts.items()
    }
    at_end = {name: statistics.median(delays[-30:]) for name, delays in late.items()}
    return Report(
        title=f"Delay of a viewer in {MINUTES:.0f} minutes with {len(STALLS)} stalls, in seconds",
        columns=["broadcast", "median", "p95", "at the end"],
        rows=[
            [
                name,
                f"{statistics.median(delays):.1f}",
                f"{quantile(delays, 0.95):.1f}",
                f"{at_end[name]:.1f}",
            ]
            for name, delays in late.items()
        ],
        figures={name: {"median": statistics.median(delays)} for name, delays in late.items()},
        goals=[Goal("delay at the end ÷ left alone", _share(at_end), 0.25)],
    )


def _share(at_end: dict[str, float]) -> float:
    return at_end["catches up"] / at_end["left alone"]
