"""LiveKit's server API: the only importer of livekit-api, with timeouts set.

livekit-api is imported on the first call, because it doubles a cold start and many requests never
need it. `footlight.livekit.data` works without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from livekit.protocol.ingress import (
    CreateIngressRequest,
    DeleteIngressRequest,
    IngressInfo,
    ListIngressRequest,
    UpdateIngressRequest,
)
from livekit.protocol.models import ParticipantInfo, Room
from livekit.protocol.room import (
    ListParticipantsRequest,
    ListRoomsRequest,
    RoomParticipantIdentity,
    UpdateRoomMetadataRequest,
)

from footlight import settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.errors import Unavailable

if TYPE_CHECKING:
    from livekit import api

CALL_SECONDS = 2.5
SLOW_CALL_SECONDS = 5
"""If the worker of a live ingress is dead, the server takes 3 s to disable or delete it."""
MAX_CONCURRENT_CALLS = 16

S = TypeVar("S")
T = TypeVar("T")


def _run(call: Callable[[api.LiveKitAPI], Awaitable[T]], seconds: float | None = CALL_SECONDS) -> T:
    """Run a call with a new client. `seconds` is the timeout of the whole call."""
    from livekit import api

    keys = secrets.livekit_keys()

    async def run() -> T:
        # livekit-api's own `timeout` has no effect: it passes `timeout=None` to each call, which
        # aiohttp takes as no limit. Failover is off, because CreateIngress isn't idempotent and
        # would run twice.
        async with (
            api.LiveKitAPI(settings.livekit_url(), keys.key, keys.secret, failover=False) as client,
            asyncio.timeout(seconds),
        ):
            return await call(client)

    with _unavailable_on_faults():
        return asyncio.run(run())


@contextmanager
def _unavailable_on_faults() -> Generator[None]:
    """Convert LiveKit's errors and timeouts to `Unavailable`."""
    import aiohttp
    from livekit import api

    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("LiveKit unavailable", reason=type(error).__name__)
        raise Unavailable from error
    except api.ServerError as error:
        log.warning("LiveKit refused", code=error.code, status=error.status)
        raise Unavailable from error


async def _none_if_missing(call: Awaitable[T]) -> T | None:
    """Return the call's result, or None if LiveKit responds that the object doesn't exist."""
    from livekit.api import ServerError

    try:
        return await call
    except ServerError as error:
        if error.code != "not_found":
            raise
        return None


def create_ingress(request: CreateIngressRequest, seconds: float = CALL_SECONDS) -> IngressInfo:
    """Create an ingress. Not idempotent: after a timeout, the ingress may exist."""
    return _run(lambda client: client.ingress.create_ingress(request), seconds)


def find_ingress(ingress_id: str, seconds: float = CALL_SECONDS) -> IngressInfo | None:
    """Return an ingress with its stream key and state, or None if it doesn't exist."""
    request = ListIngressRequest(ingress_id=ingress_id)
    response = _run(lambda client: _none_if_missing(client.ingress.list_ingress(request)), seconds)
    items = response.items if response else ()
    return next((item for item in items if item.ingress_id == ingress_id), None)


def list_ingresses(room: str, seconds: float = CALL_SECONDS) -> list[IngressInfo]:
    """Return all ingresses of a room."""
    request = ListIngressRequest(room_name=room)
    return list(_run(lambda client: client.ingress.list_ingress(request), seconds).items)


def set_enabled(ingress_id: str, *, enabled: bool, seconds: float = CALL_SECONDS) -> None:
    """Enable or disable an ingress. No-op if it doesn't exist.

    Any update ends a running session, which LiveKit reports by a webhook.
    """
    request = UpdateIngressRequest(ingress_id=ingress_id, enabled=enabled)
    _run(lambda client: _none_if_missing(client.ingress.update_ingress(request)), seconds)


def delete_ingress(ingress_id: str, *, seconds: float = CALL_SECONDS) -> None:
    """Delete an ingress. No-op if it doesn't exist. LiveKit sends no webhook for it."""
    request = DeleteIngressRequest(ingress_id=ingress_id)
    _run(lambda client: _none_if_missing(client.ingress.delete_ingress(request)), seconds)


