"""An open page in a real Chromium follows a broadcast from its start to its end."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from livekit import api
from livekit.protocol.room import (
    ListParticipantsRequest,
    RoomParticipantIdentity,
    UpdateRoomMetadataRequest,
)
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import NewContext
from tests.browser.player import requests_all_data
from tests.stack.support import LIVE_WITHIN_SECONDS, Stack, User, broadcast, wait_until

LIVE_MS = LIVE_WITHIN_SECONDS * 1000
ASKS_WITHIN_SECONDS = 40.0
RESTS_MS = 60_000
RECONCILES_MS = 75_000

SignIn = Callable[[Page, str], User]


class Traffic:
    """The API requests and WebSocket connections of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._requests: list[str] = []
        self.sockets: list[WebSocket] = []
        page.on("request", lambda request: self._requests.append(f"{request.method} {request.url}"))
        page.on("websocket", lambda socket: self.sockets.append(socket))

    def open_sockets(self) -> int:
        """Return the number of open connections."""
        self._update()
        return sum(not socket.is_closed() for socket in self.sockets)

    def _update(self) -> None:
        self._page.evaluate("0")  # Playwright delivers events only during calls

    def count(self, part: str) -> int:
        """Return how many requests contained this text in `METHOD url`."""
        self._update()
        return sum(part in request for request in self._requests)

    def wait_for(self, part: str, times: int) -> None:
        """Wait for some more requests that contain this text in `METHOD url`."""
        before = self.count(part)
        wait_until(
            lambda: self.count(part) >= before + times,
            within=ASKS_WITHIN_SECONDS * times,
            what=f"{times} requests with {part}",
        )


def shows(page: Page, state: str) -> None:
    expect(page.locator("[data-state]")).to_have_attribute("data-state", state, timeout=LIVE_MS)


def at_livekit(stack: Stack, call: Callable[[api.LiveKitAPI], Awaitable[Any]]) -> Any:
    """Call LiveKit's server API with the deployment's key."""

    async def ask() -> Any:
        async with api.LiveKitAPI(
            stack.livekit_url.replace("ws", "http", 1),
            stack.livekit_api_key,
            stack.livekit_api_secret,
        ) as client:
            return await call(client)

    # In another thread, because Playwright runs an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, ask()).result()


def update_room(stack: Stack, host: str, **changes: Any) -> None:
    """Change a room's metadata, as the server does if the stream changes."""
    channel = stack.api().get(f"/api/pages/channels/{host}").json
    metadata = channel["stream"] | {"updatedAt": datetime.now(UTC).isoformat()} | changes
    change = UpdateRoomMetadataRequest(room=channel["user"]["id"], metadata=json.dumps(metadata))
    at_livekit(stack, lambda client: client.room.update_room_metadata(change))


def remove_viewers(stack: Stack, host: str) -> None:
    """Remove all viewers from a room. To them, it looks like a server failure."""
    room = stack.api().get(f"/api/pages/channels/{host}").json["user"]["id"]

    async def remove(client: api.LiveKitAPI) -> None:
        listing = await client.room.list_participants(ListParticipantsRequest(room=room))
        for participant in listing.participants:
            if participant.identity != room:
                viewer = RoomParticipantIdentity(room=room, identity=participant.identity)
                await client.room.remove_participant(viewer)

    at_livekit(stack, remove)


@pytest.mark.parametrize(
    ("address", "page_route"),
    [("/bob", "GET {site}/api/pages/channels/bob"), ("/u/bob", "GET {site}/api/pages/dashboard")],
)
def test_an_offline_page_waits_without_a_connection_and_goes_live(
    stack: Stack, new_context: NewContext, sign_in: SignIn, address: str, page_route: str
) -> None:
    stack.api("bob").post("/api/ingress", {"inputType": "rtmp"})  # this ends any earlier broadcast
    page = new_context().new_page()
    if address.startswith("/u/"):
        sign_in(page, "bob")
    traffic = Traffic(page)
    page.goto(address)
    shows(page, "offline")
    page_requests = traffic.count(page_route.format(site=stack.site_url))
    traffic.wait_for(f"GET {stack.site_url}/api/pages/live/bob", 2)
    # The page itself has not changed.
    assert traffic.count(page_route.format(site=stack.site_url)) == page_requests
    assert traffic.count("/liveRoom-") == 0  # no video client without video
    assert traffic.count("POST " + stack.site_url + "/api/token") == 0
    assert traffic.sockets == []

    with broadcast(stack, "bob"):
        shows(page, "live")
        assert traffic.count("/liveRoom-") == 1
        assert traffic.open_sockets() == 1

    shows(page, "offline")
    wait_until(
        lambda: not traffic.open_sockets(), within=LIVE_WITHIN_SECONDS, what="the room to be left"
    )


