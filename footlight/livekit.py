"""LiveKit's server API: the only importer of livekit-api, with time-outs set."""

import asyncio
from collections.abc import Awaitable, Callable
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
from livekit.protocol.room import ListParticipantsRequest, RoomParticipantIdentity

from footlight import identities, secrets, settings
from footlight.errors import Unavailable
from footlight.telemetry import log

CONNECT_SECONDS = 1
CALL_SECONDS = 2.5
# Disabling or deleting a live ingress whose worker is dead takes the server 3 s.
SLOW_CALL_SECONDS = 5

T = TypeVar("T")


def _run(call: Callable[[api.LiveKitAPI], Awaitable[T]], seconds: float = CALL_SECONDS) -> T:
    keys = secrets.livekit_keys()

    async def within() -> T:
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        # Failing over would create an ingress twice: CreateIngress is not idempotent.
        async with api.LiveKitAPI(
            settings.livekit_url(), keys.key, keys.secret, timeout=timeout, failover=False
        ) as client:
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


def create_ingress(request: CreateIngressRequest) -> IngressInfo:
    """Makes an ingress. Not idempotent: one lost in a time-out exists all the same."""
    return _run(lambda client: client.ingress.create_ingress(request))


def find_ingress(ingress_id: str) -> IngressInfo | None:
    """An ingress with its stream key and state, None where LiveKit has none of that id."""
    found = _run(
        lambda client: client.ingress.list_ingress(ListIngressRequest(ingress_id=ingress_id))
    )
    return next((item for item in found.items if item.ingress_id == ingress_id), None)


def ingresses_of(room: str) -> list[IngressInfo]:
    """Every ingress of a room."""
    found = _run(lambda client: client.ingress.list_ingress(ListIngressRequest(room_name=room)))
    return list(found.items)


def set_enabled(ingress_id: str, *, enabled: bool) -> None:
    """Disabling ends a running session and lets LiveKit tell so; deleting alone does not."""
    request = UpdateIngressRequest(ingress_id=ingress_id, enabled=enabled)
    _unless_gone(lambda client: client.ingress.update_ingress(request))


def delete_ingress(ingress_id: str) -> None:
    """Deletes an ingress; one that is gone already is as good."""
    request = DeleteIngressRequest(ingress_id=ingress_id)
    _unless_gone(lambda client: client.ingress.delete_ingress(request))


def remove_from_room(room: str, viewer_id: str) -> None:
    """Puts a viewer out of a room, in each of their tabs. Raises Unavailable."""

    async def remove(client: api.LiveKitAPI) -> None:
        there = await client.room.list_participants(ListParticipantsRequest(room=room))
        theirs = [
            participant.identity
            for participant in there.participants
            if identities.viewer_id_of(participant.identity) == viewer_id
        ]
        await asyncio.gather(
            *(
                _gone_is_fine(
                    client.room.remove_participant(
                        RoomParticipantIdentity(room=room, identity=identity)
                    )
                )
                for identity in theirs
            )
        )

    _unless_gone(remove, CALL_SECONDS)


async def _gone_is_fine(call: Awaitable[object]) -> None:
    try:
        await call
    except ServerError as error:
        if error.code != "not_found":
            raise


def _unless_gone(
    call: Callable[[api.LiveKitAPI], Awaitable[object]], seconds: float = SLOW_CALL_SECONDS
) -> None:
    try:
        _run(call, seconds)
    except ServerError:  # not found: there is nothing to do any more
        return