def list_rooms(names: list[str] | None = None) -> dict[str, Room]:
    """Return the existing rooms by name: all of them, or those in `names`.

    Names and metadata are current. The numbers of participants and publishers are up to 10 s old:
    LiveKit renews them every 5 s, but skips a turn right after an update of the metadata.
    """
    seconds = SLOW_CALL_SECONDS if names is None else CALL_SECONDS
    response = _run(lambda client: client.room.list_rooms(ListRoomsRequest(names=names)), seconds)
    return {room.name: room for room in response.rooms}


def list_participants(room: str, seconds: float = CALL_SECONDS) -> list[ParticipantInfo]:
    """Return a room's participants. A missing room has none."""
    return _run(lambda client: _list_participants(client, room), seconds)


def list_participants_of(rooms: Iterable[str]) -> dict[str, Sequence[ParticipantInfo]]:
    """Return the participants of many rooms, without the rooms for which LiveKit failed."""

    async def list_one(client: api.LiveKitAPI, room: str) -> list[ParticipantInfo] | None:
        try:
            with _unavailable_on_faults():
                async with asyncio.timeout(SLOW_CALL_SECONDS):
                    return await _list_participants(client, room)
        except Unavailable:
            return None

    names = list(rooms)
    answers = _for_each(names, list_one, None)
    return {
        name: participants
        for name, participants in zip(names, answers, strict=True)
        if participants is not None
    }


async def _list_participants(client: api.LiveKitAPI, room: str) -> list[ParticipantInfo]:
    request = ListParticipantsRequest(room=room)
    response = await _none_if_missing(client.room.list_participants(request))
    return list(response.participants) if response else []


def remove_participants(
    participants: Sequence[tuple[str, str]], seconds: float = SLOW_CALL_SECONDS
) -> None:
    """Remove participants, given as room and identity. No-op for participants who have left.

    Their tokens stay valid, so a participant who rejoins must be removed again.
    https://docs.livekit.io/home/server/managing-participants/#RemoveParticipant
    """
    _for_each(participants, _remove, seconds)


def remove_each(participants: Sequence[tuple[str, str]]) -> int:
    """Remove participants, as `remove_participants` does, even if it fails for some of them.

    Return the number for which it didn't fail.
    """
    return _count_done(participants, _remove)


async def _remove(client: api.LiveKitAPI, participant: tuple[str, str]) -> None:
    room, identity = participant
    request = RoomParticipantIdentity(room=room, identity=identity)
    await _none_if_missing(client.room.remove_participant(request))


def set_metadata(by_room: Mapping[str, str]) -> int:
    """Set the metadata of rooms, which LiveKit sends to all participants.

    No-op for rooms that don't exist. Return the number of rooms for which it didn't fail.
    """

    async def set_one(client: api.LiveKitAPI, entry: tuple[str, str]) -> None:
        room, metadata = entry
        request = UpdateRoomMetadataRequest(room=room, metadata=metadata)
        await _none_if_missing(client.room.update_room_metadata(request))

    return _count_done(list(by_room.items()), set_one)


def _count_done(items: Sequence[S], call: Callable[[api.LiveKitAPI, S], Awaitable[None]]) -> int:
    """Make a call for each item. Return how many succeeded: a failure doesn't stop the others."""

    async def is_done(client: api.LiveKitAPI, item: S) -> bool:
        try:
            with _unavailable_on_faults():
                async with asyncio.timeout(SLOW_CALL_SECONDS):
                    await call(client, item)
        except Unavailable:
            return False
        return True

    return sum(_for_each(items, is_done, None))


def _for_each(
    items: Sequence[S], call: Callable[[api.LiveKitAPI, S], Awaitable[T]], seconds: float | None
) -> list[T]:
    """Make a call for each item with one client. `seconds` is the timeout of each call, if any."""
    if not items:
        return []
    slots = asyncio.Semaphore(MAX_CONCURRENT_CALLS)

    async def call_one(client: api.LiveKitAPI, item: S) -> T:
        async with slots, asyncio.timeout(seconds):
            return await call(client, item)

    async def call_all(client: api.LiveKitAPI) -> list[T]:
        return await asyncio.gather(*(call_one(client, item) for item in items))

    return _run(call_all, None)
