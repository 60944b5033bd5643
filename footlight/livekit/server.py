"""LiveKit's server API: the only importer of livekit-api, with time-outs set.

`footlight.livekit.data` does without it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import aiohttp
from livekit import api
from livekit.api import ServerError
from livekit.protocol.ingress import (
    CreateIngressRequest,
    DeleteIngressRequest,
    IngressInfo,
    ListIngressRequest,
    UpdateIngressRequest,
)
from livekit.protocol.models import Room
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

CALL_SECONDS = 2.5
SLOW_CALL_SECONDS = 5
"""Disabling or deleting a live ingress whose worker is dead takes the server 3 s."""
AT_ONCE = 16
"""Calls under way at a time, where one is made for each of many rooms."""

S = TypeVar("S")
T = TypeVar("T")


def _run(call: Callable[[api.LiveKitAPI], Awaitable[T]], seconds: float | None = CALL_SECONDS) -> T:
    keys = secrets.livekit_keys()

    async def within() -> T:
        # Not livekit-api's own `timeout`: it hands each call `timeout=None`, which to aiohttp is
        # for ever. Failing over would create an ingress twice: CreateIngress is not idempotent.
        async with (
            api.LiveKitAPI(settings.livekit_url(), keys.key, keys.secret, failover=False) as client,
            asyncio.timeout(seconds),
        ):
            return await call(client)

    try:
        return asyncio.run(within())
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("livekit_unavailable", reason=type(error).__name__)
        raise Unavailable from error
    except ServerError as error:
        if error.code == "not_found":
            raise
        log.warning("livekit_refused", code=error.code, status=error.status)
        raise Unavailable from error


def create_ingress(request: CreateIngressRequest, seconds: float = CALL_SECONDS) -> IngressInfo:
    """Makes an ingress. Not idempotent: one lost in a time-out exists all the same."""
    return _run(lambda client: client.ingress.create_ingress(request), seconds)


def find_ingress(ingress_id: str, seconds: float = CALL_SECONDS) -> IngressInfo | None:
    """An ingress with its stream key and state, None where LiveKit has none of that id."""
    try:
        request = ListIngressRequest(ingress_id=ingress_id)
        found = _run(lambda client: client.ingress.list_ingress(request), seconds)
    except ServerError:  # not found
        return None
    return next((item for item in found.items if item.ingress_id == ingress_id), None)


def list_ingresses(room: str, seconds: float = CALL_SECONDS) -> list[IngressInfo]:
    """Every ingress of a room."""
    request = ListIngressRequest(room_name=room)
    return list(_run(lambda client: client.ingress.list_ingress(request), seconds).items)


def set_enabled(ingress_id: str, *, enabled: bool, seconds: float = CALL_SECONDS) -> None:
    """Lets an ingress be used or not. Any update ends a running session, and LiveKit tells so."""
    request = UpdateIngressRequest(ingress_id=ingress_id, enabled=enabled)
    _unless_gone(lambda client: client.ingress.update_ingress(request), seconds)


def delete_ingress(ingress_id: str, *, seconds: float = CALL_SECONDS) -> None:
    """Deletes an ingress; one that is gone already is as good. LiveKit tells no webhook of it."""
    request = DeleteIngressRequest(ingress_id=ingress_id)
    _unless_gone(lambda client: client.ingress.delete_ingress(request), seconds)


def list_rooms(names: list[str] | None = None) -> dict[str, Room]:
    """The rooms that there are, by name; of those named, where some are. Up to 5 s old."""
    found = _run(lambda client: client.room.list_rooms(ListRoomsRequest(names=names)))
    return {room.name: room for room in found.rooms}


def list_participants(
    of_rooms: Iterable[str], seconds: float = SLOW_CALL_SECONDS
) -> dict[str, list[str]]:
    """Who is in each of these rooms, by identity. A room that is gone has nobody."""

    async def those(client: api.LiveKitAPI, room: str) -> list[str]:
        try:
            request = ListParticipantsRequest(room=room)
            found = await client.room.list_participants(request)
        except ServerError as error:
            if error.code != "not_found":
                raise
            return []
        return [participant.identity for participant in found.participants]

    wanted = list(of_rooms)
    found = _for_each(wanted, those, seconds)
    return dict(zip(wanted, found, strict=True))


def remove_participants(
    them: Sequence[tuple[str, str]], seconds: float = SLOW_CALL_SECONDS
) -> None:
    """Puts participants out, each a room and an identity; one who is gone is as good.

    It does not revoke their tokens: who comes again has to be put out again.
    https://docs.livekit.io/home/server/managing-participants/#RemoveParticipant
    """

    async def out(client: api.LiveKitAPI, one: tuple[str, str]) -> None:
        room, identity = one
        await _gone_is_fine(
            client.room.remove_participant(RoomParticipantIdentity(room=room, identity=identity))
        )

    _for_each(them, out, seconds)


def set_metadata(of_rooms: Mapping[str, str]) -> None:
    """Gives rooms their metadata, which everybody in them is told. One that is gone needs none."""

    async def tell(client: api.LiveKitAPI, one: tuple[str, str]) -> None:
        room, metadata = one
        await _gone_is_fine(
            client.room.update_room_metadata(
                UpdateRoomMetadataRequest(room=room, metadata=metadata)
            )
        )

    _for_each(list(of_rooms.items()), tell, SLOW_CALL_SECONDS)


def _for_each(
    items: Sequence[S], call: Callable[[api.LiveKitAPI, S], Awaitable[T]], seconds: float
) -> list[T]:
    """A call for each item over one connection pool, some at a time, each so many seconds."""
    if not items:
        return []
    some = asyncio.Semaphore(AT_ONCE)

    async def one(client: api.LiveKitAPI, item: S) -> T:
        async with some, asyncio.timeout(seconds):
            return await call(client, item)

    async def all_of_them(client: api.LiveKitAPI) -> list[T]:
        return await asyncio.gather(*(one(client, item) for item in items))

    return _run(all_of_them, None)


async def _gone_is_fine(call: Awaitable[object]) -> None:
    try:
        await call
    except ServerError as error:
        if error.code != "not_found":
            raise


def _unless_gone(call: Callable[[api.LiveKitAPI], Awaitable[object]], seconds: float) -> None:
    _run(lambda client: _gone_is_fine(call(client)), seconds)
