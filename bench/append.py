"""How long does a chat of 10,000 messages take to show one more, and does it keep up with a flood?

In Chromium: the chat's own list, fed with the room's packets, beside one that renders every
message, as chats are often written (also in Preact; its times and colours made only once).
"""

import statistics
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

from bench.report import Goal, Report, quantile, summary
from local import settings
from local.progress import Trouble
from local.tools import chromium

ROUNDS = 3
APPENDS = 40
"""In each round, after some that only warm up; the list has 9,800 to 9,850 then."""
UNMEASURED = 10
FLOOD, FLOOD_SECONDS = 100, 8
IDLE = "nothing comes"
LISTS = {"ours": "the chat's list", "all": "every message rendered"}

BUILT = settings.WEB / "node_modules" / ".bench"
ORIGIN = "http://localhost:1"
"""Where nothing listens: all files come from this process."""
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""Without these the clock ticks in tenths of a millisecond."""


def build() -> None:
    """The page, out of the site's own sources."""
    subprocess.run(
        ["npx", "vite", "build", "--config", "bench/vite.config.ts"],
        cwd=settings.WEB,
        check=True,
        capture_output=True,
    )


@contextmanager
def opened(browser: Browser, which: str) -> Generator[Page]:
    """The page with one of the lists, full, its newest message at the end."""
    page = browser.new_page(viewport={"width": 800, "height": 800})
    page.route("**/*", _file)
    page.goto(f"{ORIGIN}/index.html#{which}")
    page.wait_for_function("window.isAtEnd?.()")
    yield page
    page.close()


def _file(route: Route) -> None:
    name = Path(route.request.url.partition("#")[0].removeprefix(ORIGIN).lstrip("/"))
    if (path := BUILT / name).is_file():
        route.fulfill(path=path, headers=ISOLATED | {"Content-Type": _type(path)})
    else:
        route.abort()


def _type(path: Path) -> str:
    return {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}[path.suffix]


@dataclass(frozen=True)
class Appends:
    """Milliseconds of each until it is laid out; and all that the main thread did for one."""

    each: list[float]
    thread: float


def appends(browser: Browser, which: str) -> Appends:
    """Some messages to a full list, one after the other."""
    with opened(browser, which) as page:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")

        def busy_ms(work: str, times: int) -> tuple[float, list[float]]:
            before = _task_ms(session)
            took = page.evaluate(TIMES, [work, times])
            return _task_ms(session) - before, took

        busy_ms("append", UNMEASURED)
        with_them, each = busy_ms("append", APPENDS)
        without, _ = busy_ms("frame", APPENDS)
        page.wait_for_function("isAtEnd()")
        return Appends(each, (with_them - without) / APPENDS)


TIMES = """async ([work, times]) => {
    const took = []
    for (let count = 0; count < times; count++) {
        took.push(await window[work]())
        for (let more = 0; more < 3; more++) await frame()
    }
    return took
}"""


def _task_ms(session: CDPSession) -> float:
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def flood(browser: Browser, which: str, per_second: int) -> dict[str, float]:
    """What the screen went without while so many messages came."""
    with opened(browser, which) as page:
        found: dict[str, float] = page.evaluate(
            "([perSecond, seconds]) => flood(perSecond, seconds)", [per_second, FLOOD_SECONDS]
        )
        if per_second:
            page.wait_for_function("isAtEnd()")
        return found


def measure() -> Report:
    """Both lists in turns, then the floods, and a page to which nothing comes."""
    program = chromium()
    if not program:
        raise Trouble("There is no Chromium: python3 -m local.tools browser")
    build()
    found: dict[str, list[Appends]] = {which: [] for which in LISTS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for number in range(ROUNDS):
            for which in sorted(LISTS, reverse=bool(number % 2)):
                found[which].append(appends(browser, which))
        floods = {
            IDLE: flood(browser, "ours", 0),
            **{which: flood(browser, which, FLOOD) for which in LISTS},
        }
        browser.close()
    each = {which: [ms for one in rounds for ms in one.each] for which, rounds in found.items()}
    thread = {which: [one.thread for one in rounds] for which, rounds in found.items()}
    median = statistics.median(each["ours"])
    return Report(
        title="One more message among 9,800, in Chromium; "
        f"and {FLOOD} a second for {FLOOD_SECONDS} s",
        columns=["", "append ms", "p95", "thread ms", "frames dropped", "longest ms"],
        rows=[
            [
                words,
                f"{statistics.median(each[which]):.2f}",
                f"{quantile(each[which], 0.95):.2f}",
                f"{statistics.median(thread[which]):.2f}",
                f"{floods[which]['dropped']:.0f} of {floods[which]['frames']:.0f}",
                f"{floods[which]['longestMs']:.0f}",
            ]
            for which, words in LISTS.items()
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
            "append": {which: summary(values) for which, values in each.items()},
            "thread": {which: summary(values) for which, values in thread.items()},
            "flood": floods,
        },
        goals=[Goal("Append to 10,000 messages, ms", median, 2, is_of_time=True)],
    )
