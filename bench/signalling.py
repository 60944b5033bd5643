"""How many bytes does a viewer receive for each other viewer who comes into the room?

On the real server, over its signalling WebSocket: one viewer listens, so many others join, once
with the tokens of guests (hidden) and once with those of people signed in (seen by everyone).
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from livekit.protocol.rtc import SignalResponse

from bench.report import Goal, Report
from bench.scene import set_scene
from footlight import identities, settings
from footlight.identities import Guest, Person, Viewer
from footlight.watching.viewer_tokens import mint

OTHERS = 40
NEWS_SECONDS = 10
"""An error, if what is waited for has not come by then; nothing is measured by it."""


class Room:
    """A room of its own, and whoever is let into it."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client
        self._host_id = identities.new_user_id()

    @asynccontextmanager
    async def joined(self, viewer: Viewer) -> AsyncGenerator["Seat"]:
        """A viewer in the room, as far as signalling goes: no media is asked for."""
        token = mint(
            viewer,
            host_id=self._host_id,
            tab=identities.new_tab(),
            hidden=isinstance(viewer, Guest),
        )
        query = {"access_token": token.token, "protocol": "15", "sdk": "python"}
        async with self._client.ws_connect(f"{settings.livekit_url()}/rtc", params=query) as socket:
            seat = Seat(socket, token.identity)
            await seat.until(lambda news: news.WhichOneof("message") == "join")
            yield seat


class Seat:
    """One viewer's place: what the server tells them."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, identity: str) -> None:
        self._socket = socket
        self.identity = identity

    async def until(self, said: Callable[[SignalResponse], bool]) -> list[bytes]:
        """All messages up to the one that says so."""
        messages: list[bytes] = []
        async with asyncio.timeout(NEWS_SECONDS):
            while True:
                messages.append(await self._socket.receive_bytes())
                if said(SignalResponse.FromString(messages[-1])):
                    return messages


async def _received(others: list[Viewer]) -> int:
    """Bytes that one viewer receives while the others join.

    Somebody whom all can see comes last: with the news of them, all news before have arrived.
    """
    async with aiohttp.ClientSession() as client, AsyncExitStack() as seats:
        room = Room(client)
        listener = await seats.enter_async_context(room.joined(_person(0)))
        for other in others:
            await seats.enter_async_context(room.joined(other))
        last = await seats.enter_async_context(room.joined(_person(len(others) + 1)))
        return sum(map(len, await listener.until(lambda news: _tells_of(news, last.identity))))


def _tells_of(news: SignalResponse, identity: str) -> bool:
    return any(participant.identity == identity for participant in news.update.participants)


def _person(number: int) -> Person:
    return Person(identities.new_user_id(), f"viewer_{number:03d}")


def measure() -> Report:
    """Hidden others beside visible ones, less what a viewer is told without any of them.

    That differs by a byte or two from one time to the next: the offer holds numbers of any length.
    """
    set_scene()
    hidden = [Guest(identities.new_guest_id()) for _ in range(OTHERS)]
    visible = [_person(number + 1) for number in range(OTHERS)]
    alone = asyncio.run(_received([]))
    for_each = {
        "a hidden guest": (asyncio.run(_received([*hidden])) - alone) / OTHERS,
        "a visible viewer": (asyncio.run(_received([*visible])) - alone) / OTHERS,
    }
    return Report(
        title=f"Signalling that a viewer receives for each of {OTHERS} others who join",
        columns=["for each", "bytes"],
        rows=[[name, str(round(each))] for name, each in for_each.items()],
        figures=for_each,
        goals=[Goal("Signalling for each hidden guest, bytes", for_each["a hidden guest"], 5)],
    )
