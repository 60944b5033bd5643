"""Pages say when no picture arrives or it stops, keep the last one, and say how late it is."""

import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from local import settings
from tests.browser.conftest import NewContext
from tests.browser.host import PUBLISH, UNPUBLISH, join_as_host
from tests.browser.player import (
    LIVE_MS,
    record_states,
    recorded_states,
    requests_all_data,
    sees_a_moving_picture,
)
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    User,
    encoder,
    is_live,
    wait_until,
)

STOPPED = "The picture has stopped"
FAULT_SEEN_MS = 10_000
"""A page finds a fault in video within this time."""

RECORD_BLANK_FRAMES = """() => {
    window.blank = {seen: 0, bare: 0}
    const video = document.querySelector('[data-testid=video]')
    const canvas = document.querySelector('[data-state] canvas')
    const look = (_, { width }) => {
        video.requestVideoFrameCallback(look)
        if (width > 16) return
        window.blank.seen += 1
        requestAnimationFrame(() => requestAnimationFrame(() => {
            if (canvas.hidden) window.blank.bare += 1
        }))
    }
    video.requestVideoFrameCallback(look)
}"""
"""Counts frames that are no picture, and how many of them the kept picture does not cover."""


class Signals:
    """What LiveKit sends to a page over its WebSocket. Media is not affected."""

    def __init__(self, page: Page) -> None:
        self._held: list[Callable[[], None]] = []
        self._is_holding = False
        page.route_web_socket("ws://*/rtc**", self._connect)

    def hold(self) -> None:
        """Keep messages back until `release`."""
        self._is_holding = True

    def release(self) -> None:
        """Deliver the messages that were kept back, and those to come."""
        self._is_holding = False
        for deliver in self._held:
            deliver()
        self._held.clear()

    def _connect(self, socket: WebSocketRoute) -> None:
        def receive(message: str | bytes) -> None:
            if self._is_holding:
                self._held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        socket.connect_to_server().on_message(receive)


class State(NamedTuple):
    """When the broadcast began, and the connection of its encoder."""

    broadcast_at: str
    connection_at: str


def state_of(stack: Stack, username: str) -> State:
    """Return the state that a creator reads."""
    creator = stack.api(username)
    return State(
        creator.get("/api/pages/dashboard").json["stream"]["startedAt"],
        creator.get("/api/ingress").json["encoder"]["startedAt"],
    )


@contextmanager
def frozen(stack: Stack, username: str) -> Generator[Callable[[int], None]]:
    """Make a creator live. Yield a function that sends a signal to the encoder."""
    creator = stack.api(username)
    key = creator.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    with encoder(stack, key) as process:
        wait_until(
            lambda: is_live(stack, username),
            within=LIVE_WITHIN_SECONDS,
            what=f"{username} to be live",
        )
        try:
            yield process.send_signal
        finally:
            process.send_signal(signal.SIGCONT)
    creator.post("/api/stream/end")