def test_video_does_not_wait_for_the_page(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        requests_all_data(page)
        page.route("**/api/pages/channels/bob", lambda _: None)  # it is never answered
        page.goto("/bob")
        shows(page, "live")


def test_room_updates_are_shown_at_once_without_requests(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")
        asked = traffic.count("/api/pages/channels/bob")

        update_room(stack, "bob", title="The second act")

        expect(page.get_by_text("The second act")).to_be_visible()
        expect(page).to_have_title("The second act · bob · Footlight")
        assert traffic.count("/api/pages/channels/bob") == asked


def test_a_viewer_is_not_disconnected_by_stale_updates(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")

        stale = stack.api().get("/api/pages/channels/bob").json
        stale["stream"] |= {"state": "offline", "isLive": False, "startedAt": None}
        page.route("**/api/pages/channels/bob", lambda route: route.fulfill(json=stale))
        with page.expect_response("**/api/pages/channels/bob", timeout=LIVE_MS):
            update_room(stack, "bob", state="offline")
        asked = traffic.count("/api/pages/channels/bob")

        def asked_twice() -> bool:
            page.evaluate("dispatchEvent(new Event('online'))")  # ignored during a request
            return traffic.count("/api/pages/channels/bob") >= asked + 2

        # The second request starts only after the page has processed the first response.
        wait_until(asked_twice, within=ASKS_WITHIN_SECONDS, what="two responses to be processed")

        shows(page, "live")
        assert traffic.open_sockets() == 1


def test_a_room_lost_during_an_api_outage_is_rejoined_after_it(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")
        page.route("**/api/**", lambda route: route.abort())
        remove_viewers(stack, "bob")
        shows(page, "reconnecting")
        traffic.wait_for("/api/token", 2)
        page.unroute("**/api/**")
        shows(page, "live")


def test_a_guest_is_asked_to_sign_in_while_a_channel_is_for_signed_in_viewers(
    stack: Stack, page: Page, new_context: NewContext, sign_in: SignIn
) -> None:
    member = new_context().new_page()
    sign_in(member, "cleo")
    with broadcast(stack, "bob") as bob:
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")
        admitted = traffic.count("/api/token")
        assert bob.patch("/api/stream", {"signedInOnly": "always"}).status == 200
        try:
            player = page.locator("[data-state]")
            expect(player.get_by_role("link", name="Sign in")).to_be_visible(timeout=LIVE_MS)
            wait_until(
                lambda: not traffic.open_sockets(),
                within=LIVE_WITHIN_SECONDS,
                what="the guest to leave the room",
            )
            expect(page.get_by_test_id("chat")).to_have_count(0)
            window = page.context.new_page()
            window.goto("/bob/chat")
            expect(window.get_by_text("Sign in to watch")).to_be_visible()
            window.close()
            member.goto("/bob")
            shows(member, "live")
            asked = traffic.count("/api/token")
            traffic.wait_for("/api/pages/live/bob", 2)
            assert traffic.count("/api/token") == asked <= admitted + 1
        finally:
            assert bob.patch("/api/stream", {"signedInOnly": "off"}).status == 200
        shows(page, "live")


def test_a_creator_goes_live_again_from_the_keys_page_before_the_rest_ends(
    stack: Stack, new_context: NewContext, sign_in: SignIn, screenshot: Callable[[Page, str], None]
) -> None:
    viewer, creator = new_context().new_page(), new_context().new_page()
    sign_in(creator, "bob")
    status = creator.get_by_test_id("encoder-status")
    with broadcast(stack, "bob") as bob:
        viewer.goto("/bob")
        shows(viewer, "live")
        creator.goto("/u/bob/keys")
        expect(status).to_contain_text("Encoder connected")

        assert bob.post("/api/stream/end").status == 204
        shows(viewer, "offline")
        expect(status).to_contain_text("Your key rests for")
        screenshot(creator, "keys")
        status.get_by_role("button", name="Go live again now").click()

        # The encoder has kept trying to reconnect.
        expect(status).to_contain_text("Encoder connected", timeout=LIVE_MS)
        shows(viewer, "live")


def test_a_key_works_again_after_its_rest_while_only_a_viewer_waits(
    stack: Stack, page: Page
) -> None:
    with broadcast(stack, "bob") as bob:
        page.goto("/bob")
        shows(page, "live")
        assert bob.post("/api/stream/end").status == 204
        shows(page, "offline")
        # The encoder keeps trying to reconnect. No page of the creator is open.
        expect(page.locator("[data-state]")).to_have_attribute(
            "data-state", "live", timeout=RESTS_MS + RECONCILES_MS
        )
