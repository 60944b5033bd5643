"""A viewer's page says when the picture stops, and keeps the last real one."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.player import LIVE_MS, record_states, recorded_states, sees_a_moving_picture
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    User,
    broadcast,
    encoder,
    is_live,
    wait_until,
)

STOPPED = "The picture has stopped"

SMALL_PICTURES = """() => {
    window.bare = []
    window.sizes = []
    const video = document.querySelector('[data-testid=video]')
    const look = (_, { width }) => {
        video.requestVideoFrameCallback(look)
        window.sizes.push(width)
        if (width > 16) return
        // The page has had one rendered frame to react.
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const player = video.closest('[data-state]')
            const canvas = player.querySelector('canvas')
            const isCovered = canvas && !canvas.hidden && player.querySelector('[role=status]')
            if (!isCovered && player.dataset.state !== 'offline') window.bare.push(width)
        }))
    }
    video.requestVideoFrameCallback(look)
}"""
"""Records the width of each frame, and each blank frame that no kept picture covers."""


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


def test_the_last_picture_stays_when_a_broadcast_ends(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        page.goto("/bob")
        sees_a_moving_picture(page)
        expect(page.locator("[data-state] canvas")).to_be_hidden()
        page.evaluate(SMALL_PICTURES)

    # The encoder has stopped, so viewers wait behind the last picture until the broadcast has ended.
    sizes = page.evaluate("window.sizes")
    assert max(sizes) > 16
    assert page.evaluate("window.bare") == [], sizes[-20:]
