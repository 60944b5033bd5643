"""A channel for adults: viewers confirm their age once, before picture and chat."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import faults_of
from tests.browser.conftest import NewContext
from tests.browser.player import LIVE_MS, sees_a_moving_picture
from tests.stack.support import Stack, User, broadcast, wait_until

HOST = "bob"
HEADING = "This channel is meant for people of 18 or older"


@pytest.fixture(autouse=True)
def _for_everyone(stack: Stack) -> Iterator[None]:
    """Open the channel to everyone after a test, even after one that failed."""
    yield
    assert stack.api(HOST).patch("/api/stream", {"isForAdults": False}).status == 200


class Joins:
    """What a browser's pages do to watch and to chat: the tokens and rooms that they request."""

    def __init__(self, context: BrowserContext) -> None:
        self.seen: list[str] = []
        context.on("request", lambda request: self._keep(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._keep(socket.url)))

    def _keep(self, url: str) -> None:
        if "/api/token" in url or "/api/chat/" in url or url.startswith("ws"):
            self.seen.append(url)


def takes_the_place_of_the_chat(page: Page) -> None:
    """Expect the notice's stage and the channel's title to fill the first screen of a phone."""
    stage = page.locator("[data-state]").filter(has=page.get_by_test_id("age-notice"))
    stage_box = stage.bounding_box()
    title_box = page.get_by_test_id("title").bounding_box()
    assert stage_box
    assert title_box
    assert stage_box["height"] > page.evaluate("innerHeight / 2")
    assert stage_box["y"] + stage_box["height"] <= title_box["y"] < page.evaluate("innerHeight")


def test_viewers_confirm_their_age_once_before_picture_and_chat(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    context = new_context()
    joins = Joins(context)
    guest, creator = context.new_page(), new_context().new_page()
    sign_in(creator, HOST)
    creator.goto(f"/u/{HOST}/community")
    for_adults = creator.get_by_role("switch", name="For adults only")
    expect(for_adults).not_to_be_checked()
    for_adults.check()
    expect(creator.get_by_text("Saved")).to_be_visible()
    screenshot(creator, "setting")

    with broadcast(stack, HOST):
        guest.goto("/")
        card = guest.get_by_test_id("channel-card").filter(has_text=HOST)
        expect(card).to_contain_text("18+")
        screenshot(guest, "list")
        card.click()
        heading = guest.get_by_role("heading", name=HEADING)
        expect(heading).to_be_focused()
        expect(guest.get_by_test_id("viewer-count")).to_be_visible()
        assert not faults_of(guest, "main")
        screenshot(guest, "notice")
        guest.set_viewport_size({"width": 360, "height": 640})
        takes_the_place_of_the_chat(guest)
        screenshot(guest, "narrow")
        guest.set_viewport_size({"width": 1280, "height": 800})
        guest.get_by_role("button", name="Go back").click()
        expect(card).to_be_visible()
        card.click()
        expect(heading).to_be_focused()

        window = context.new_page()
        window.goto(f"/{HOST}/chat")
        expect(window.get_by_role("heading", name=HEADING)).to_be_focused()
        expect(window.get_by_test_id("chat")).to_have_count(0)
        expect(guest.get_by_test_id("chat")).to_have_count(0)
        assert not faults_of(window, "main")
        screenshot(window, "chat")
        assert joins.seen == []

        guest.keyboard.press("Tab")
        expect(guest.get_by_role("button", name="I am 18 or older")).to_be_focused()
        guest.keyboard.press("Enter")
        sees_a_moving_picture(guest)
        expect(guest.get_by_test_id("chat")).to_be_visible()
        guest.reload()
        sees_a_moving_picture(guest)
        expect(heading).to_have_count(0)
        window.reload()
        expect(window.get_by_test_id("chat")).to_be_visible()
        wait_until(lambda: len(joins.seen) > 2, within=10, what="tokens of the pages")

        # Another browser is asked, and the host is not.
        viewer = new_context().new_page()
        viewer.goto(f"/{HOST}")
        expect(viewer.get_by_role("heading", name=HEADING)).to_be_visible()
        creator.goto(f"/u/{HOST}")
        sees_a_moving_picture(creator)
        expect(creator.get_by_role("heading", name=HEADING)).to_have_count(0)


def test_viewers_are_asked_while_they_watch_if_the_channel_changes(
    stack: Stack, page: Page
) -> None:
    with broadcast(stack, HOST) as host:
        page.goto(f"/{HOST}")
        sees_a_moving_picture(page)
        expect(page.get_by_test_id("chat")).to_be_visible()
        assert host.patch("/api/stream", {"isForAdults": True}).status == 200
        heading = page.get_by_role("heading", name=HEADING)
        expect(heading).to_be_visible(timeout=LIVE_MS)
        expect(page.get_by_test_id("chat")).to_have_count(0)
        assert host.patch("/api/stream", {"isForAdults": False}).status == 200
        sees_a_moving_picture(page)
        expect(heading).to_have_count(0)
