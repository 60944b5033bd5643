"""Signing out ends the session in every tab, and leads through the provider's sign-out page."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.stack.support import Stack, User


def test_signing_out_passes_the_provider_and_signs_out_every_tab(
    stack: Stack, new_context: NewContext, sign_in: Callable[[Page, str], User]
) -> None:
    context = new_context()
    page, other = context.new_page(), context.new_page()
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    sign_in(page, "cleo")
    other.goto("/")
    expect(other.get_by_test_id("user-menu")).to_be_visible()
    (session,) = [
        cookie for cookie in context.cookies() if cookie.get("name") == "footlight_session"
    ]
    assert session.get("httpOnly")
    assert session.get("sameSite") == "Strict"

    page.goto("/u/cleo/account")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()

    page.wait_for_url(f"{stack.site_url}/")
    assert [url for url in visited if "/logout?" in url and "logout_uri=" in url]
    for tab in (page, other):
        expect(tab.get_by_role("link", name="Sign in")).to_be_visible()
    assert "footlight_session" not in {cookie.get("name") for cookie in context.cookies()}
