"""The chat in real browsers: everyone sees each message, and rules apply immediately."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewContext
from tests.stack.rooms import admitted
from tests.stack.support import LIVE_WITHIN_SECONDS, Api, Stack, User, broadcast

SignIn = Callable[[Page, str], User]
Chat = Callable[..., Page]

SEEN_MS = LIVE_WITHIN_SECONDS * 1000


@pytest.fixture(scope="module")
def bob(stack: Stack) -> Iterator[Api]:
    """Make bob live."""
    with broadcast(stack, "bob") as bob:
        yield bob


@pytest.fixture(autouse=True)
def open_chat(bob: Api) -> None:
    """Clear the chat."""
    assert bob.post("/api/chat/bob/clear").status == 204


@pytest.fixture(scope="module")
def cookies() -> dict[str, Any]:
    """The cookies of signed-in people, so that each signs in only once."""
    return {}


@pytest.fixture
def chat(new_context: NewContext, sign_in: SignIn, cookies: dict[str, Any]) -> Chat:
    """Return a function that opens bob's channel with its chat, signed in or as a guest."""

    def make(username: str | None = None, address: str = "/bob") -> Page:
        page = new_context().new_page()
        if username in cookies:
            page.context.add_cookies(cookies[username])
        elif username:
            sign_in(page, username)
            cookies[username] = page.context.cookies()
        page.goto(address)
        expect(page.get_by_test_id("chat-input")).to_be_visible(timeout=SEEN_MS)
        loading = page.get_by_test_id("chat").get_by_text("Loading chat")
        expect(loading).to_have_count(0, timeout=SEEN_MS)
        return page

    return make


def write(page: Page, text: str) -> None:
    """Type a message and send it."""
    page.get_by_test_id("chat-input").fill(text)
    page.get_by_test_id("chat-input").press("Enter")


def message(page: Page, text: str) -> Locator:
    """Return the row of a message that the server has accepted."""
    return page.get_by_test_id("chat-message").filter(has_text=text)


def sees(page: Page, text: str) -> None:
    """Check that the page shows the message once."""
    expect(message(page, text)).to_have_count(1)
    expect(page.get_by_test_id("unsent").filter(has_text=text)).to_have_count(0)


def choose(page: Page, text: str, action: str) -> None:
    """Choose an action from the menu of a message."""
    message(page, text).hover()
    message(page, text).get_by_test_id("message-menu").click()
    page.get_by_role("menuitem", name=action).click()


def says(caller: Api, text: str) -> None:
    """Post a message without a browser. Like the site, retry if the rate limit is exceeded."""
    token = admitted(caller, "bob")["token"]
    body = {"text": text, "id": str(uuid.uuid4())}
    while True:
        sent = caller.post("/api/chat/bob", body, Authorization=f"Bearer {token}")
        if sent.status != 429:
            break
        time.sleep(sent.json["error"]["retryAfterMs"] / 1000)
    assert sent.status == 201, sent


def test_two_browsers_chat_and_a_reload_keeps_the_messages(
    chat: Chat, screenshot: Callable[[Page, str], None]
) -> None:
    dan, guest = chat("dan"), chat()
    write(dan, "Good evening, see https://example.com/tea")
    for page in (dan, guest):
        sees(page, "Good evening")
    link = message(guest, "Good evening").get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.com/tea")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow ugc")
    write(guest, "Hello @DAN <img src=x onerror=alert(1)>")
    for page in (dan, guest):
        sees(page, "<img src=x onerror=alert(1)>")
    expect(message(dan, "Hello @DAN")).to_have_attribute("data-called", "")
    expect(message(guest, "Hello @DAN")).not_to_have_attribute("data-called", "")
    speaker = guest.get_by_test_id("chat-speaker")
    expect(speaker).to_contain_text("dan: Good evening", timeout=SEEN_MS)
    guest.get_by_test_id("chat-more").click()
    guest.get_by_role("menuitem", name="Stop reading messages").click()
    expect(speaker).to_have_count(0)
    guest.reload()
    sees(guest, "Good evening")
    sees(guest, "Hello @DAN")
    expect(speaker).to_have_count(0)
    screenshot(guest, "history")


