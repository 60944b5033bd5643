"""Measure how long a chat of 10,000 messages takes to show one more, and how it handles a flood.

In Chromium, it compares the chat's own list with one that renders every message, as many chats do.
Both get the room's packets. The second list is in Preact too, and computes its times and colors
only once.
"""

import statistics
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

from bench.report import Goal, Report, quantile, sized, summary
from local import settings
from local.progress import Trouble
from local.tools import chromium

ROUNDS = sized(3, quick=1)
APPENDS = 40
"""Measured appends per round. The list has 9,800 to 9,850 messages at that time."""
UNMEASURED = 10
FLOOD, FLOOD_SECONDS = 100, sized(8, quick=2)
IDLE = "no messages"
LISTS = {"ours": "the chat's list", "all": "every message rendered"}

BUILT = settings.WEB / "node_modules" / ".bench"
ORIGIN = "http://localhost:1"
"""An address that nothing listens on, because this process provides all files."""
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""Without these headers, the browser's clock has a resolution of only 0.1 ms."""


def build() -> None:
    """Build the page from the site's own sources."""
    subprocess.run(
        ["npx", "vite", "build", "--config", "bench/vite.config.ts"],
        cwd=settings.WEB,
        check=True,
        capture_output=True,
    )


@contextmanager
def open_list(browser: Browser, name: str) -> Generator[Page]:
    """Open the page with one of the lists, full and scrolled to the newest message."""
    page = browser.new_page(viewport={"width": 800, "height": 800})
    page.route("**/*", _file)
    page.goto(f"{ORIGIN}/index.html#{name}")
    page.wait_for_function("window.isAtEnd?.()")
    yield page
    page.close()


def _file(route: Route) -> None:
    file = Path(route.request.url.partition("#")[0].removeprefix(ORIGIN).lstrip("/"))
    if (path := BUILT / file).is_file():
        route.fulfill(path=path, headers=ISOLATED | {"Content-Type": _type(path)})
    else:
        route.abort()


def _type(path: Path) -> str:
    return {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}[path.suffix]


@dataclass(frozen=True)
class Appends:
    """Milliseconds until the layout of each append, and the main thread's work per append."""

    layout_ms: list[float]
    thread_ms: float


def measure_appends(browser: Browser, name: str) -> Appends:
    """Append messages to a full list, one after the other."""
    with open_list(browser, name) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")

        def busy_ms(action: str, times: int) -> tuple[float, list[float]]:
            before = _task_ms(session)
            durations = page.evaluate(REPEAT, [action, times])
            return _task_ms(session) - before, durations

        busy_ms("append", UNMEASURED)
        append_ms, layout_ms = busy_ms("append", APPENDS)
        frame_ms, _ = busy_ms("frame", APPENDS)
        page.wait_for_function("isAtEnd()")
        return Appends(layout_ms, (append_ms - frame_ms) / APPENDS)


REPEAT = """async ([action, times]) => {
    const durations = []
    for (let count = 0; count < times; count++) {
        durations.push(await window[action]())
        for (let frames = 0; frames < 3; frames++) await frame()
    }
    return durations
}"""


def _task_ms(session: CDPSession) -> float:
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def measure_flood(browser: Browser, name: str, per_second: int) -> dict[str, float]:
    """Measure the frames that the screen dropped during a flood of messages."""
    with open_list(browser, name) as page:
        frames: dict[str, float] = page.evaluate(
            "([perSecond, seconds]) => flood(perSecond, seconds)", [per_second, FLOOD_SECONDS]
        )
        if per_second:
            page.wait_for_function("isAtEnd()")
        return frames


def measure() -> Report:
    """Measure both lists in turns, then the floods, and a page without new messages."""
    program = chromium()
    if not program:
        raise Trouble("Chromium is missing. Install it with: python3 -m local.tools browser")
    build()
    results: dict[str, list[Appends]] = {name: [] for name in LISTS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for number in range(ROUNDS):
            for name in sorted(LISTS, reverse=bool(number % 2)):
                results[name].append(measure_appends(browser, name))
        floods = {
            IDLE: measure_flood(browser, "ours", 0),
            **{name: measure_flood(browser, name, FLOOD) for name in LISTS},
        }
        browser.close()
    layout = {
        name: [ms for appends in rounds for ms in appends.layout_ms]
        for name, rounds in results.items()
    }
    thread = {name: [appends.thread_ms for appends in rounds] for name, rounds in results.items()}
    median = statistics.median(layout["ours"])
    return Report(
        title="One more message among 9,800, in Chromium; "
        f"and {FLOOD} per second for {FLOOD_SECONDS} s",
        columns=["", "append ms", "p95", "thread ms", "frames dropped", "longest ms"],
        rows=[
            [
                label,
                f"{statistics.median(layout[name]):.2f}",
                f"{quantile(layout[name], 0.95):.2f}",
                f"{statistics.median(thread[name]):.2f}",
                f"{floods[name]['dropped']:.0f} of {floods[name]['frames']:.0f}",
                f"{floods[name]['longestMs']:.0f}",
            ]
            for name, label in LISTS.items()
        ]
        + [
            [
                IDLE,
                "",
                "",
                "",
                f"{floods[IDLE]['dropped']:.0f} of {floods[IDLE]['frames']:.0f}",
                f"{floods[IDLE]['longestMs']:.0f}",
            ]
        ],
        figures={
            "append": {name: summary(values) for name, values in layout.items()},
            "thread": {name: summary(values) for name, values in thread.items()},
            "flood": floods,
        },
        goals=[Goal("Append to 10,000 messages, ms", median, 2, is_of_time=True)],
    )
