"""All tabs of one viewer join the room, none replaces another, and a reload leaves no ghost."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import NewContext
from tests.browser.player import frames, record_states, recorded_states, sees_a_moving_picture
from tests.stack.rooms import participants
from tests.stack.support import LIVE_WITHIN_SECONDS, Stack, User, broadcast, wait_until

FRAMES = 30


@pytest.fixture(scope="module")
def room(stack: Stack) -> Iterator[str]:
    """Make bob live, and return his room."""
    with broadcast(stack, "bob") as bob:
        yield bob.get("/api/pages/channels/bob").json["user"]["id"]


class Tab:
    """A tab that watches bob."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.identities: list[str] = []
        """The tab's identity in the room, one for each time that it joined."""
        page.on("response", self._on_response)
        page.goto("/bob")

    def _on_response(self, response: Response) -> None:
        if response.url.endswith("/api/token") and response.ok:
            self.identities.append(response.json()["identity"])


def sessions(stack: Stack, room: str, tabs: list[Tab]) -> dict[str, str]:
    """Return this viewer's participants in the room, as `{identity: session id}`."""
    viewer = tabs[0].identities[0].rpartition(":")[0]
    return {
        identity: participant.sid
        for identity, participant in participants(stack, room).items()
        if identity.rpartition(":")[0] == viewer
    }


def all_of_them_play(tabs: list[Tab]) -> None:
    """Wait until the video plays in all tabs at the same time."""
    before = [frames(tab.page) for tab in tabs]
    wait_until(
        lambda: all(
            frames(tab.page) >= first + FRAMES for tab, first in zip(tabs, before, strict=True)
        ),
        within=LIVE_WITHIN_SECONDS,
        what="the picture to move in every tab",
    )


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("username", ["cleo", None], ids=["signed in", "guest"])
def test_every_tab_keeps_playing_and_a_reload_leaves_no_ghost(
    stack: Stack,
    room: str,
    new_context: NewContext,
    sign_in: Callable[[Page, str], User],
    username: str | None,
    count: int,
) -> None:
    context = new_context()
    first = context.new_page()
    if username:
        sign_in(first, username)
    tabs = [Tab(first)]
    sees_a_moving_picture(first)  # a guest now has the cookie that the other tabs share
    tabs += [Tab(context.new_page()) for _ in range(count - 1)]
    for tab in tabs:
        sees_a_moving_picture(tab.page)
        record_states(tab.page)
    everyone = {tab.identities[-1] for tab in tabs}
    assert len(everyone) == count
    wait_until(
        lambda: sessions(stack, room, tabs).keys() == everyone,
        within=LIVE_WITHIN_SECONDS,
        what=f"{count} tabs to be {count} participants",
    )
    before = sessions(stack, room, tabs)

    all_of_them_play(tabs)

    assert sessions(stack, room, tabs) == before
    assert [recorded_states(tab.page) for tab in tabs] == [["live"]] * count

    reloaded, *others = tabs
    reloaded.page.reload()
    sees_a_moving_picture(reloaded.page)
    all_of_them_play(tabs)

    assert len(reloaded.identities) == 2
    assert reloaded.identities[0] == reloaded.identities[1]
    wait_until(
        lambda: sessions(stack, room, tabs).keys() == everyone,
        within=LIVE_WITHIN_SECONDS,
        what="no ghost in the room",
    )
    after = sessions(stack, room, tabs)
    assert after.keys() == everyone
    for tab in others:
        assert after[tab.identities[-1]] == before[tab.identities[-1]]
        assert recorded_states(tab.page) == ["live"]