def test_the_community_lists_viewers_and_a_window_shows_only_the_chat(chat: Chat) -> None:
    dan, guest = chat("dan"), chat()
    dan.get_by_test_id("view-community").click()
    expect(dan.get_by_test_id("person").filter(has_text="dan")).to_have_count(1)
    # LiveKit reports the number of guests every few seconds, and the page updates as often.
    expect(dan.get_by_test_id("hidden-guests")).to_contain_text("guest", timeout=SEEN_MS)
    window = guest.context.new_page()
    window.goto("/bob/chat")
    expect(window.get_by_role("banner")).to_have_count(0)
    expect(window.locator("video")).to_have_count(0)
    write(window, "From a window")
    sees(window, "From a window")
    sees(guest, "From a window")


def test_messages_that_the_host_deletes_disappear_for_everyone(chat: Chat) -> None:
    host, guest = chat("bob", "/u/bob"), chat()
    write(guest, "Something rude")
    sees(host, "Something rude")
    write(guest, "Something kind")
    sees(host, "Something kind")
    choose(host, "Something rude", "Delete message")
    for page in (host, guest):
        expect(message(page, "Something rude")).to_have_count(0)
        sees(page, "Something kind")
    guest.reload()
    sees(guest, "Something kind")
    expect(message(guest, "Something rude")).to_have_count(0)
    host.get_by_test_id("chat-more").click()
    host.get_by_role("menuitem", name="Clear chat").click()
    host.get_by_test_id("confirm-clear").click()
    for page in (host, guest):
        expect(message(page, "Something kind")).to_have_count(0)
        expect(page.get_by_text("Welcome to the chat!")).to_be_visible()


def test_a_rule_applies_to_open_pages_at_once(bob: Api, chat: Chat) -> None:
    eve, guest = chat("eve"), chat()
    rules = {"chat": {"isSignedInOnly": True, "areLinksBlocked": True}}
    assert bob.patch("/api/stream", {"isChatDelayed": True} | rules).status == 200
    for page in (eve, guest):
        expect(page.get_by_test_id("chat-rules")).to_contain_text("Slow mode · 3 s")
        expect(page.get_by_test_id("chat-rules")).to_contain_text("No links")
    closed = guest.get_by_test_id("chat-closed")
    expect(closed).to_have_attribute("data-why", "signedIn")
    expect(closed.get_by_role("link", name="Sign in")).to_be_visible()
    expect(eve.get_by_test_id("chat-input")).to_be_visible()
    write(eve, "https://example.com")
    failed = eve.get_by_test_id("unsent")
    expect(failed.get_by_role("alert")).to_be_visible()
    failed.get_by_role("button", name="Edit").click()
    expect(eve.get_by_test_id("chat-input")).to_have_value("https://example.com")
    assert bob.patch("/api/stream", {"isChatEnabled": False}).status == 200
    for page in (eve, guest):
        expect(page.get_by_text("Chat is off")).to_be_visible()


def test_a_timed_out_guest_sees_the_remaining_time_and_can_write_after_undo(
    chat: Chat, screenshot: Callable[[Page, str], None]
) -> None:
    host, guest = chat("bob"), chat()
    write(guest, "Buy my tea")
    sees(host, "Buy my tea")
    choose(host, "Buy my tea", "Time out")
    host.get_by_role("button", name="Close").click()
    expect(message(host, "Buy my tea").get_by_test_id("message-menu")).to_be_focused()
    choose(host, "Buy my tea", "Time out")
    host.get_by_label("Reason (optional)").fill("Advertising")
    host.get_by_role("button", name="10 minutes").click()
    closed = guest.get_by_test_id("chat-closed")
    expect(closed).to_have_attribute("data-why", "timedOut")
    expect(closed).to_contain_text(re.compile(r"(9:\d\d|10) min"))
    expect(message(host, "Buy my tea")).to_have_count(0)
    screenshot(guest, "timed-out")
    guest.reload()
    expect(guest.get_by_test_id("chat-closed")).to_have_attribute("data-why", "timedOut")
    host.get_by_role("button", name="Undo").click()
    expect(guest.get_by_test_id("chat-input")).to_be_visible()
    write(guest, "Sorry")
    sees(host, "Sorry")


