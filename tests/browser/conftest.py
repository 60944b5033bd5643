"""Fixtures for a real Chromium and the running stack."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from local import settings
from local.tools import chromium
from tests.browser.signing_in import fill_sign_in
from tests.stack.support import CHAT_AS_NEW, Stack, User
from tests.stack.support import stack as stack

NewContext = Callable[[], BrowserContext]
PAGE_WAITS_MS = 15_000
expect.set_options(timeout=PAGE_WAITS_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one Chromium for all tests, which plays sound without a click."""
    program = chromium()
    if not program:
        pytest.fail(
            "Chromium is missing. Install it with: python3 -m local.tools browser", pytrace=False
        )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",  # needed as root and in containers
                "--autoplay-policy=no-user-gesture-required",
                "--mute-audio",
                "--disable-dev-shm-usage",
                # Media comes from 127.0.0.1, so host candidates must not be mDNS names.
                "--disable-features=WebRtcHideLocalIpsWithMdns",
            ],
        )
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser, stack: Stack) -> Iterator[NewContext]:
    """Return a function that creates a browser context with its own cookies."""
    contexts: list[BrowserContext] = []

    def make() -> BrowserContext:
        context = browser.new_context(
            base_url=stack.site_url, viewport={"width": 1280, "height": 800}
        )
        context.set_default_timeout(PAGE_WAITS_MS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def _chat_as_new(stack: Stack) -> None:
    """Undo what an earlier test changed in bob's chat settings. Tests run in a random order."""
    assert stack.api("bob").patch("/api/stream", CHAT_AS_NEW).status == 200


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """Open a page as a guest."""
    return new_context().new_page()


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Return a function that saves a screenshot to .local/screenshots/, named after the test."""
    test = re.sub(r"\W+", "-", request.node.name).strip("-")
    settings.SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, what: str) -> None:
        page.screenshot(path=settings.SCREENSHOTS / f"{test}.{what}.png", full_page=True)

    return keep


@pytest.fixture
def sign_in_as(stack: Stack) -> Callable[[Page, User], None]:
    """Return a function that signs a person in on the provider's hosted page."""

    def sign_in_as(page: Page, user: User) -> None:
        page.goto("/api/session/login?return=/")
        fill_sign_in(page, user)
        page.wait_for_url(f"{stack.site_url}/**")

    return sign_in_as


@pytest.fixture
def sign_in(stack: Stack, sign_in_as: Callable[[Page, User], None]) -> Callable[[Page, str], User]:
    """Return a function that signs a demo person in."""

    def sign_in(page: Page, username: str) -> User:
        user = stack.user(username)
        sign_in_as(page, user)
        expect(page.get_by_test_id("user-menu")).to_be_visible()
        return user

    return sign_in
