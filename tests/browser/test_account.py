"""What people can do with their data: download it, and delete their account."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import faults_of
from tests.browser.conftest import NewContext
from tests.stack.support import Stack, User, functions_with, new_login, site_config_with


def a_newcomer() -> User:
    """Return someone who has signed up, and has no username yet."""
    name = f"zoe_{secrets.token_hex(4)}"
    return new_login(name, f"{name}@example.com")


def test_the_data_is_downloaded_and_a_wrong_name_deletes_nothing(
    page: Page, sign_in: Callable[[Page, str], User], tmp_path: Path
) -> None:
    cleo = sign_in(page, "cleo")
    page.goto("/u/cleo/account")
    with page.expect_download() as download:
        page.get_by_test_id("export").click()
    download.value.save_as(tmp_path / "data.json")
    exported = json.loads((tmp_path / "data.json").read_text())
    assert exported["profile"]["username"] == cleo.username

    page.get_by_test_id("delete-account").click()
    page.get_by_test_id("delete-username").fill("someone_else")
    page.get_by_test_id("confirm-delete").click()
    expect(page.get_by_role("alert")).to_have_text("That isn\u2019t your username. Type cleo.")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("confirm-delete")).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("user-menu")).to_be_visible()


def test_an_account_is_created_and_deleted(
    stack: Stack,
    page: Page,
    new_context: NewContext,
    sign_in_as: Callable[[Page, User], None],
    screenshot: Callable[[Page, str], None],
) -> None:
    newcomer = a_newcomer()
    sign_in_as(page, newcomer)
    page.get_by_test_id("username-input").fill(newcomer.username)
    page.get_by_test_id("username-submit").click()
    expect(page.get_by_test_id("username-input")).to_be_hidden()
    visitor = new_context().new_page()
    visitor.goto(f"/{newcomer.username}")
    expect(visitor.get_by_role("heading", name=newcomer.username, exact=True)).to_be_visible()

    page.goto(f"/u/{newcomer.username}/account")
    page.get_by_test_id("delete-account").click()
    page.get_by_test_id("delete-username").fill(newcomer.username)
    screenshot(page, "delete")
    page.get_by_test_id("confirm-delete").click()

    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="Page not found")).to_be_visible()
    page.goto(f"/u/{newcomer.username}/account")
    expect(page.get_by_role("heading", name="Sign in to see your dashboard")).to_be_visible()
    channel = stack.api().get(f"/api/pages/channels/{newcomer.username}")
    assert channel.refused_with(404, "not_found")


def test_a_newcomer_to_a_closed_site_reads_why_and_signs_out(
    page: Page,
    new_context: NewContext,
    sign_in_as: Callable[[Page, User], None],
    screenshot: Callable[[Page, str], None],
) -> None:
    newcomer = a_newcomer()
    with functions_with("FOOTLIGHT_SIGN_UP", "closed"), site_config_with(signUp="closed"):
        guest = new_context().new_page()
        guest.goto("/u/bob")
        expect(guest.get_by_text("This site accepts no new accounts.")).to_be_visible()

        sign_in_as(page, newcomer)
        dialog = page.get_by_role("dialog", name="No new accounts")
        expect(dialog).to_be_visible()
        expect(page.get_by_test_id("username-input")).to_have_count(0)
        assert not faults_of(page)
        screenshot(page, "closed")
        dialog.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()
        expect(dialog).to_have_count(0)
    sign_in_as(page, newcomer)
    expect(page.get_by_test_id("username-input")).to_be_visible()
