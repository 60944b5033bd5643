"""A blocked viewer is removed from the room, and removed again if they rejoin with any token.

Open-source LiveKit doesn't revoke tokens, and it sends fresh ones to everyone in a room. So a
removal alone would last only until the viewer reloads the page.
"""

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import pytest
from livekit import rtc
from livekit.protocol.rtc import SignalResponse

from tests.stack.rooms import admitted, eventually, participants_in
from tests.stack.support import Api, Stack, lost_webhooks

pytestmark = pytest.mark.attack

HOST: Final = "eve"
REMOVED_WITHIN_SECONDS: Final = 30.0
CHECKED_WITHIN_SECONDS: Final = 75.0


@dataclass
class Visit:
    """A viewer's stay in a room. `since` is when something was done to end it."""

    stack: Stack
    room: str
    identity: str
    since: float = field(default_factory=time.monotonic)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    reasons: list[int] = field(default_factory=list[int])

    async def is_in(self) -> bool:
        """Return whether the viewer is in the room."""
        return self.identity in await participants_in(self.stack, self.room)

    async def is_out(self) -> bool:
        """Return whether the server has removed the viewer and notified their client."""
        return self.left.is_set() and not await self.is_in()

    async def ends(self, what: str, within: float = REMOVED_WITHIN_SECONDS) -> None:
        """Wait until the viewer is removed, and print how long it took."""
        await eventually(self.is_out, f"{what}: removal from the room", within=within)
        sys.stdout.write(f"{what}: removed after {time.monotonic() - self.since:.2f} s\n")
        assert self.reasons == [rtc.DisconnectReason.PARTICIPANT_REMOVED]


@asynccontextmanager
async def visit(stack: Stack, admission: dict[str, str], token: str = "") -> AsyncGenerator[Visit]:
    """Join a room with the token of an admission, or with another one for the same identity."""
    stay = Visit(stack, admission["room"], admission["identity"])
    room = rtc.Room()

    def on_left(reason: rtc.DisconnectReason.ValueType) -> None:
        stay.reasons.append(reason)
        stay.left.set()

    room.on("disconnected", on_left)
    await room.connect(stack.livekit_url, token or admission["token"])
    try:
        yield stay
    finally:
        await room.disconnect()


async def refreshed(stack: Stack, token: str) -> str:
    """Join a room, and return the fresh token that LiveKit sends to the participant."""
    query = {"access_token": token, "protocol": "16"}
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{stack.livekit_url}/rtc", params=query) as signal,
    ):
        while True:
            message = SignalResponse.FromString(await signal.receive_bytes())
            if message.refresh_token:
                return message.refresh_token


@pytest.fixture
def host(stack: Stack) -> Iterator[Api]:
    """The host. All blocks are removed after the test."""
    host = stack.api(HOST)
    yield host
    for block in host.get("/api/blocks").json["blocks"]:
        path = block["username"] or f"guests/{block['guestId']}"
        assert host.delete(f"/api/blocks/{path}").status == 204
    assert host.patch("/api/stream", {"signedInOnly": "off"}).status == 200


Someone = Callable[[Stack], Api]
PEOPLE: Final[dict[str, Someone]] = {
    "signed in": lambda stack: stack.api("cleo"),
    "guest": lambda stack: stack.api(),
}


def block(host: Api, admission: dict[str, str]) -> None:
    """Block an admitted viewer. A guest is blocked by the id in their identity."""
    viewer_id = admission["identity"].rpartition(":")[0]
    path = f"guests/{viewer_id}" if admission["name"].startswith("guest-") else admission["name"]
    assert host.put(f"/api/blocks/{path}").status == 204


@pytest.mark.parametrize("someone", PEOPLE.values(), ids=PEOPLE.keys())
def test_a_blocked_viewer_is_removed_from_every_tab_whatever_their_token(
    stack: Stack, host: Api, someone: Someone
) -> None:
    caller = someone(stack)
    first, second, third = (admitted(caller, HOST) for _ in range(3))

    async def stay_and_rejoin() -> None:
        fresh = await refreshed(stack, third["token"])
        assert fresh != third["token"]
        async with AsyncExitStack() as visits:
            tabs = [
                await visits.enter_async_context(visit(stack, admission))
                for admission in (first, second)
            ]
            for tab in tabs:
                await eventually(tab.is_in, "both tabs to be in the room")
                tab.since = time.monotonic()
            await asyncio.to_thread(block, host, first)
            for number, tab in enumerate(tabs, 1):
                await tab.ends(f"blocked, tab {number}")
        async with visit(stack, first) as rejoined:
            await rejoined.ends("rejoined with the old token")
        async with visit(stack, third, fresh) as rejoined:
            await rejoined.ends("rejoined with LiveKit's fresh token")

    asyncio.run(stay_and_rejoin())
    assert caller.post("/api/token", {"host": HOST}).refused_with(403, "blocked")


def test_a_rejoin_whose_webhook_is_lost_ends_with_the_next_check(stack: Stack, host: Api) -> None:
    admission = admitted(stack.api("cleo"), HOST)
    block(host, admission)

    async def rejoin() -> None:
        with lost_webhooks(stack):
            async with visit(stack, admission) as rejoined:
                await rejoined.ends("rejoined without a webhook", CHECKED_WITHIN_SECONDS)

    asyncio.run(rejoin())


def test_guests_are_removed_while_a_channel_is_for_signed_in_viewers(
    stack: Stack, host: Api
) -> None:
    guest, viewer = stack.api(), stack.api("cleo")
    of_guest, of_viewer = admitted(guest, HOST), admitted(viewer, HOST)

    async def watch() -> None:
        async with visit(stack, of_viewer) as stays:
            async with visit(stack, of_guest) as goes:
                await eventually(goes.is_in, "the guest to be in the room")
                goes.since = time.monotonic()
                settings = {"signedInOnly": "hour"}
                answer = await asyncio.to_thread(host.patch, "/api/stream", settings)
                assert answer.status == 200
                await goes.ends("a guest in a channel for signed-in viewers")
            async with visit(stack, of_guest) as rejoined:
                await rejoined.ends("a guest who rejoined with the old token")
            assert await stays.is_in()
            assert not stays.left.is_set()

    asyncio.run(watch())
    assert guest.post("/api/token", {"host": HOST}).refused_with(403, "signed_in_only")
    assert viewer.post("/api/token", {"host": HOST}).status == 200
    assert host.patch("/api/stream", {"signedInOnly": "off"}).status == 200
    assert guest.post("/api/token", {"host": HOST}).status == 200


def test_viewers_who_are_not_blocked_stay_in_the_room(stack: Stack, host: Api) -> None:
    blocked, other = admitted(stack.api("cleo"), HOST), admitted(stack.api("dan"), HOST)
    block(host, blocked)

    async def come() -> None:
        async with visit(stack, other) as stays:
            async with visit(stack, blocked) as goes:
                await goes.ends("blocked while another viewer watches")
            assert await stays.is_in()
            assert not stays.left.is_set()

    asyncio.run(come())
