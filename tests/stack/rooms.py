"""A room as LiveKit's own client library and its server API see it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final, TypeVar

from livekit import api, rtc
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import ListParticipantsRequest, ListRoomsRequest

from tests.stack.support import Api, Stack, awaited

T = TypeVar("T")

ROOM_WAITS_SECONDS: Final = 15.0


def admitted(caller: Api, host: str, tab: str | None = None) -> dict[str, str]:
    """What `POST /api/token` gives the caller for the host's room: token, room, identity, name."""
    answer = caller.post("/api/token", {"host": host} | ({"tab": tab} if tab else {}))
    assert answer.status == 200, answer
    return answer.json


def token_of_our_own(stack: Stack, room: str, identity: str, **grants: bool) -> str:
    """A token by LiveKit's own key for who watches the watchers; what is not granted is refused."""
    may: Any = {
        "can_publish": False,
        "can_publish_data": False,
        "can_update_own_metadata": False,
    } | grants
    return (
        api.AccessToken(stack.livekit_api_key, stack.livekit_api_secret)
        .with_identity(identity)
        .with_name(identity)
        .with_grants(api.VideoGrants(room_join=True, room=room, **may))
        .to_jwt()
    )


@contextlib.asynccontextmanager
async def in_room(stack: Stack, token: str) -> AsyncGenerator[rtc.Room]:
    """Someone who is in a room by this token, until the block is left."""
    room = rtc.Room()
    await room.connect(stack.livekit_url, token)
    try:
        yield room
    finally:
        await room.disconnect()


@contextlib.asynccontextmanager
async def server_api(stack: Stack) -> AsyncGenerator[api.LiveKitAPI]:
    """LiveKit's server API, with every right."""
    url = stack.livekit_url.replace("ws", "http", 1)
    async with api.LiveKitAPI(url, stack.livekit_api_key, stack.livekit_api_secret) as client:
        yield client


async def in_there(stack: Stack, room: str) -> dict[str, ParticipantInfo]:
    """Who the server says is in a room, by identity; nobody where there is no such room."""
    async with server_api(stack) as client:
        there = await client.room.list_participants(ListParticipantsRequest(room=room))
        return {participant.identity: participant for participant in there.participants}


def participants(stack: Stack, room: str) -> dict[str, ParticipantInfo]:
    """The same for tests that await nothing."""
    return awaited(in_there(stack, room))


def is_closed(stack: Stack, room: str) -> bool:
    """Whether the server has closed a room, as it does some time after the last has left."""

    async def ask() -> bool:
        async with server_api(stack) as client:
            found = await client.room.list_rooms(ListRoomsRequest(names=[room]))
            return not found.rooms

    return awaited(ask())


async def eventually(
    state: Callable[[], Awaitable[T | None]], what: str, *, within: float = ROOM_WAITS_SECONDS
) -> T:
    """`wait_until` for a test with a loop: asks until the answer is true, and returns it."""
    deadline = time.monotonic() + within
    while True:
        answer = await state()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {within:.0f} s in vain for {what}")
        await asyncio.sleep(0.1)
