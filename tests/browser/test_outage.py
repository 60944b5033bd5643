"""Viewers don't notice an API outage, because only LiveKit serves the room and renews tokens."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.player import (
    LIVE_MS,
    frames,
    record_states,
    recorded_states,
    sees_a_moving_picture,
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
from tests.support import effort

pytestmark = pytest.mark.soak

FPS = 15


@pytest.mark.parametrize("outage", [api_gone, api_hangs])
def test_viewers_keep_watching_during_an_api_outage(
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
            with (  # what a page loads after its picture
                page.expect_request_finished(lambda request: "/api/chat/bob" in request.url),
                page.expect_request_finished(lambda request: "/api/pages/home" in request.url),
            ):
                page.goto("/bob")
            sees_a_moving_picture(page)
            record_states(page)
        before = {participant.sid for participant in participants(stack, room).values()}
        assert len(before) == 3

        with outage(stack):
            seen = [frames(page) for page in pages]
            for page in pages:  # returning to a tab makes it fetch updates
                page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

            def kept_watching() -> bool:
                return all(
                    frames(page) >= first + effort.chosen().outage_seconds * FPS
                    for page, first in zip(pages, seen, strict=True)
                )

            wait_until(
                kept_watching,
                within=effort.chosen().outage_seconds * 2 + LIVE_WITHIN_SECONDS,
                what="the picture to continue without an API",
            )
            for page in pages:
                assert recorded_states(page) == ["live"]
                expect(page.get_by_role("alert")).to_have_count(0)
            assert {participant.sid for participant in participants(stack, room).values()} == before

        assert is_live(stack, "bob")
        for page in pages:
            assert recorded_states(page) == ["live"]
            page.reload()
            sees_a_moving_picture(page)


def test_a_viewer_who_arrives_during_an_outage_can_watch_after_it(
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
