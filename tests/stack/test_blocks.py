"""Who is blocked is out of the room, and is put out again whichever token they come back with.

Open-source LiveKit revokes no token and hands everybody in a room fresh ones, so a removal alone
would last no longer than it takes to reload the page.
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

from tests.stack.rooms import admitted, eventually, in_there
from tests.stack.support import Api, Stack, lost_webhooks

HOST: Final = "eve"
OUT_WITHIN_SECONDS: Final = 30.0
SWEPT_WITHIN_SECONDS: Final = 75.0


@dataclass
class Visit:
    """One stay in a room, and whether it is over. `since`: when something was done to end it."""

    stack: Stack
    room: str
    identity: str
    since: float = field(default_factory=time.monotonic)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    reasons: list[int] = field(default_factory=list[int])

    async def is_in(self) -> bool:
        """Whether the server has them in the room."""
        return self.identity in await in_there(self.stack, self.room)

    async def is_out(self) -> bool:
        """Whether the server has them no more, and has told them so."""
        return self.left.is_set() and not await self.is_in()

    async def ends(self, what: str, within: float = OUT_WITHIN_SECONDS) -> None:
        """Waits until they are out, and tells how long it took."""
        await eventually(self.is_out, f"{what}: out of the room", within=within)
        sys.stdout.write(f"{what}: out after {time.monotonic() - self.since:.2f} s\n")
        assert self.reasons == [rtc.DisconnectReason.PARTICIPANT_REMOVED]


@asynccontextmanager
async def visit(stack: Stack, admission: dict[str, str], token: str = "") -> AsyncGenerator[Visit]:
    """Somebody in a room, by the token of an admission or by another for the same identity."""
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
    """The token that LiveKit hands to who joins: a fresh one, by its own key."""
    question = {"access_token": token, "protocol": "16"}
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"{stack.livekit_url}/rtc", params=question) as signal,
    ):
        while True:
            told = SignalResponse.FromString(await signal.receive_bytes())
            if told.refresh_token:
                return told.refresh_token


@pytest.fixture
def host(stack: Stack) -> Iterator[Api]:
    """The host, who lets everybody in again afterwards."""
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
    """Blocks whoever it is: a guest by the id that their identity holds."""
    who = admission["identity"].rpartition(":")[0]
    path = f"guests/{who}" if admission["name"].startswith("guest-") else admission["name"]
    assert host.put(f"/api/blocks/{path}").status == 204


@pytest.mark.parametrize("someone", PEOPLE.values(), ids=PEOPLE.keys())
def test_who_is_blocked_is_out_in_every_tab_and_stays_out_by_any_token(
    stack: Stack, host: Api, someone: Someone
) -> None:
    caller = someone(stack)
    first, second, third = (admitted(caller, HOST) for _ in range(3))

    async def stay_and_come_back() -> None:
        fresh = await refreshed(stack, third["token"])
        assert fresh != third["token"]
        async with AsyncExitStack() as leaving:
            tabs = [
                await leaving.enter_async_context(visit(stack, each)) for each in (first, second)
            ]
            for tab in tabs:
                await eventually(tab.is_in, "both tabs to be in the room")
                tab.since = time.monotonic()
            await asyncio.to_thread(block, host, first)
            for number, tab in enumerate(tabs, 1):
                await tab.ends(f"blocked, tab {number}")
        async with visit(stack, first) as again:
            await again.ends("back by the old token")
        async with visit(stack, third, fresh) as again:
            await again.ends("back by LiveKit's fresh token")

    asyncio.run(stay_and_come_back())
    assert caller.post("/api/token", {"host": HOST}).refused_with(403, "blocked")


def test_who_comes_back_unheard_is_out_with_the_minute_s_sweep(stack: Stack, host: Api) -> None:
    admission = admitted(stack.api("cleo"), HOST)
    block(host, admission)

    async def come_back() -> None:
        with lost_webhooks(stack):  # nobody hears that they joined
            async with visit(stack, admission) as again:
                await again.ends("back unheard", SWEPT_WITHIN_SECONDS)

    asyncio.run(come_back())


def test_guests_are_out_while_only_who_is_signed_in_may_watch(stack: Stack, host: Api) -> None:
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
                await goes.ends("a guest, when only who is signed in may watch")
            async with visit(stack, of_guest) as again:
                await again.ends("the guest, back by the old token")
            assert await stays.is_in()
            assert not stays.left.is_set()

    asyncio.run(watch())
    assert guest.post("/api/token", {"host": HOST}).refused_with(403, "signed_in_only")
    assert viewer.post("/api/token", {"host": HOST}).status == 200
    assert host.patch("/api/stream", {"signedInOnly": "off"}).status == 200
    assert guest.post("/api/token", {"host": HOST}).status == 200


def test_who_is_not_blocked_comes_and_goes_as_they_like(stack: Stack, host: Api) -> None:
    blocked, other = admitted(stack.api("cleo"), HOST), admitted(stack.api("dan"), HOST)
    block(host, blocked)

    async def come() -> None:
        async with visit(stack, other) as stays:
            async with visit(stack, blocked) as goes:
                await goes.ends("blocked beside another")
            assert await stays.is_in()
            assert not stays.left.is_set()

    asyncio.run(come())
