"""A creator's chat pages: rules, moderators, timeouts, blocks, and the moderation log."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewContext
from tests.stack.support import Stack, User

REASON = "Spoiled the ending"


@pytest.fixture(scope="module", autouse=True)
def _bobs_chat(stack: Stack) -> Iterator[None]:
    """Remove all moderators, blocks, and timeouts before and after the tests."""
    _reset(stack)
    yield
    _reset(stack)


def _reset(stack: Stack) -> None:
    bob = stack.api("bob")
    for path in (
        "/api/moderators/cleo",
        "/api/blocks/eve",
        f"/api/chat/bob/timeouts/{user_id(stack, 'dan')}",
    ):
        assert bob.delete(path).status == 204


@pytest.fixture
def creator(new_context: NewContext, sign_in: Callable[[Page, str], User]) -> Page:
    """Open a page as bob."""
    page = new_context().new_page()
    sign_in(page, "bob")
    return page


def user_id(stack: Stack, username: str) -> str:
    """Return a person's user id."""
    return stack.api(username).get("/api/me").json["id"]


def card(page: Page, title: str) -> Locator:
    """Return a card of the page by its title."""
    return page.get_by_role("region", name=title, exact=True)


def test_rules_are_saved_on_every_change(
    stack: Stack, creator: Page, screenshot: Callable[[Page, str], None]
) -> None:
    creator.goto("/u/bob/chat")
    seconds = creator.get_by_label("Seconds")
    expect(creator.get_by_role("switch", name="Slow mode")).not_to_be_checked()
    expect(seconds).to_have_count(0)

    creator.get_by_role("switch", name="Slow mode").check()
    expect(seconds).to_have_value("3")
    seconds.fill("301")
    seconds.press("Enter")
    expect(creator.get_by_role("alert")).to_contain_text("1 to 300")
    seconds.fill("45")
    seconds.press("Enter")
    expect(creator.get_by_text("Saved").last).to_be_visible()
    creator.get_by_role("switch", name="Followers only").check()
    creator.get_by_role("button", name="1 day").click()
    creator.get_by_role("switch", name="No links").check()

    words = card(creator, "Blocked words")
    words.get_by_label("Words to add").fill("Spoiler*, the ending,\nthe ending")
    words.get_by_label("Words to add").press("Enter")
    expect(words.get_by_label("Words to add")).to_have_value("")
    expect(words.get_by_role("listitem")).to_have_count(2)
    words.get_by_role("button", name="Remove the ending").click()
    expect(words.get_by_role("listitem")).to_have_count(1)
    screenshot(creator, "chat")

    def chat() -> dict[str, object]:
        return stack.api("bob").get("/api/pages/dashboard").json["stream"]["chat"]

    creator.reload()
    expect(creator.get_by_label("Seconds")).to_have_value("45")
    expect(creator.get_by_role("button", name="1 day")).to_have_attribute("aria-pressed", "true")
    expect(creator.get_by_role("switch", name="No links")).to_be_checked()
    expect(creator.get_by_role("switch", name="No repeats")).not_to_be_checked()
    expect(words.get_by_role("listitem")).to_have_text(["spoiler*"])
    assert chat()["delaySeconds"] == 45
    assert chat()["followersMinutes"] == 24 * 60


def test_a_failed_change_is_reverted(creator: Page) -> None:
    creator.goto("/u/bob/chat")
    repeats = creator.get_by_role("switch", name="No repeats")
    expect(repeats).not_to_be_checked()
    creator.route("**/api/stream", lambda route: route.abort())

    repeats.click()

    failure = creator.get_by_text("Couldn\u2019t save that. Can\u2019t reach the site")
    expect(failure).to_be_visible()
    expect(repeats).not_to_be_checked()


def test_the_log_lists_actions_and_undoes_them(
    stack: Stack, creator: Page, screenshot: Callable[[Page, str], None]
) -> None:
    creator.goto("/u/bob/community")
    moderators = card(creator, "Moderators")
    log = card(creator, "Moderation log").get_by_role("listitem")
    moderators.get_by_label("Username").fill("nobody_of_that_name")
    moderators.get_by_role("button", name="Make moderator").click()
    expect(moderators.get_by_role("alert")).to_have_text("No user has that username.")
    moderators.get_by_label("Username").fill("Cleo")
    moderators.get_by_role("button", name="Make moderator").click()
    expect(moderators.get_by_role("listitem")).to_contain_text("cleo")
    expect(log.first).to_contain_text("You made cleo a moderator")

    dan = user_id(stack, "dan")
    path = f"/api/chat/bob/timeouts/{dan}"
    done = stack.api("cleo").put(path, {"seconds": 600, "reason": REASON})
    assert done.status == 204
    creator.reload()
    # Guests of other tests may still be timed out.
    end = creator.get_by_role("button", name="End now: timeout of dan")
    timed_out = card(creator, "Timed out").get_by_role("listitem").filter(has=end)
    expect(timed_out).to_contain_text(REASON)
    expect(timed_out).to_contain_text("9 minutes")
    expect(timed_out).to_contain_text("by cleo")
    expect(log.first).to_contain_text("cleo timed out dan for 10 minutes")
    expect(log.first).to_contain_text(REASON)
    screenshot(creator, "community")
    end.click()
    expect(timed_out).to_have_count(0)
    expect(log.first).to_contain_text("You ended the timeout of dan")
    expect(log.nth(1).get_by_role("button", name="Undo")).to_have_count(0)
    running = stack.api("bob").get("/api/chat/bob/timeouts").json["timeouts"]
    assert dan not in [timeout["viewerId"] for timeout in running]

    moderators.get_by_role("button", name="Remove cleo as a moderator").click()
    creator.get_by_test_id("confirm").click()
    expect(moderators.get_by_role("listitem")).to_have_count(0)
    expect(log.first).to_contain_text("You removed cleo as a moderator")

    blocking = card(creator, "Block someone")
    blocking.get_by_label("Username").fill("eve")
    blocking.get_by_role("button", name="Block").click()
    blocked = card(creator, "Blocked people").get_by_role("listitem")
    expect(blocked.filter(has_text="eve")).to_be_visible()
    expect(log.first).to_contain_text("You blocked eve")
    log.first.get_by_role("button", name="Undo").click()
    expect(log.first).to_contain_text("You unblocked eve")
    expect(blocked.filter(has_text="eve")).to_have_count(0)
    assert stack.api("eve").get("/api/pages/channels/bob").status == 200
