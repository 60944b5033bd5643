"""A message that the room can't be told of: 503, in time, and nothing is there twice."""

import contextlib
import time
import uuid
from typing import Final

from livekit.protocol.room import DeleteRoomRequest

from tests.stack.chats import Member, gathered
from tests.stack.rooms import participants, server_api
from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Stack,
    awaited,
    broadcast,
    encoder,
    is_live,
    livekit_hangs,
    lost_webhooks,
    wait_until,
)

HOST: Final = "bob"
ANSWERED_WITHIN_SECONDS: Final = 3.0


def unavailable(who: Member, text: str, message_id: str) -> None:
    """Sends, and is told in time to send the same again."""
    began = time.monotonic()
    answer = who.says(text, message_id)
    took = time.monotonic() - began
    assert answer.refused_with(503, "unavailable"), answer
    assert answer.headers["Retry-After"]
    assert took < ANSWERED_WITHIN_SECONDS


def test_what_a_hung_livekit_kept_back_is_heard_once_and_kept_once(stack: Stack) -> None:
    with broadcast(stack, HOST):
        cleo, guest = Member(stack, HOST, stack.api("cleo")), Member(stack, HOST, stack.api())
        with gathered(stack, cleo, guest):
            assert guest.says("before").status == 201  # by a function that is warm
            message_id = str(uuid.uuid4())
            with livekit_hangs():
                unavailable(guest, "kept back", message_id)
                unavailable(guest, "kept back", message_id)
            again = guest.says("kept back", message_id)
            assert again.status == 200
            after = cleo.says("after").json
            for member in (cleo, guest):
                member.hears({"type": "message"} | after)
                said = member.heard(message_id)
                # Told again for each time that it was sent, as the one message that it is.
                assert said
                assert all(news == {"type": "message"} | again.json for news in said)
                assert member.reads().json["messages"][-2:] == [again.json, after]


def test_a_message_into_a_room_that_is_gone_is_kept_until_somebody_hears_it(stack: Stack) -> None:
    owner = stack.api(HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    guest = Member(stack, HOST, stack.api())
    message_id = str(uuid.uuid4())
    with contextlib.ExitStack() as streaming:
        streaming.enter_context(encoder(stack, key))
        wait_until(lambda: is_live(stack, HOST), within=LIVE_WITHIN_SECONDS, what="the start")
        with gathered(stack, guest):
            assert guest.says("before").status == 201
        with lost_webhooks(stack):  # so that the host is live by the record
            streaming.close()
            awaited(delete_room(stack, guest.room))
            assert not participants(stack, guest.room)
            unavailable(guest, "anybody?", message_id)
            with gathered(stack, guest):
                again = guest.says("anybody?", message_id)
                assert again.status == 200
                guest.hears({"type": "message"} | again.json)
    assert [message["id"] for message in guest.reads().json["messages"]].count(message_id) == 1
    assert owner.post("/api/stream/end").status == 204


async def delete_room(stack: Stack, room: str) -> None:
    """With everybody who is still in it."""
    async with server_api(stack) as client:
        await client.room.delete_room(DeleteRoomRequest(room=room))
