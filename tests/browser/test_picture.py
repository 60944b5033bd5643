"""Pages say when the picture stops, keep the last one, and say how far viewers are behind."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.player import LIVE_MS, record_states, recorded_states, sees_a_moving_picture
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    User,
    encoder,
    is_live,
    wait_until,
)

STOPPED = "The picture has stopped"


class State(NamedTuple):
    """When the broadcast began, and the connection of its encoder."""

    broadcast_at: str
    connection_at: str


def state_of(stack: Stack, username: str) -> State:
    """Return the state that a creator reads."""
    creator = stack.api(username)
    return State(
        creator.get("/api/pages/dashboard").json["stream"]["startedAt"],
        creator.get("/api/ingress").json["encoder"]["startedAt"],
    )


@contextmanager
def frozen(stack: Stack, username: str) -> Generator[Callable[[int], None]]:
    """Make a creator live. Yield a function that sends a signal to the encoder."""
    creator = stack.api(username)
    key = creator.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    with encoder(stack, key) as process:
        wait_until(
            lambda: is_live(stack, username),
            within=LIVE_WITHIN_SECONDS,
            what=f"{username} to be live",
        )
        try:
            yield process.send_signal
        finally:
            process.send_signal(signal.SIGCONT)
    creator.post("/api/stream/end")


def test_a_frozen_encoder_is_noticed_until_the_picture_moves(
    stack: Stack,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    screenshot: Callable[[Page, str], None],
) -> None:
    with frozen(stack, "bob") as send_signal:
        guest, creator = new_context().new_page(), new_context().new_page()
        sign_in(creator, "bob")
        creator.goto("/u/bob")
        guest.goto("/bob")
        for page in (guest, creator):
            sees_a_moving_picture(page)
            record_states(page)

        send_signal(signal.SIGSTOP)
        for page in (guest, creator):
            expect(page.locator("[data-state]").get_by_text(STOPPED)).to_be_visible()
        screenshot(guest, "viewer")
        screenshot(creator, "dashboard")
        assert is_live(stack, "bob")

        send_signal(signal.SIGCONT)
        for page in (guest, creator):
            expect(page.locator("[data-state]").get_by_text(STOPPED)).to_have_count(
                0, timeout=LIVE_MS
            )
            sees_a_moving_picture(page)
            assert recorded_states(page) == ["live", f"live {STOPPED}", "live"]

        # LiveKit Ingress stays behind after a stall, until the encoder's next connection.
        card = creator.get_by_role("region", name="Viewers are at least")
        expect(card).to_be_visible()
        screenshot(creator, "behind")
        before = state_of(stack, "bob")
        card.get_by_role("button", name="Catch up").click()
        expect(card).to_have_count(0, timeout=LIVE_MS)
        wait_until(
            lambda: state_of(stack, "bob").connection_at != before.connection_at,
            within=LIVE_WITHIN_SECONDS,
            what="the encoder's next connection",
        )
        for page in (guest, creator):
            sees_a_moving_picture(page)
        assert state_of(stack, "bob").broadcast_at == before.broadcast_at


def test_the_last_picture_stays_when_its_track_ends(
    stack: Stack, page: Page, screenshot: Callable[[Page, str], None]
) -> None:
    player, last = page.locator("[data-state]"), page.locator("[data-state] canvas")
    with frozen(stack, "bob") as send_signal:
        page.goto("/bob")
        sees_a_moving_picture(page)
        expect(last).to_be_hidden()

        send_signal(signal.SIGTERM)
        expect(player).to_have_attribute("data-state", "reconnecting", timeout=LIVE_MS)
        expect(last).to_be_visible()
        screenshot(page, "back-soon")
