"""Who watches does not notice that the API is gone: the room is LiveKit's, and so is the token."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.player import (
    LIVE_MS,
    frames,
    remember_what_is_shown,
    sees_a_moving_picture,
    shown,
)
from tests.stack.rooms import participants
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    User,
    api_gone,
    api_hangs,
    broadcast,
    is_live,
    wait_until,
)

OUTAGE_SECONDS = float(os.environ.get("FOOTLIGHT_OUTAGE_SECONDS") or 5)
"""How much of the broadcast is watched without an API; ten minutes see LiveKit renew the token."""
FPS = 15


@pytest.mark.parametrize("outage", [api_gone, api_hangs])
def test_viewers_watch_on_while_the_api_is_gone(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    outage: Callable[[Stack], AbstractContextManager[None]],
) -> None:
    with broadcast(stack, "bob") as bob:
        room = bob.get("/api/pages/channels/bob").json["user"]["id"]
        guest, viewer = new_context().new_page(), new_context().new_page()
        sign_in(viewer, "cleo")
        pages = [guest, viewer]
        for page in pages:
            page.goto("/bob")
            sees_a_moving_picture(page)
            remember_what_is_shown(page)
        before = {who.sid for who in participants(stack, room).values()}
        assert len(before) == 3

        with outage(stack):
            seen = [frames(page) for page in pages]
            for page in pages:  # who comes back to a tab has it ask for what is new
                page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

            def watched_on() -> bool:
                return all(
                    frames(page) >= first + OUTAGE_SECONDS * FPS
                    for page, first in zip(pages, seen, strict=True)
                )

            wait_until(
                watched_on,
                within=OUTAGE_SECONDS * 2 + LIVE_WITHIN_SECONDS,
                what="the picture to go on without an API",
            )
            for page in pages:
                assert shown(page) == ["live"]
                expect(page.get_by_role("alert")).to_have_count(0)
            assert {who.sid for who in participants(stack, room).values()} == before

        assert is_live(stack, "bob")
        for page in pages:
            assert shown(page) == ["live"]
            page.reload()
            sees_a_moving_picture(page)


def test_who_comes_while_the_api_is_gone_is_let_in_when_it_is_back(
    stack: Stack, new_context: NewContext
) -> None:
    with broadcast(stack, "bob"):
        page = new_context().new_page()
        with api_gone(stack):
            page.goto("/bob")
            expect(page.get_by_role("button", name="Retry").first).to_be_visible()
        page.get_by_role("button", name="Retry").first.click()
        expect(page.locator("[data-state=live]")).to_be_visible(timeout=LIVE_MS)
        sees_a_moving_picture(page)