def test_a_frozen_encoder_is_noticed_until_the_picture_moves(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    with frozen(stack, "bob") as send_signal:
        guest, creator = new_context().new_page(), new_context().new_page()
        sign_in(creator, "bob")
        creator.goto("/u/bob")
        guest.goto("/bob")
        for page in (guest, creator):
            sees_a_moving_picture(page)
            record_states(page)

        send_signal(signal.SIGSTOP)
        for page in (guest, creator):
            expect(page.locator("[data-state]").get_by_text(STOPPED)).to_be_visible()
        screenshot(guest, "viewer")
        screenshot(creator, "dashboard")
        assert is_live(stack, "bob")

        send_signal(signal.SIGCONT)
        for page in (guest, creator):
            expect(page.locator("[data-state]").get_by_text(STOPPED)).to_have_count(
                0, timeout=LIVE_MS
            )
            sees_a_moving_picture(page)
            assert recorded_states(page) == ["live", f"live {STOPPED}", "live"]

        # LiveKit Ingress stays behind after a stall, until the encoder's next connection.
        card = creator.get_by_role("region", name="Viewers are at least")
        expect(card).to_be_visible()
        screenshot(creator, "behind")
        before = state_of(stack, "bob")
        send_signal(signal.SIGSTOP)  # It reconnects only after the dashboard has shown the pause.
        card.get_by_role("button", name="Catch up").click()
        status = creator.get_by_test_id("encoder-status")
        expect(status).to_contain_text("Catching up: waiting for your encoder to reconnect")
        for page in (guest, creator):
            expect(page.locator("[data-state]")).to_have_attribute("data-state", "reconnecting")
            expect(page.locator("[data-state] canvas")).to_be_visible()
        screenshot(creator, "catching-up")
        send_signal(signal.SIGCONT)
        expect(card).to_have_count(0, timeout=LIVE_MS)
        expect(status).to_contain_text("Encoder connected", timeout=LIVE_MS)
        wait_until(
            lambda: state_of(stack, "bob").connection_at != before.connection_at,
            within=LIVE_WITHIN_SECONDS,
            what="the encoder's next connection",
        )
        for page in (guest, creator):
            sees_a_moving_picture(page)
        assert state_of(stack, "bob").broadcast_at == before.broadcast_at


@contextmanager
def whip_encoder(stack: Stack, username: str, *options: str) -> Generator[None]:
    """Publish a creator's H.264 over WHIP, with options of `tests.ingest.whip`."""
    creator = stack.api(username)
    made = creator.post("/api/ingress", {"inputType": "whip"}).json
    command = [sys.executable, "-m", "tests.ingest.whip"]
    address = ["--url", made["serverUrl"], "--key", made["streamKey"]]
    with subprocess.Popen([*command, *address, *options], cwd=settings.ROOT) as process:
        try:
            wait_until(
                lambda: is_live(stack, username),
                within=LIVE_WITHIN_SECONDS,
                what=f"{username} to be live",
            )
            yield
        finally:
            process.kill()
    creator.post("/api/stream/end")


@pytest.mark.parametrize(
    ("options", "title", "advice"),
    [
        (["--bframes", "2"], "The picture stutters", "Set Max B-frames to 0"),
        (
            ["--bframes", "0", "--key-frame-seconds", "15"],
            "Few key frames arrive",
            "Set Keyframe Interval to 1 s",
        ),
    ],
    ids=["B-frames", "rare key frames"],
)
def test_the_dashboard_names_what_is_wrong_with_whip_video(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
    options: list[str],
    title: str,
    advice: str,
) -> None:
    page = new_context().new_page()
    sign_in(page, "bob")
    with whip_encoder(stack, "bob", *options):
        page.goto("/u/bob")
        status = page.get_by_test_id("encoder-status")
        expect(status).to_contain_text(title, timeout=LIVE_MS)
        expect(status).to_contain_text(advice)
        screenshot(page, title)


def test_the_dashboard_finds_nothing_wrong_with_good_whip_video(
    stack: Stack, page: Page, sign_in: Callable[[Page, str], User]
) -> None:
    sign_in(page, "bob")
    with whip_encoder(stack, "bob", "--bframes", "0"):
        page.goto("/u/bob")
        sees_a_moving_picture(page)
        page.wait_for_timeout(FAULT_SEEN_MS)
        expect(page.get_by_test_id("encoder-status")).to_contain_text("Encoder connected")


def test_the_last_picture_stays_when_its_track_ends(
    stack: Stack, new_context: NewContext, screenshot: Callable[[Page, str], None]
) -> None:
    page, host = new_context().new_page(), new_context().new_page()
    player, last = page.locator("[data-state]"), page.locator("[data-state] canvas")
    signals = Signals(page)
    with frozen(stack, "bob") as send_signal:
        page.goto("/bob")
        sees_a_moving_picture(page)
        expect(last).to_have_attribute("width", "640")  # a frame has been copied
        expect(last).to_be_hidden()

        send_signal(signal.SIGTERM)
        expect(player).to_have_attribute("data-state", "reconnecting", timeout=LIVE_MS)
        expect(last).to_be_visible()
        screenshot(page, "back-soon")

        # At the end of a track, LiveKit sends frames that are no picture for 0.2 s. If it announces
        # the end first, the page has already removed the track.
        join_as_host(host, stack, "bob")
        host.evaluate(PUBLISH)
        expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
        expect(last).to_be_hidden()
        page.evaluate(RECORD_BLANK_FRAMES)
        signals.hold()
        host.evaluate(UNPUBLISH)
        wait_until(
            lambda: page.evaluate("blank.seen"),
            within=LIVE_WITHIN_SECONDS,
            what="a frame that is no picture",
        )
        signals.release()
        expect(player).to_have_attribute("data-state", "reconnecting", timeout=LIVE_MS)
        expect(last).to_be_visible()
        assert page.evaluate("blank.bare") == 0


def test_a_broadcast_without_a_picture_says_so_until_one_arrives(
    stack: Stack, new_context: NewContext, screenshot: Callable[[Page, str], None]
) -> None:
    """An encoder that sends HEVC alone joins the room, but LiveKit Ingress publishes no track."""
    creator = stack.api("bob")
    creator.post("/api/ingress", {"inputType": "rtmp"})
    page, host = new_context().new_page(), new_context().new_page()
    player = page.locator("[data-state]")
    join_as_host(host, stack, "bob")
    status = stack.api().get("/api/pages/live/bob").json | {"state": "live", "isLive": True}
    requests_all_data(page)
    page.route("**/api/pages/live/bob", lambda route: route.fulfill(json=status))
    page.goto("/bob")
    expect(player).to_have_attribute("data-state", "loading")
    expect(player).to_contain_text("bob is live, but no picture arrives yet")
    screenshot(page, "viewer")

    host.evaluate(PUBLISH)
    expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
    expect(player.get_by_text("no picture")).to_have_count(0)
    creator.post("/api/stream/end")
