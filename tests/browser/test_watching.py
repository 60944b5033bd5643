"""The whole path in a real Chromium: sign in, reset the key, go live, watch, and end."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.player import LIVE_MS, sees_a_moving_picture
from tests.stack.support import LIVE_WITHIN_SECONDS, Stack, User, encoder, is_live, wait_until


def test_from_a_new_key_to_the_end_of_the_broadcast(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    stack.api("bob").post("/api/ingress", {"inputType": "rtmp"})
    creator = new_context().new_page()
    sign_in(creator, "bob")
    creator.goto("/u/bob/keys")
    creator.get_by_test_id("reset-key").click()
    creator.get_by_test_id("confirm-reset").click()
    expect(creator.get_by_test_id("server-url")).to_be_visible()
    screenshot(creator, "keys")
    key = stack.api("bob").get("/api/ingress").json["streamKey"]

    guest = new_context().new_page()
    guest.goto("/bob")
    expect(guest.locator("[data-state]").first).not_to_have_attribute("data-state", "live")
    screenshot(guest, "offline")

    with encoder(stack, key):
        wait_until(lambda: is_live(stack, "bob"), within=LIVE_WITHIN_SECONDS, what="bob to be live")
        sees_a_moving_picture(guest)  # it was already open and went live without a reload
        screenshot(guest, "live")

        home = new_context().new_page()
        home.goto("/")
        card = home.get_by_test_id("channel-card").filter(has_text="bob")
        expect(card.first.get_by_test_id("live-badge")).to_be_visible()
        screenshot(home, "home")

        expect(creator.get_by_test_id("encoder-status")).to_contain_text("640", timeout=LIVE_MS)
        screenshot(creator, "keys-connected")
        creator.goto("/u/bob")
        sees_a_moving_picture(creator)
        screenshot(creator, "dashboard")

    expect(guest.locator("[data-state=reconnecting], [data-state=offline]").first).to_be_visible(
        timeout=LIVE_MS
    )
    screenshot(guest, "ended")
    stack.api("bob").post("/api/stream/end")


def test_a_blocked_person_sees_the_not_found_page(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    ann = stack.api("ann")
    page = new_context().new_page()
    sign_in(page, "dan")
    page.goto("/ann")
    expect(page.locator("[data-state]").first).to_be_visible()
    assert ann.put("/api/blocks/dan").status == 204
    try:
        page.goto("/ann")
        expect(page.get_by_role("heading", name="not", exact=False).first).to_be_visible()
        expect(page.locator("[data-state]")).to_have_count(0)
        screenshot(page, "not-found")
    finally:
        ann.delete("/api/blocks/dan")
        stack.api("dan").put("/api/follows/ann")


def test_a_reload_and_a_second_tab_stay_signed_in(
    new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    context = new_context()
    page = context.new_page()
    sign_in(page, "cleo")
    expect(page.get_by_test_id("user-menu")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("user-menu")).to_be_visible()
    second = context.new_page()
    second.goto("/ann")
    expect(second.get_by_test_id("user-menu")).to_be_visible()


def test_a_follow_is_kept_after_a_reload(
    new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    page = new_context().new_page()
    sign_in(page, "eve")
    page.goto("/ann")
    follow = page.get_by_test_id("follow")
    before = follow.get_attribute("aria-pressed")
    follow.click()
    expect(follow).not_to_have_attribute("aria-pressed", before or "")
    page.reload()
    expect(page.get_by_test_id("follow")).not_to_have_attribute("aria-pressed", before or "")
    page.get_by_test_id("follow").click()
