"""A page whose script is lost, and the words that need no script."""

import re

import pytest
from playwright.sync_api import Page, expect

ENTRY = re.compile(r"/assets/index-[\w-]+\.js$")
WORDS = "This page hasn\u2019t loaded yet"


@pytest.mark.parametrize("reduced_motion", ["no-preference", "reduce"])
def test_a_page_without_its_script_says_so_and_can_be_retried(
    page: Page, reduced_motion: str
) -> None:
    page.emulate_media(reduced_motion="reduce" if reduced_motion == "reduce" else "no-preference")
    page.route(ENTRY, lambda route: route.abort())
    page.goto("/search?term=ann")
    status = page.get_by_role("status").filter(has_text=WORDS)
    expect(status.get_by_text(WORDS)).to_be_visible()

    page.unroute(ENTRY)
    status.get_by_role("link", name="Retry").click()

    expect(page.get_by_role("searchbox")).to_have_value("ann")
    expect(page).to_have_url(re.compile(r"/search\?term=ann$"))
    expect(page.get_by_text(WORDS)).to_be_hidden()


def test_a_page_that_loads_has_no_such_words(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("main")).to_be_visible()
    assert page.locator(".not-loaded").evaluate("it => getComputedStyle(it).display") == "none"
