"""What viewers choose in the player: its size, a pause that costs no data, and the quality."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import NewContext
from tests.browser.host import PUBLISH, join_as_host
from tests.browser.player import FRAMES, LIVE_MS, requests_all_data, sees_a_moving_picture
from tests.browser.test_waiting import remove_viewers
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    broadcast,
    encoder,
    is_live,
    wait_until,
)

Screenshot = Callable[[Page, str], None]

KEEP_CONNECTIONS = """
    window.connections = []
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...options) {
            super(...options)
            connections.push(this)
        }
    }
"""
RECEIVED = """async (type) => {
    let bytes = 0
    for (const connection of connections) {
        for (const stats of (await connection.getStats()).values()) {
            if (stats.type === type) bytes += stats.bytesReceived
        }
    }
    return bytes
}"""
PICTURE_SHARE = """video => {
    const { width, height } = video.getBoundingClientRect()
    const scale = Math.min(width / video.videoWidth, height / video.videoHeight)
    return video.videoWidth * video.videoHeight * scale ** 2 / (innerWidth * innerHeight)
}"""
"""The part of the window that the picture covers, without its black bars."""

KEEP_ALIVE_BYTES = 1_000
"""At most so much arrives in a second without media: connection checks and reports."""


def media_bytes(page: Page) -> int:
    """Return how many bytes of picture and sound have arrived."""
    return page.evaluate(RECEIVED, "inbound-rtp")


def receives_no_media(page: Page) -> None:
    """Wait until media stops arriving, and check that it stays so for some seconds."""

    def is_quiet() -> bool:
        before = media_bytes(page)
        page.wait_for_timeout(1_000)
        return media_bytes(page) == before

    wait_until(is_quiet, within=LIVE_WITHIN_SECONDS, what="the media to stop")
    media, everything = media_bytes(page), page.evaluate(RECEIVED, "transport")
    seconds = 5
    page.wait_for_timeout(seconds * 1_000)
    assert media_bytes(page) == media
    assert page.evaluate(RECEIVED, "transport") - everything < seconds * KEEP_ALIVE_BYTES


def receives_media(page: Page) -> None:
    """Wait until media arrives."""
    before = media_bytes(page)
    wait_until(lambda: media_bytes(page) > before + 5_000, within=LIVE_WITHIN_SECONDS, what="media")


def guest_on(context: BrowserContext, path: str) -> Page:
    """Open a page whose connections can be measured."""
    page = context.new_page()
    page.add_init_script(KEEP_CONNECTIONS)
    page.goto(path)
    return page


def picture_share(page: Page) -> float:
    """Return the part of the window that the picture covers."""
    return page.get_by_test_id("video").evaluate(PICTURE_SHARE)


def test_a_paused_player_receives_nothing_and_stays_paused(
    stack: Stack, new_context: NewContext, screenshot: Screenshot
) -> None:
    creator = stack.api("bob")
    key = creator.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    page = guest_on(new_context(), "/bob")
    video, player = page.get_by_test_id("video"), page.locator("[data-state]")
    paused = player.get_by_role("button", name="Play").first

    def is_still() -> None:
        receives_no_media(page)
        expect(paused).to_be_visible()
        assert video.evaluate("video => video.paused")

    with encoder(stack, key):
        wait_until(lambda: is_live(stack, "bob"), within=LIVE_WITHIN_SECONDS, what="bob to be live")
        sees_a_moving_picture(page)
        receives_media(page)

        player.get_by_role("button", name="Pause").click()
        is_still()
        still = video.evaluate(FRAMES)
        assert any(int(value) > 16 for value in still["pixels"].split(",")[::4])  # not black
        screenshot(page, "paused")

        player.get_by_role("button", name="Mute").click()  # Sound never starts a paused player.
        player.get_by_role("button", name="Unmute").click()
        remove_viewers(stack, "bob")
        expect(player).not_to_have_attribute("data-state", "live")
        expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
        is_still()
    expect(player).to_have_attribute("data-state", "reconnecting", timeout=LIVE_MS)

    with encoder(stack, key):
        expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
        is_still()
        paused.click()
        receives_media(page)
        sees_a_moving_picture(page)
        assert not video.evaluate("video => video.muted")
    creator.post("/api/stream/end")


def test_theater_mode_and_a_folded_sidebar_leave_the_room_to_the_picture(
    stack: Stack, new_context: NewContext, screenshot: Screenshot
) -> None:
    with broadcast(stack, "bob"):
        page = guest_on(new_context(), "/bob")
        sees_a_moving_picture(page)
        names = page.get_by_role("navigation", name="Channels").get_by_role("button")
        header = page.get_by_role("banner")
        expect(names).to_have_attribute("aria-expanded", "false")
        folded = picture_share(page)
        screenshot(page, "folded")

        names.click()
        expect(names).to_have_attribute("aria-expanded", "true")
        unfolded = picture_share(page)
        screenshot(page, "unfolded")
        page.reload()
        sees_a_moving_picture(page)
        expect(names).to_have_attribute("aria-expanded", "true")

        page.get_by_role("button", name="Theater mode").click()
        expect(header).to_be_hidden()
        expect(names).to_be_hidden()
        theater = picture_share(page)
        screenshot(page, "theater")
        page.get_by_role("textbox", name="Send a message").press("t")
        page.get_by_role("textbox", name="Send a message").press("Escape")
        expect(header).to_be_hidden()
        page.get_by_test_id("video").click()
        page.keyboard.press("Escape")
        expect(header).to_be_visible()
        page.keyboard.press("t")
        expect(header).to_be_hidden()
        page.keyboard.press("t")
        expect(header).to_be_visible()
        assert unfolded < 0.22
        assert folded > 0.33
        assert theater > 0.45


def test_a_viewer_chooses_the_quality_and_sees_what_it_costs(
    stack: Stack, new_context: NewContext, screenshot: Screenshot
) -> None:
    creator = stack.api("bob")
    creator.post("/api/ingress", {"inputType": "rtmp"})
    host = new_context().new_page()
    join_as_host(host, stack, "bob")
    host.evaluate(PUBLISH, True)
    status = stack.api().get("/api/pages/live/bob").json | {"state": "live", "isLive": True}
    context = new_context()
    requests_all_data(context)
    context.route("**/api/pages/live/bob", lambda route: route.fulfill(json=status))
    page = guest_on(context, "/bob")
    player, video = page.locator("[data-state]"), page.get_by_test_id("video")
    expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
    opener = page.get_by_role("button", name="Player settings")
    menu = page.get_by_role("menu", name="Player settings")

    def has_lines(lines: int) -> None:
        wait_until(
            lambda: video.evaluate("video => video.videoHeight") == lines,
            within=LIVE_WITHIN_SECONDS,
            what=f"a picture of {lines} lines",
        )

    has_lines(360)
    opener.press("Enter")
    expect(menu.get_by_role("menuitemradio")).to_have_text(
        ["Auto", "360pSaves data", "180pSaves data", "Sound onlySaves data"]
    )
    expect(menu.get_by_role("menuitemradio", checked=True)).to_have_text("Auto")
    expect(menu).to_contain_text("MB per hour")
    screenshot(page, "menu")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    has_lines(180)
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(opener).to_be_focused()

    page.reload()
    expect(player).to_have_attribute("data-state", "live", timeout=LIVE_MS)
    has_lines(180)
    opener.click()
    expect(menu.get_by_role("menuitemradio", checked=True)).to_contain_text("180p")
    menu.get_by_role("menuitem", name="Statistics").click()
    statistics = player.get_by_role("region", name="Statistics")
    for words in ("320\u00d7180", "Mbit/s", "MB per hour", "Lost packets", "ms", "UDP"):
        expect(statistics).to_contain_text(words)
    screenshot(page, "statistics")

    opener.click()
    menu.get_by_role("menuitemradio", name="Sound only").click()
    receives_no_media(page)  # This host sends no sound.
    page.keyboard.press("Escape")
    shown = player.get_by_role("paragraph").filter(has_text="Sound only")  # not the menu's
    expect(shown).to_be_visible()
    screenshot(page, "sound-only")
    opener.click()
    menu.get_by_role("menuitemradio", name="Auto").click()
    has_lines(360)
    creator.post("/api/stream/end")
