"""Access to rooms with LiveKit's client library and its server API."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final, TypeVar

from livekit import api, rtc
from livekit.protocol.ingress import IngressState, ListIngressRequest
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import ListParticipantsRequest, ListRoomsRequest

from tests.stack.support import Api, Stack, run_async

T = TypeVar("T")

ROOM_WAITS_SECONDS: Final = 15.0


def admitted(caller: Api, host: str, tab: str | None = None) -> dict[str, str]:
    """Return the body of `POST /api/token`: the token, room, identity, and name."""
    response = caller.post("/api/token", {"host": host} | ({"tab": tab} if tab else {}))
    assert response.status == 200, response
    return response.json


def own_token(stack: Stack, room: str, identity: str, **grants: bool) -> str:
    """Sign a token with LiveKit's key that has only the named grants."""
    all_grants: Any = {
        "can_publish": False,
        "can_publish_data": False,
        "can_update_own_metadata": False,
    } | grants
    return (
        api.AccessToken(stack.livekit_api_key, stack.livekit_api_secret)
        .with_identity(identity)
        .with_name(identity)
        .with_grants(api.VideoGrants(room_join=True, room=room, **all_grants))
        .to_jwt()
    )


@contextlib.asynccontextmanager
async def in_room(stack: Stack, token: str) -> AsyncGenerator[rtc.Room]:
    """Join a room with a token, and leave it after the block."""
    room = rtc.Room()
    await room.connect(stack.livekit_url, token)
    try:
        yield room
    finally:
        await room.disconnect()


@contextlib.asynccontextmanager
async def server_api(stack: Stack) -> AsyncGenerator[api.LiveKitAPI]:
    """Return a client of LiveKit's server API with all rights."""
    url = stack.livekit_url.replace("ws", "http", 1)
    async with api.LiveKitAPI(url, stack.livekit_api_key, stack.livekit_api_secret) as client:
        yield client


async def participants_in(stack: Stack, room: str) -> dict[str, ParticipantInfo]:
    """Return the participants of a room by identity, or none if the room doesn't exist."""
    async with server_api(stack) as client:
        listing = await client.room.list_participants(ListParticipantsRequest(room=room))
        return {participant.identity: participant for participant in listing.participants}


def participants(stack: Stack, room: str) -> dict[str, ParticipantInfo]:
    """Return the participants of a room, for tests that aren't async."""
    return run_async(participants_in(stack, room))


def is_closed(stack: Stack, room: str) -> bool:
    """Return whether the server has closed a room. It does so some time after the last exit."""

    async def ask() -> bool:
        async with server_api(stack) as client:
            listing = await client.room.list_rooms(ListRoomsRequest(names=[room]))
            return not listing.rooms

    return run_async(ask())


async def is_key_refused(stack: Stack, ingress_id: str) -> bool:
    """Return True if an encoder that reconnects on its own gets LiveKit's error for a dead key."""
    async with server_api(stack) as client:
        listed = await client.ingress.list_ingress(ListIngressRequest(ingress_id=ingress_id))
    (info,) = listed.items
    is_refused = info.state.status == IngressState.ENDPOINT_ERROR
    return not info.enabled and is_refused and info.state.error == "session is disabled"


async def eventually(
    state: Callable[[], Awaitable[T | None]], what: str, *, within: float = ROOM_WAITS_SECONDS
) -> T:
    """Do the same as `wait_until` in an async test."""
    deadline = time.monotonic() + within
    while True:
        result = await state()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"Timed out after {within:.0f} s waiting for {what}")
        await asyncio.sleep(0.1)
