"""A message that can't be sent to the room returns 503 in time, and is never stored twice."""

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
    broadcast,
    encoder,
    is_live,
    livekit_hangs,
    lost_webhooks,
    run_async,
    wait_until,
)

HOST: Final = "bob"
ANSWERED_WITHIN_SECONDS: Final = 3.0


def unavailable(member: Member, text: str, message_id: str) -> None:
    """Post a message, and expect a timely request to retry it."""
    started = time.monotonic()
    answer = member.says(text, message_id)
    seconds = time.monotonic() - started
    assert answer.refused_with(503, "unavailable"), answer
    assert answer.headers["Retry-After"]
    assert seconds < ANSWERED_WITHIN_SECONDS


def test_a_message_during_a_livekit_hang_is_received_and_stored_once(stack: Stack) -> None:
    with broadcast(stack, HOST):
        cleo, guest = Member(stack, HOST, stack.api("cleo")), Member(stack, HOST, stack.api())
        with gathered(stack, cleo, guest):
            assert guest.says("before").status == 201  # this warms up the function
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
                # It was sent to the room for each attempt, always as the same message.
                assert said
                assert all(news == {"type": "message"} | again.json for news in said)
                assert member.reads().json["messages"][-2:] == [again.json, after]


def test_a_message_to_a_missing_room_is_stored_once_and_sent_on_retry(stack: Stack) -> None:
    owner = stack.api(HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    guest = Member(stack, HOST, stack.api())
    message_id = str(uuid.uuid4())
    with contextlib.ExitStack() as streaming:
        streaming.enter_context(encoder(stack, key))
        wait_until(lambda: is_live(stack, HOST), within=LIVE_WITHIN_SECONDS, what="the start")
        with gathered(stack, guest):
            assert guest.says("before").status == 201
        with lost_webhooks(stack):  # so that the host is still recorded as live
            streaming.close()
            run_async(delete_room(stack, guest.room))
            assert not participants(stack, guest.room)
            unavailable(guest, "anybody?", message_id)
            with gathered(stack, guest):
                again = guest.says("anybody?", message_id)
                assert again.status == 200

                def is_heard() -> bool:
                    """Retry until the message arrives: the deleted room may still take data."""
                    assert guest.says("anybody?", message_id).status == 200
                    return bool(guest.heard(message_id))

                wait_until(is_heard, within=15, what="the message to arrive", every=1)
                assert guest.heard(message_id)[0] == {"type": "message"} | again.json
    assert [message["id"] for message in guest.reads().json["messages"]].count(message_id) == 1
    assert owner.post("/api/stream/end").status == 204


async def delete_room(stack: Stack, room: str) -> None:
    """Delete a room and disconnect its participants."""
    async with server_api(stack) as client:
        await client.room.delete_room(DeleteRoomRequest(room=room))
