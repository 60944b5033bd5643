"""The chat in OBS: an overlay for a browser source, and the creator's dock."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewContext
from tests.stack.chats import Member
from tests.stack.support import LIVE_WITHIN_SECONDS, Api, Stack, User, broadcast

SEEN_MS = LIVE_WITHIN_SECONDS * 1000
OVERLAY = "/overlay/bob/chat"


@pytest.fixture(scope="module")
def bob(stack: Stack) -> Iterator[Api]:
    """Make bob live."""
    with broadcast(stack, "bob") as bob:
        yield bob


@pytest.fixture
def dan(stack: Stack, bob: Api) -> Member:
    """Clear bob's chat, and return a viewer who writes there."""
    assert bob.post("/api/chat/bob/clear").status == 204
    return Member(stack, "bob", stack.api("dan"))


def message(page: Page, text: str) -> Locator:
    """Return a message of the overlay."""
    return page.get_by_test_id("overlay-message").filter(has_text=text)


def opened(page: Page, dan: Member, query: str = "") -> Page:
    """Open the overlay, and wait until it is in the room."""
    assert dan.says("Opened").status == 201
    page.goto(OVERLAY + query)
    expect(message(page, "Opened")).to_have_count(1, timeout=SEEN_MS)
    return page


def test_an_overlay_has_the_messages_alone_on_a_transparent_page(
    page: Page, dan: Member, screenshot: Callable[[Page, str], None]
) -> None:
    opened(page, dan)

    for text in ("First <b>words</b>", "Second words", "مرحبا بالجميع"):
        assert dan.says(text).status == 201
        expect(message(page, text)).to_have_text(f"dan: {text}")

    screenshot(page, "overlay")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    expect(page.get_by_role("banner")).to_have_count(0)
    for role in ("button", "textbox"):
        expect(page.get_by_role(role)).to_have_count(0)
    # It skips to the content, and shows only while it has the focus.
    expect(page.get_by_role("link")).to_have_text("Skip to content")
    expect(page.get_by_role("link")).not_to_be_in_viewport()
    expect(page.locator("video")).to_have_count(0)


def test_deleted_purged_and_cleared_messages_disappear(bob: Api, page: Page, dan: Member) -> None:
    opened(page, dan)
    first, second = dan.says("Something rude").json, dan.says("Something kind").json
    expect(message(page, second["text"])).to_have_count(1)

    assert bob.delete(f"/api/chat/bob/{first['id']}").status == 204

    expect(message(page, "Something rude")).to_have_count(0)
    expect(message(page, "Something kind")).to_have_count(1)
    assert bob.post("/api/chat/bob/clear").status == 204
    expect(page.get_by_test_id("overlay-message")).to_have_count(0)


def test_parameters_set_the_size_the_number_and_the_badges(
    bob: Api, page: Page, dan: Member, stack: Stack
) -> None:
    opened(page, dan, "?size=40&messages=2&badges=off&text=dark&shadow=off")
    host = Member(stack, "bob", bob)

    for member, text in ((dan, "One"), (host, "Two"), (dan, "Three")):
        assert member.says(text).status == 201
        expect(message(page, text)).to_have_count(1)

    expect(page.get_by_test_id("overlay-message")).to_have_text(["bob: Two", "dan: Three"])
    expect(message(page, "Two")).to_have_css("font-size", "40px")
    expect(message(page, "Two")).to_have_css("color", "rgb(17, 17, 17)")
    expect(message(page, "Two")).to_have_css("text-shadow", "none")
    expect(page.get_by_title("Host")).to_have_count(0)
    page.goto(OVERLAY)
    expect(page.get_by_title("Host")).to_have_count(1, timeout=SEEN_MS)


def test_a_message_disappears_after_its_time(page: Page, dan: Member) -> None:
    assert dan.says("From before").status == 201
    page.goto(f"{OVERLAY}?seconds=2")
    with page.expect_response(lambda response: "/api/chat/bob" in response.url):
        pass
    expect(page.get_by_test_id("overlay")).to_be_attached(timeout=SEEN_MS)

    assert dan.says("For a moment").status == 201

    expect(message(page, "For a moment")).to_have_count(1)
    expect(page.get_by_test_id("overlay-message")).to_have_count(0)


@pytest.mark.parametrize("query", ["size=huge", "colour=red", "messages=0"])
def test_an_invalid_parameter_is_named(page: Page, bob: Api, query: str) -> None:
    page.goto(f"{OVERLAY}?{query}")

    fault = page.get_by_test_id("overlay").get_by_text("invalid parameter")
    expect(fault).to_contain_text(query.split("=")[0], timeout=SEEN_MS)


def test_an_unknown_channel_is_named_and_an_unknown_page_is_not_found(page: Page) -> None:
    page.goto("/overlay/nobody_here/chat")
    expect(page.get_by_text("There is no channel “nobody_here”.")).to_be_visible()

    page.goto("/under/bob/chat")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_a_creator_adds_the_chat_to_obs_and_ends_the_stream_from_the_dock(
    bob: Api,
    stack: Stack,
    dan: Member,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    page = new_context().new_page()
    sign_in(page, "bob")
    page.goto("/u/bob/keys")
    expect(page.get_by_test_id("overlay-address")).to_have_value(f"{stack.site_url}{OVERLAY}")
    screenshot(page, "keys")
    dock = page.get_by_test_id("dock-address").input_value()

    page.set_viewport_size({"width": 320, "height": 480})
    page.goto(dock)

    bar = page.get_by_test_id("own-bar")
    expect(bar.get_by_test_id("viewer-count")).to_have_text("0 viewers", timeout=SEEN_MS)
    assert dan.says("Hello dock").status == 201
    expect(page.get_by_test_id("chat-message").filter(has_text="Hello dock")).to_have_count(1)
    screenshot(page, "dock")
    expect(page.get_by_test_id("chat-input")).to_be_in_viewport()
    bar.get_by_test_id("end-stream").click()
    expect(page.get_by_role("dialog")).to_contain_text("End your stream?")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    guest = new_context().new_page()
    guest.goto("/bob/chat")
    expect(guest.get_by_test_id("chat-input")).to_be_visible(timeout=SEEN_MS)
    expect(guest.get_by_test_id("own-bar")).to_have_count(0)
