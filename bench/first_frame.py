"""Measure the time from navigation to the first video frame of a live channel, next to two peers.

The peers are pages of `web/bench/peers/`, built here. `react` has the shape of the system that
Footlight re-creates: React, one bundle, components-react's LiveKitRoom, and a token that is
requested after the page has mounted. `plain` does the same with livekit-client alone. The same
server serves all pages, compressed, and they ask the same API for their token. The browser is
already running. Loads are a guest's with an empty cache, a guest's second one, or a signed-in
viewer's with an empty cache. The peers keep a signed-in viewer's access token in the browser's
storage, so they need no request for it. Footlight doesn't, because scripts can read that storage.

The slow line is the browser's own emulation of one.
"""

import gzip
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from bench.report import Goal, Report, in_turns, quantile, ratios_of, sized, summary
from local import settings, site
from local.progress import Trouble
from local.tools import chromium
from tests.browser.signing_in import fill_sign_in
from tests.stack.support import Stack, aws, broadcast, running_stack

HOST: Final = "bob"
ROUNDS: Final = sized(14, quick=2)
OURS, REACT, PLAIN = "ours", "react", "plain"
PEERS: Final = {REACT: "React", PLAIN: "plain"}
PATHS: Final = {OURS: f"/{HOST}"} | {name: f"/peers/{name}.html?host={HOST}" for name in PEERS}
BUILT: Final = settings.WEB / "node_modules" / ".peers"
LOST_AFTER_MS: Final = 30_000
"""A load without a picture within this time counts as lost, and as this long."""

SLOW_LINE: Final[Mapping[str, Any]] = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10_000_000 / 8,
    "uploadThroughput": 10_000_000 / 8,
}
"""Parameters of `Network.emulateNetworkConditions`: ms, and bytes per second."""

VIEWER: Final = "cleo"


@dataclass(frozen=True)
class Case:
    """The conditions of a load."""

    line: Mapping[str, Any] | None = field(default_factory=lambda: SLOW_LINE)
    is_warm: bool = False
    """The page has been loaded before, so the browser has its files."""
    is_signed_in: bool = False


COLD: Final = "guest, slow line"
CASES: Final[Mapping[str, Case]] = {
    "guest, loopback": Case(line=None),
    COLD: Case(),
    "guest, slow line, warm cache": Case(is_warm=True),
    "signed in, slow line": Case(is_signed_in=True),
}

GOALS: Final = {REACT: 0.6, PLAIN: 0.8}
"""The time of our page divided by that of a peer, as a guest on the slow line."""


@dataclass(frozen=True)
class Load:
    """One load of a page: what happened at which ms after the navigation, and its script bytes."""

    events: list[tuple[str, float]]
    requests: list[tuple[str, float, float]]
    script_bytes: int
    first_frame_ms: float = LOST_AFTER_MS

    @property
    def is_lost(self) -> bool:
        """Return whether no picture was shown in time."""
        return self.first_frame_ms >= LOST_AFTER_MS


def build_peers() -> None:
    """Build the peers' pages, each with one script."""
    for number, name in enumerate(PEERS):
        options = ["--emptyOutDir", str(number == 0).lower(), "--logLevel", "error"]
        subprocess.run(
            ["npx", "vite", "build", "--config", "bench/peers/vite.config.ts", *options],
            cwd=settings.WEB,
            env={**os.environ, "PEER": name},
            check=True,
            capture_output=True,
        )


def upload(bucket: str, folder: Path, prefix: str = "") -> None:
    """Upload files compressed, as CloudFront sends them. The emulator compresses nothing."""
    s3 = aws("s3")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s3.put_object(
                Bucket=bucket,
                Key=prefix + path.relative_to(folder).as_posix(),
                Body=gzip.compress(path.read_bytes()),
                ContentEncoding="gzip",
                ContentType=site.content_type(path),
                CacheControl=site.FOREVER if path.parent.name == "assets" else site.REVALIDATE,
            )


