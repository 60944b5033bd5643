"""Checks of the player on a viewer's page."""

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.stack.support import LIVE_WITHIN_SECONDS, wait_until

LIVE_MS = LIVE_WITHIN_SECONDS * 1000
FRAMES = """video => {
    const canvas = document.createElement('canvas');
    canvas.width = 64; canvas.height = 36;
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    const quality = video.getVideoPlaybackQuality();
    return {
        frames: quality.totalVideoFrames,
        pixels: Array.from(context.getImageData(0, 0, 64, 36).data).join(),
        sound: video.srcObject ? video.srcObject.getAudioTracks().length : 0,
        width: video.videoWidth,
    };
}"""


def requests_all_data(browser: Page | BrowserContext) -> None:
    """Hide the data in the HTML of channels' pages, as if the plain page had been sent.

    Not by a route: Chromium lets no page that a test has sent connect to this machine's LiveKit.
    """
    browser.add_init_script("""
        document.getElementById = (id) =>
            id.startsWith('/api/') ? null : Document.prototype.getElementById.call(document, id);
    """)


def sees_a_moving_picture(page: Page) -> None:
    """Wait until frames are decoded, pixels change, and there is an audio track."""
    player = page.locator("[data-state]")
    expect(player.first).to_have_attribute("data-state", "live", timeout=LIVE_MS)
    video = page.get_by_test_id("video")

    def seen() -> dict[str, Any]:
        return video.evaluate(FRAMES)

    wait_until(lambda: seen()["frames"], within=LIVE_WITHIN_SECONDS, what="a first frame")
    first = seen()

    def moves() -> bool:
        now = seen()
        return now["frames"] > first["frames"] and now["pixels"] != first["pixels"]

    wait_until(moves, within=LIVE_WITHIN_SECONDS, what="the picture to change")
    wait_until(
        lambda: page.evaluate(
            """() => [...document.querySelectorAll('video, audio')].some(
                (element) => element.srcObject?.getAudioTracks().length)"""
        ),
        within=LIVE_WITHIN_SECONDS,
        what="an audio track",
    )


def frames(page: Page) -> int:
    """Return how many video frames have been decoded."""
    return page.get_by_test_id("video").evaluate(
        "video => video.getVideoPlaybackQuality().totalVideoFrames"
    )


def record_states(page: Page) -> None:
    """Start recording each state of the player and its status text."""
    page.evaluate("""() => {
        window.shown = []
        const look = () => {
            const player = document.querySelector('[data-state]')
            const words = player?.querySelector('[role=status]')?.textContent ?? ''
            const now = [player?.dataset.state ?? 'gone', words].join(' ').trim()
            if (window.shown.at(-1) !== now) window.shown.push(now)
        }
        look()
        new MutationObserver(look).observe(document.body, {
            attributes: true, characterData: true, childList: true, subtree: true,
        })
    }""")


def recorded_states(page: Page) -> list[str]:
    """Return all recorded states of the player with their status texts, in order."""
    return page.evaluate("() => window.shown")