def test_a_blocked_guest_is_removed(chat: Chat, new_context: NewContext) -> None:
    host, guest = chat("bob"), chat()
    write(guest, "Spam, spam, spam")
    sees(host, "Spam, spam, spam")
    choose(host, "Spam, spam, spam", "Block")
    host.get_by_test_id("confirm-block").click()
    expect(message(host, "Spam, spam, spam")).to_have_count(0)
    expect(guest.get_by_role("heading", name="Page not found")).to_be_visible()
    host.get_by_role("button", name="Undo").click()
    expect(host.get_by_text("Unblocked")).to_be_visible()


def test_a_new_moderator_can_moderate_on_an_open_page(stack: Stack, bob: Api, chat: Chat) -> None:
    bob.delete("/api/moderators/cleo")
    cleo, guest = chat("cleo"), chat()
    write(guest, "First!")
    sees(cleo, "First!")
    message(cleo, "First!").hover()
    message(cleo, "First!").get_by_test_id("message-menu").click()
    expect(cleo.get_by_role("menuitem", name="Copy message")).to_be_visible()
    expect(cleo.get_by_role("menuitem", name="Delete message")).to_have_count(0)
    cleo.keyboard.press("Escape")
    assert bob.put("/api/moderators/cleo").status == 204
    try:
        write(cleo, "I keep order now")
        expect(message(guest, "I keep order now").get_by_title("Moderator")).to_be_visible()
        says(bob, "Thank you")
        sees(cleo, "Thank you")
        message(cleo, "Thank you").hover()
        message(cleo, "Thank you").get_by_test_id("message-menu").click()
        expect(cleo.get_by_role("menuitem", name="Copy message")).to_be_visible()
        expect(cleo.get_by_role("menuitem", name="Time out")).to_have_count(0)
        cleo.keyboard.press("Escape")
        choose(cleo, "First!", "Delete message")
        expect(message(guest, "First!")).to_have_count(0)
    finally:
        bob.delete("/api/moderators/cleo")


def test_slow_mode_keeps_the_text_and_sends_it_once_after_a_reload(bob: Api, chat: Chat) -> None:
    change = {"isChatDelayed": True, "chat": {"delaySeconds": 6}}
    assert bob.patch("/api/stream", change).status == 200
    dan, guest = chat("dan"), chat()
    write(dan, "The first")
    sees(guest, "The first")
    write(dan, "The second")
    early = dan.get_by_test_id("early")
    expect(early).to_contain_text("The second")
    expect(early).to_contain_text(re.compile(r"Sends in \d s"))
    dan.get_by_test_id("chat-input").fill("A third, half wri")
    dan.reload()
    expect(dan.get_by_test_id("chat-input")).to_have_value("A third, half wri", timeout=SEEN_MS)
    for page in (dan, guest):
        expect(message(page, "The second")).to_have_count(1, timeout=SEEN_MS)
    expect(early).to_have_count(0)
    dan.reload()
    for page in (dan, guest):
        sees(page, "The second")


def test_an_expired_token_and_a_lost_response_lose_no_message(chat: Chat) -> None:
    dan, guest = chat("dan"), chat()
    sent: list[str] = []

    def expired(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["id"])
        error = {"code": "token_expired", "message": "Expired", "requestId": "r"}
        route.fulfill(status=401, json={"error": error})

    def lost(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["id"])
        route.fetch()
        error = {"code": "unavailable", "message": "Busy", "requestId": "r"}
        route.fulfill(status=503, json={"error": error})

    dan.route("**/api/chat/bob", expired, times=1)
    write(dan, "Still here")
    for page in (dan, guest):
        sees(page, "Still here")
    guest.route("**/api/chat/bob", lost, times=1)
    write(guest, "Twice sent")
    for page in (dan, guest):
        sees(page, "Twice sent")
    assert len(sent) == 2
    guest.context.set_offline(True)
    write(guest, "Without a network")
    guest.get_by_test_id("unsent").get_by_role("button", name="Retry").wait_for()
    guest.context.set_offline(False)
    guest.get_by_test_id("unsent").get_by_role("button", name="Retry").click()
    for page in (dan, guest):
        sees(page, "Without a network")