def start_browser(playwright: Any) -> Browser:
    """Start a Chromium that plays sound without a click and reveals its local addresses."""
    program = chromium()
    if not program:
        raise Trouble("Chromium is missing. Install it with: python3 -m local.tools browser")
    return playwright.chromium.launch(
        executable_path=program,
        args=[
            *("--no-sandbox", "--disable-dev-shm-usage", "--mute-audio"),
            "--autoplay-policy=no-user-gesture-required",
            "--disable-features=WebRtcHideLocalIpsWithMdns",
        ],
    )


def sign_in(stack: Stack, browser: Browser) -> StorageState:
    """Sign a viewer in, and return the browser's cookies and storage, with the peers' token."""
    context = browser.new_context(base_url=stack.site_url)
    page = context.new_page()
    page.goto("/api/session/login?return=/")
    fill_sign_in(page, stack.user(VIEWER))
    page.get_by_test_id("user-menu").wait_for()
    page.evaluate("(token) => localStorage.setItem('peer.token', token)", stack.api(VIEWER).token)
    state = context.storage_state()
    context.close()
    return state


def load_page(browser: Browser, url: str, case: Case, signed_in: StorageState) -> Load:
    """Open a page in a context of its own, and return when its first frame has been shown."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        storage_state=signed_in if case.is_signed_in else None,
    )
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        if case.is_warm:
            _wait_for_frame(page, url)
        if case.line:
            context.new_cdp_session(page).send("Network.emulateNetworkConditions", dict(case.line))
        shown_at = _wait_for_frame(page, url)
        events, requests = page.evaluate("() => [watched.events, requests()]")
    finally:
        context.close()
    early = [request for request in requests if request["end"] <= shown_at]
    return Load(
        events=[(name, at) for name, at in events],
        requests=[(request["name"], request["start"], request["end"]) for request in early],
        script_bytes=sum(request["bytes"] for request in early if request["isScript"]),
        first_frame_ms=shown_at,
    )


def _wait_for_frame(page: Page, url: str) -> float:
    """Open a page. Return the ms until its first frame, or until the load counts as lost."""
    page.goto(url, wait_until="commit")
    deadline = time.monotonic() + LOST_AFTER_MS / 1000
    # The pages' security policy forbids what `wait_for_function` does.
    while time.monotonic() < deadline:
        if shown := page.evaluate("() => window.watched?.firstFrame"):
            return shown
        page.wait_for_timeout(50)
    return LOST_AFTER_MS


WATCH: Final = """
const watched = { events: [], firstFrame: 0 }
window.watched = watched
const note = (name) => watched.events.push([name, performance.now()])
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) {
        super(...options)
        note('peer connection')
        this.addEventListener('connectionstatechange', () => note(this.connectionState))
        this.addEventListener('track', ({ track }) => note(`${track.kind} track`))
    }
}
window.WebSocket = class extends WebSocket {
    constructor(...options) {
        super(...options)
        note('WebSocket')
        this.addEventListener('open', () => note('WebSocket open'))
        this.addEventListener('message', () => note('joined'), { once: true })
    }
}
function look() {
    const video = document.querySelector('video')
    if (!video) requestAnimationFrame(look)
    else video.requestVideoFrameCallback(function shown(_, { width }) {
        // LiveKit's blank frames are at most 16 pixels wide.
        if (width > 16) watched.firstFrame = performance.now()
        else video.requestVideoFrameCallback(shown)
    })
}
window.requests = () => {
    const files = new Map()
    for (const entry of performance.getEntriesByType('resource')) files.set(entry.name, entry)
    const [page] = performance.getEntriesByType('navigation')
    return [page, ...files.values()].map((entry) => ({
        name: new URL(entry.name).pathname,
        start: entry.startTime,
        end: entry.responseEnd,
        bytes: entry.encodedBodySize,
        isScript: entry.name.endsWith('.js'),
    }))
}
look()
"""
"""Runs before the page's own scripts, and records when each step of a connection happens."""


