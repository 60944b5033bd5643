"""What a viewer token allows on the real livekit-server."""

import asyncio

import jwt
import pytest
from livekit import api
from livekit.protocol.ingress import ListIngressRequest
from livekit.protocol.room import ListRoomsRequest, RoomParticipantIdentity, SendDataRequest

from tests.stack.support import Stack, wait_until


def token_for(stack: Stack, host: str, username: str | None = None) -> dict[str, str]:
    answer = stack.api(username).post("/api/token", {"host": host})
    assert answer.status == 200, answer
    return answer.json


def test_a_viewer_token_allows_only_to_join_one_room(stack: Stack) -> None:
    admitted = token_for(stack, "ann", "cleo")
    claims = jwt.decode(admitted["token"], stack.livekit_api_secret, algorithms=["HS256"])
    host = stack.api().get("/api/pages/channels/ann").json["user"]["id"]
    assert claims["video"] == {
        "roomJoin": True,
        "room": host,
        "canSubscribe": True,
        "canPublish": False,
        "canPublishData": False,
        "hidden": False,
    }
    assert claims["exp"] - claims["nbf"] == 600
    assert admitted["serverUrl"] == stack.livekit_url


@pytest.mark.parametrize("call", ["list_rooms", "list_ingress", "remove", "send_data"])
def test_a_viewer_token_has_no_access_to_the_admin_api(stack: Stack, call: str) -> None:
    admitted = token_for(stack, "ann", "cleo")

    async def attempt() -> None:
        async with api.LiveKitAPI.with_token(
            admitted["token"], stack.livekit_url.replace("ws", "http", 1)
        ) as client:
            match call:
                case "list_rooms":
                    await client.room.list_rooms(ListRoomsRequest())
                case "list_ingress":
                    await client.ingress.list_ingress(ListIngressRequest())
                case "remove":
                    await client.room.remove_participant(
                        RoomParticipantIdentity(room=admitted["room"], identity="x")
                    )
                case _:
                    await client.room.send_data(
                        SendDataRequest(room=admitted["room"], data=b"x", topic="chat.v1")
                    )

    with pytest.raises(api.ServerError) as refused:
        asyncio.run(attempt())
    assert refused.value.status in (401, 403)


def test_a_blocked_person_gets_no_token_until_unblocked(stack: Stack) -> None:
    ann = stack.api("ann")
    assert ann.put("/api/blocks/dan").status == 204
    try:
        assert stack.api("dan").post("/api/token", {"host": "ann"}).refused_with(403, "blocked")
        hidden = stack.api("dan").get("/api/pages/channels/ann")
        assert hidden.refused_with(404, "not_found")
    finally:
        assert ann.delete("/api/blocks/dan").status == 204
    wait_until(
        lambda: stack.api("dan").post("/api/token", {"host": "ann"}).status == 200,
        within=10,
        what="dan to be admitted",
    )
    assert stack.api("dan").put("/api/follows/ann").status == 204