def test_a_reader_who_scrolled_up_keeps_their_place(stack: Stack, bob: Api, chat: Chat) -> None:
    for number in range(25):
        says(bob, f"Line {number}, long enough that it takes up two lines of the narrow panel")
    guest = chat()
    sees(guest, "Line 24,")
    newest = message(guest, "Line 24,")
    expect(newest).to_be_in_viewport()
    guest.get_by_test_id("chat-messages").hover()
    for _ in range(5):  # a short, slow scroll
        guest.mouse.wheel(0, -6)
    expect(guest.get_by_test_id("new-messages")).to_be_visible()
    says(bob, "One more")
    expect(guest.get_by_test_id("new-messages")).to_contain_text("1 new message")
    guest.get_by_test_id("new-messages").click()
    expect(message(guest, "One more")).to_be_in_viewport()
    expect(guest.get_by_test_id("new-messages")).to_have_count(0)
    says(bob, "And another")
    expect(message(guest, "And another")).to_be_in_viewport()
    guest.mouse.wheel(0, -400)
    expect(guest.get_by_test_id("new-messages")).to_be_visible()
    write(guest, "My own")
    expect(message(guest, "My own")).to_be_in_viewport()
    expect(guest.get_by_test_id("new-messages")).to_have_count(0)


def test_the_focus_stays_on_its_message_while_the_list_moves(
    stack: Stack, bob: Api, chat: Chat
) -> None:
    for number in range(25):
        says(bob, f"Line {number}, long enough that it takes up two lines of the narrow panel")
    guest = chat()
    sees(guest, "Line 24,")
    guest.get_by_test_id("chat-messages").focus()
    guest.keyboard.press("Tab")
    newest = message(guest, "Line 24,").get_by_test_id("message-menu")
    expect(newest).to_be_focused()
    guest.keyboard.press("Home")
    focused = guest.locator("[data-testid=chat-message]:focus-within")
    expect(focused).to_be_in_viewport()
    expect(focused).not_to_contain_text("Line 24,")
    guest.keyboard.press("End")
    expect(newest).to_be_focused()
    for number in range(25, 50):
        says(
            stack.api("eve"),
            f"Line {number}, long enough that it takes up two lines of the narrow panel",
        )
    sees(guest, "Line 49,")
    expect(message(guest, "Line 24,")).not_to_be_in_viewport()
    expect(newest).to_be_focused()
    guest.keyboard.press("ArrowDown")
    expect(message(guest, "Line 25,").get_by_test_id("message-menu")).to_be_focused()


def test_the_whole_chat_works_with_the_keyboard(chat: Chat) -> None:
    dan = chat("dan")
    dan.locator("body").press("/")
    expect(dan.get_by_test_id("chat-input")).to_be_focused()
    dan.keyboard.type("a/b")
    expect(dan.get_by_test_id("chat-input")).to_have_value("a/b")
    dan.keyboard.press("Enter")
    sees(dan, "a/b")
    dan.get_by_test_id("chat-messages").focus()
    dan.keyboard.press("Tab")
    expect(message(dan, "a/b").get_by_test_id("message-menu")).to_be_focused()
    dan.keyboard.press("Enter")
    expect(dan.get_by_role("menuitem").first).to_be_focused()
    dan.keyboard.press("Escape")
    expect(message(dan, "a/b").get_by_test_id("message-menu")).to_be_focused()
    dan.get_by_role("button", name="Emoji").click()
    expect(dan.get_by_role("searchbox", name="Search emoji")).to_be_focused()
    dan.keyboard.type("tea")
    expect(dan.get_by_role("button", name="teacup without handle")).to_be_visible()
    dan.keyboard.press("Enter")
    expect(dan.get_by_test_id("chat-input")).to_have_value(re.compile("."))
    expect(dan.get_by_test_id("chat-input")).to_be_focused()
    dan.keyboard.type(" with milk")
    expect(dan.get_by_test_id("chat-input")).to_have_value(re.compile("^.+ with milk$"))