def load_all(
    stack: Stack,
    browser: Browser,
    cases: Mapping[str, Case],
    rounds: int,
    unmeasured: int = 1,
) -> dict[tuple[str, str], list[Load]]:
    """Load each page in each case, in turns. Return the loads by page and case."""
    loads: dict[tuple[str, str], list[Load]] = {
        (page, case): [] for case in cases for page in PATHS
    }
    signed_in = sign_in(stack, browser)

    def measure_one(page: str, case: str) -> Callable[[], float]:
        def once() -> float:
            url = stack.site_url + PATHS[page]
            loads[page, case].append(load_page(browser, url, cases[case], signed_in))
            return loads[page, case][-1].first_frame_ms

        return once

    subjects = {f"{page} {case}": measure_one(page, case) for page, case in loads}
    in_turns(subjects, rounds, unmeasured=unmeasured)
    return {key: measured[-rounds:] for key, measured in loads.items()}


def measure() -> Report:
    """Measure all pages in all cases."""
    stack = running_stack()
    assert stack
    build_peers()
    bucket = site.bucket()
    upload(bucket, settings.SITE_FILES)
    upload(bucket, BUILT, "peers/")
    with broadcast(stack, HOST), sync_playwright() as playwright:
        browser = start_browser(playwright)
        loads = load_all(stack, browser, CASES, ROUNDS)
        version = browser.version
        browser.close()
    return report(loads, version)


def report(loads: Mapping[tuple[str, str], list[Load]], browser: str) -> Report:
    """Return the table, a trace of one load per page and case, and the goals."""
    times = {key: [load.first_frame_ms for load in some] for key, some in loads.items()}
    cases = {case: None for _, case in loads}
    ratios = {
        (peer, case): ratios_of(times[OURS, case], times[peer, case])
        for case in cases
        for peer in PEERS
    }
    rows: list[list[str]] = []
    for (page, case), values in times.items():
        ours = page == OURS
        rows.append(
            [
                f"{PEERS.get(page, page)}: {case}",
                f"{statistics.median(values):,.0f}",
                f"{quantile(values, 0.25):,.0f}-{quantile(values, 0.75):,.0f}",
                *(f"{ratios[peer, case][0]:.2f}" if ours else "" for peer in PEERS),
                f"{max(load.script_bytes for load in loads[page, case]) / 1000:.1f}",
                str(sum(load.is_lost for load in loads[page, case])),
            ]
        )
    return Report(
        title="Navigation to first frame, ms (slow line: 40 ms, 10 Mbit/s)",
        columns=["", "median", "quartiles", "÷ React", "÷ plain", "JS kB", "lost"],
        rows=rows,
        figures={
            "browser": browser,
            "times": {
                f"{page}: {case}": summary(values) | {"values": [round(value) for value in values]}
                for (page, case), values in times.items()
            },
            "ratios": {f"{peer}: {case}": ratio for (peer, case), ratio in ratios.items()},
            "traces": {
                f"{page}: {case}": trace(median_load(some)) for (page, case), some in loads.items()
            },
        },
        goals=[
            Goal(f"First frame ÷ {PEERS[peer]}, {COLD}", ratios[peer, COLD][0], most, True)
            for peer, most in GOALS.items()
            if COLD in cases
        ],
    )


def median_load(loads: list[Load]) -> Load:
    """Return the load whose first frame came at the (lower) median time."""
    return sorted(loads, key=lambda load: load.first_frame_ms)[(len(loads) - 1) // 2]


def trace(load: Load) -> list[str]:
    """Return what happened in a load, in order, as lines such as `63-165 /assets/main.js`."""
    steps = [(start, f"{start:.0f}-{end:.0f} {name}") for name, start, end in load.requests]
    steps += [(at, f"{at:.0f} {name}") for name, at in load.events if at <= load.first_frame_ms]
    return [text for _, text in sorted(steps)] + [f"{load.first_frame_ms:.0f} first frame"]
