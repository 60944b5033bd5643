"""Measure how many bytes a viewer receives for each other viewer who joins the room.

It uses the signaling WebSocket of the real server. One viewer listens while 40 others join, first
with guest tokens (hidden) and then with tokens of signed-in people (visible to everyone).
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
MESSAGE_SECONDS = 10
"""How long to wait for a message before failing. It is not part of the measurement."""


class Room:
    """A new room."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client
        self._host_id = identities.new_user_id()

    @asynccontextmanager
    async def joined(self, viewer: Viewer) -> AsyncGenerator["Connection"]:
        """Join a viewer to the room over signaling only, without media."""
        token = mint(
            viewer,
            host_id=self._host_id,
            tab=identities.new_tab(),
            hidden=isinstance(viewer, Guest),
        )
        query = {"access_token": token.token, "protocol": "15", "sdk": "python"}
        async with self._client.ws_connect(f"{settings.livekit_url()}/rtc", params=query) as socket:
            connection = Connection(socket, token.identity)
            await connection.messages_until(lambda message: message.WhichOneof("message") == "join")
            yield connection


class Connection:
    """One viewer's connection, and the server's messages to it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, identity: str) -> None:
        self._socket = socket
        self.identity = identity

    async def messages_until(self, is_last: Callable[[SignalResponse], bool]) -> list[bytes]:
        """Receive messages up to the first one that matches, and return all of them."""
        messages: list[bytes] = []
        async with asyncio.timeout(MESSAGE_SECONDS):
            while True:
                messages.append(await self._socket.receive_bytes())
                if is_last(SignalResponse.FromString(messages[-1])):
                    return messages


async def _received_bytes(others: list[Viewer]) -> int:
    """Return how many bytes one viewer receives while the others join.

    A visible viewer joins last. When the update about this viewer arrives, all earlier updates have
    arrived too.
    """
    async with aiohttp.ClientSession() as client, AsyncExitStack() as connections:
        room = Room(client)
        listener = await connections.enter_async_context(room.joined(_person(0)))
        for other in others:
            await connections.enter_async_context(room.joined(other))
        last = await connections.enter_async_context(room.joined(_person(len(others) + 1)))
        messages = await listener.messages_until(lambda message: _is_about(message, last.identity))
        return sum(map(len, messages))


def _is_about(message: SignalResponse, identity: str) -> bool:
    return any(participant.identity == identity for participant in message.update.participants)


def _person(number: int) -> Person:
    return Person(identities.new_user_id(), f"viewer_{number:03d}")


def measure() -> Report:
    """Compare hidden with visible viewers, less what a viewer receives without any others.

    That baseline varies by a byte or two, because the offer contains numbers of different lengths.
    """
    set_scene()
    hidden = [Guest(identities.new_guest_id()) for _ in range(OTHERS)]
    visible = [_person(number + 1) for number in range(OTHERS)]
    alone = asyncio.run(_received_bytes([]))
    bytes_per_viewer = {
        "a hidden guest": (asyncio.run(_received_bytes([*hidden])) - alone) / OTHERS,
        "a visible viewer": (asyncio.run(_received_bytes([*visible])) - alone) / OTHERS,
    }
    return Report(
        title=f"Signaling that a viewer receives for each of {OTHERS} others who join",
        columns=["for each", "bytes"],
        rows=[[name, str(round(size))] for name, size in bytes_per_viewer.items()],
        figures=bytes_per_viewer,
        goals=[
            Goal("Signaling for each hidden guest, bytes", bytes_per_viewer["a hidden guest"], 5)
        ],
    )
