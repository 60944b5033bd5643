"""An open page and a broadcast that begins, is told of, and ends, in a real Chromium."""

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
from tests.stack.support import LIVE_WITHIN_SECONDS, Stack, User, broadcast, wait_until

LIVE_MS = LIVE_WITHIN_SECONDS * 1000
ASKS_WITHIN_SECONDS = 40.0

SignIn = Callable[[Page, str], User]


class Traffic:
    """What a page has asked of the API, and the connections that it has opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._requests: list[str] = []
        self.sockets: list[WebSocket] = []
        page.on("request", lambda request: self._requests.append(f"{request.method} {request.url}"))
        page.on("websocket", lambda socket: self.sockets.append(socket))

    def open_sockets(self) -> int:
        """How many of its connections are open."""
        self._hear()
        return sum(not socket.is_closed() for socket in self.sockets)

    def _hear(self) -> None:
        self._page.evaluate("0")  # Playwright tells of events while it is asked something

    def count(self, part: str) -> int:
        """How many requests had this in `METHOD url`."""
        self._hear()
        return sum(part in request for request in self._requests)

    def wait_for(self, part: str, times: int) -> None:
        """Wait until as many requests more have had this in `METHOD url`."""
        before = self.count(part)
        wait_until(
            lambda: self.count(part) >= before + times,
            within=ASKS_WITHIN_SECONDS * times,
            what=f"{times} requests with {part}",
        )


def shows(page: Page, state: str) -> None:
    expect(page.locator("[data-state]")).to_have_attribute("data-state", state, timeout=LIVE_MS)


def at_livekit(stack: Stack, call: Callable[[api.LiveKitAPI], Awaitable[Any]]) -> Any:
    """What LiveKit's own API answers to the deployment's key."""

    async def ask() -> Any:
        async with api.LiveKitAPI(
            stack.livekit_url.replace("ws", "http", 1),
            stack.livekit_api_key,
            stack.livekit_api_secret,
        ) as client:
            return await call(client)

    # In a thread of its own: Playwright keeps a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, ask()).result()


def tell_room(stack: Stack, host: str, **news: Any) -> None:
    """Change a room's metadata, as the server does where the stream changes."""
    channel = stack.api().get(f"/api/pages/channels/{host}").json
    told = channel["stream"] | {"updatedAt": datetime.now(UTC).isoformat()} | news
    change = UpdateRoomMetadataRequest(room=channel["user"]["id"], metadata=json.dumps(told))
    at_livekit(stack, lambda client: client.room.update_room_metadata(change))


def put_out(stack: Stack, host: str) -> None:
    """Remove everybody from a room but the host's picture: what they see of a server that fails."""
    room = stack.api().get(f"/api/pages/channels/{host}").json["user"]["id"]

    async def remove(client: api.LiveKitAPI) -> None:
        there = await client.room.list_participants(ListParticipantsRequest(room=room))
        for person in there.participants:
            if person.identity != room:
                who = RoomParticipantIdentity(room=room, identity=person.identity)
                await client.room.remove_participant(who)

    at_livekit(stack, remove)


@pytest.mark.parametrize(
    ("address", "channel"),
    [("/bob", "GET {site}/api/pages/channels/bob"), ("/u/bob", "GET {site}/api/pages/dashboard")],
)
def test_an_offline_page_waits_without_a_connection_and_goes_live_by_itself(
    stack: Stack, new_context: NewContext, sign_in: SignIn, address: str, channel: str
) -> None:
    stack.api("bob").post("/api/ingress", {"inputType": "rtmp"})  # whatever was on has ended
    page = new_context().new_page()
    if address.startswith("/u/"):
        sign_in(page, "bob")
    traffic = Traffic(page)
    page.goto(address)
    shows(page, "offline")
    traffic.wait_for(channel.format(site=stack.site_url), 2)
    assert traffic.count("liveRoom") == 1  # ready for when it is needed
    assert traffic.count("POST " + stack.site_url + "/api/token") == 0
    assert traffic.sockets == []

    with broadcast(stack, "bob"):
        shows(page, "live")
        assert traffic.open_sockets() == 1

    shows(page, "offline")
    wait_until(
        lambda: not traffic.open_sockets(), within=LIVE_WITHIN_SECONDS, what="the room to be left"
    )


def test_what_the_room_says_is_shown_at_once_and_nothing_is_asked(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")
        asked = traffic.count("/api/pages/channels/bob")

        tell_room(stack, "bob", title="The second act")

        expect(page.get_by_text("The second act")).to_be_visible()
        expect(page).to_have_title("The second act · bob · Footlight")
        assert traffic.count("/api/pages/channels/bob") == asked


def test_who_sees_the_host_is_not_put_out_by_news_that_are_behind(stack: Stack, page: Page) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")

        behind = stack.api().get("/api/pages/channels/bob").json
        behind["stream"] |= {"state": "offline", "isLive": False, "startedAt": None}
        page.route("**/api/pages/channels/bob", lambda route: route.fulfill(json=behind))
        with page.expect_response("**/api/pages/channels/bob", timeout=LIVE_MS):
            tell_room(stack, "bob", state="offline")
        asked = traffic.count("/api/pages/channels/bob")

        def asked_twice() -> bool:
            page.evaluate("dispatchEvent(new Event('online'))")  # unheard while it is asking
            return traffic.count("/api/pages/channels/bob") >= asked + 2

        # It asks a second time when it has taken in the first answer.
        wait_until(asked_twice, within=ASKS_WITHIN_SECONDS, what="two answers to be taken in")

        shows(page, "live")
        assert traffic.open_sockets() == 1


def test_a_room_lost_while_the_api_is_gone_is_joined_again_when_it_is_back(
    stack: Stack, page: Page
) -> None:
    with broadcast(stack, "bob"):
        traffic = Traffic(page)
        page.goto("/bob")
        shows(page, "live")
        page.route("**/api/**", lambda route: route.abort())
        put_out(stack, "bob")
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
            traffic.wait_for("/api/pages/channels/bob", 2)
            assert traffic.count("/api/token") == asked <= admitted + 1
        finally:
            assert bob.patch("/api/stream", {"signedInOnly": "off"}).status == 200
        shows(page, "live")
