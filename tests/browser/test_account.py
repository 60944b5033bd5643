"""What people can do with their data: download it, and delete their account."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.stack.support import User


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
