"""A real Chromium before the running stack."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from local import settings
from local.tools import chromium
from tests.stack.support import Stack, User
from tests.stack.support import stack as stack

NewContext = Callable[[], BrowserContext]
PAGE_WAITS_MS = 15_000
expect.set_options(timeout=PAGE_WAITS_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: sound plays without a click, no camera or microphone is asked."""
    program = chromium()
    if not program:
        pytest.fail("There is no Chromium: python3 -m local.tools browser", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",  # as root, and in containers
                "--autoplay-policy=no-user-gesture-required",
                "--mute-audio",
                "--disable-dev-shm-usage",
                # Media comes from 127.0.0.1: host candidates must not hide behind mDNS names.
                "--disable-features=WebRtcHideLocalIpsWithMdns",
            ],
        )
        yield running
        running.close()


@pytest.fixture
def new_context(browser: Browser, stack: Stack) -> Iterator[NewContext]:
    """Makes a browser of its own for each person: its own cookies, its own guest."""
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


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A guest's page."""
    return new_context().new_page()


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a page under .local/screenshots/, named after the test."""
    test = re.sub(r"\W+", "-", request.node.name).strip("-")
    settings.SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, what: str) -> None:
        page.screenshot(path=settings.SCREENSHOTS / f"{test}.{what}.png", full_page=True)

    return keep


@pytest.fixture
def sign_in(stack: Stack) -> Callable[[Page, str], User]:
    """Signs a demo person in on the provider's hosted page, as a person does."""

    def sign_in(page: Page, username: str) -> User:
        user = stack.user(username)
        page.goto("/api/session/login?return=/")
        page.locator('input[name="username"]').fill(user.email)
        page.locator('input[name="password"]').fill(user.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{stack.site_url}/**")
        expect(page.get_by_test_id("user-menu")).to_be_visible()
        return user

    return sign_in
