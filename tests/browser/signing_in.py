"""The sign-in form of the identity provider."""

from playwright.sync_api import Page

from tests.stack.support import User


def fill_sign_in(page: Page, user: User) -> None:
    """Send a person's email address and password from the provider's page, which must be open."""
    page.locator('input[name="username"]').fill(user.email)
    page.locator('input[name="password"]').fill(user.password)
    page.get_by_role("button", name="Sign in").click()
