"""The real LiveKit applies the maximum in a viewer token to a room that the viewer opens."""

import asyncio
import secrets

import pytest
from livekit import api, rtc
from livekit.protocol.room import RoomConfiguration

from tests.local.servers import KEY, Ingest


def test_a_room_accepts_as_many_participants_as_the_token_of_the_first_allows(
    ingest: Ingest,
) -> None:
    room = f"room-{secrets.token_hex(4)}"

    def token(identity: str) -> str:
        return (
            api.AccessToken(KEY, ingest.secret)
            .with_identity(identity)
            .with_grants(api.VideoGrants(room_join=True, room=room))
            .with_room_config(RoomConfiguration(max_participants=2))
            .to_jwt()
        )

    async def join() -> None:
        first, second, third = rtc.Room(), rtc.Room(), rtc.Room()
        await first.connect(ingest.livekit_url, token("one"))
        await second.connect(ingest.livekit_url, token("two"))
        with pytest.raises(rtc.ConnectError):
            await third.connect(ingest.livekit_url, token("three"))
        await second.disconnect()
        await third.connect(ingest.livekit_url, token("three"))
        for each in (first, third):
            await each.disconnect()

    asyncio.run(join())
