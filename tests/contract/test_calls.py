"""What each route asks of DynamoDB, of LiveKit, and of the reconciler's function, in this order."""

from collections.abc import Callable

import pytest

from footlight.aws import background
from tests.contract.test_openapi import OPERATIONS
from tests.support.api import Answer, Api
from tests.support.livekit import LiveKit
from tests.support.table import watched
from tests.support.world import CALLS, World, route_of

ASKED = {
    # watching
    "POST /api/token": "Update (BatchGet) BatchGet",
    "POST /api/token, a guest": "Update (BatchGet) BatchGet",
    # pages
    "GET /api/pages/home": "(BatchGet) Query Query Query Query BatchGet",
    "GET /api/pages/home, a guest": "Query Query BatchGet",
    "GET /api/pages/search": "(BatchGet) Query Query BatchGet",
    "GET /api/pages/channels/{username}": "(BatchGet) BatchGet",
    "GET /api/pages/channels/{username}, a guest": "(BatchGet) BatchGet",
    "GET /api/pages/dashboard": "(BatchGet) BatchGet",
    "GET /api/pages/sessions": "(BatchGet) Query",
    "GET /api/openapi.json": "",
    # creating
    "GET /api/ingress": "(BatchGet) Get ListIngress",
    "POST /api/ingress": "(BatchGet) Update Update Get CreateIngress Get Transact"
    " ListIngress UpdateIngress DeleteIngress Delete look",
    "POST /api/ingress, the first": "(BatchGet) Update Update Get CreateIngress Get Transact"
    " ListIngress Delete look",
    "PATCH /api/ingress, off": "(BatchGet) Update Get Update Get ListIngress Get Transact"
    " UpdateIngress Delete look",
    "PATCH /api/ingress, half an hour": "(BatchGet) Update Get Update Get ListIngress Transact"
    " Delete",
    "DELETE /api/ingress": "(BatchGet) Update Update Get Get Transact"
    " ListIngress UpdateIngress DeleteIngress Delete look",
    "DELETE /api/ingress, none there": "(BatchGet) Update Update Get ListIngress Delete look",
    "POST /api/stream/end": "(BatchGet) Update Get Transact Update Get UpdateIngress Delete look",
    "PATCH /api/stream, a title": "(BatchGet) Update BatchGet Transact look",
    "PATCH /api/stream, a setting": "(BatchGet) Update BatchGet Update look",
    # LiveKit's webhook
    "POST /api/webhook/livekit, started": "Get Get Put",
    "POST /api/webhook/livekit, ended": "Get Get Put look",
    "POST /api/webhook/livekit, bob joined": "BatchGet",
    "POST /api/webhook/livekit, carl joined": "BatchGet putOut",
    # people
    "GET /api/me": "Get Get",
    "PUT /api/me, a username": "Update Get Transact",
    "PUT /api/me, a bio": "Update Get Update",
    "PUT /api/follows/{username}": "(BatchGet) Update Get Transact",
    "DELETE /api/follows/{username}": "(BatchGet) Update Get Transact",
    "PUT /api/blocks/{username}": "(BatchGet) Update BatchGet Get Get BatchGet Transact"
    " Query BatchWrite SendData ListParticipants RemoveParticipant",
    "DELETE /api/blocks/{username}": "(BatchGet) Update BatchGet Get Get Transact",
    "PUT /api/blocks/guests/{guestId}": "(BatchGet) Update BatchGet BatchGet Transact"
    " Query SendData ListParticipants RemoveParticipant",
    "DELETE /api/blocks/guests/{guestId}": "(BatchGet) Update BatchGet Transact",
    "GET /api/blocks": "(BatchGet) Query",
    # the chat
    "POST /api/chat/{username}": "BatchGet Transact SendData",
    "POST /api/chat/{username}, once more": "BatchGet Update Get SendData",
    "GET /api/chat/{username}": "BatchGet Query",
    # moderating
    "DELETE /api/chat/{username}/{messageId}": "(BatchGet) Update Get BatchGet Get Get Transact"
    " SendData",
    "POST /api/chat/{username}/clear": "(BatchGet) Update Get BatchGet Transact SendData",
    "GET /api/chat/{username}/timeouts": "(BatchGet) Get BatchGet Query",
    "PUT /api/chat/{username}/timeouts/{viewerId}": "(BatchGet) Update Get BatchGet Get Transact"
    " Query BatchWrite SendData",
    "DELETE /api/chat/{username}/timeouts/{viewerId}": "(BatchGet) Update Get BatchGet Get"
    " Transact SendData",
    "PUT /api/chat/{username}/blocks/{viewerId}": "(BatchGet) Update Get BatchGet Get BatchGet"
    " Transact Query BatchWrite SendData ListParticipants RemoveParticipant",
    "PUT /api/chat/{username}/blocks/{viewerId}, a guest": "(BatchGet) Update Get BatchGet"
    " BatchGet Transact Query SendData ListParticipants RemoveParticipant",
    "DELETE /api/chat/{username}/blocks/{viewerId}": "(BatchGet) Update Get BatchGet Get Transact",
    "GET /api/moderators": "(BatchGet) Get BatchGet",
    "PUT /api/moderators/{username}": "(BatchGet) Update Get Transact look",
    "DELETE /api/moderators/{username}": "(BatchGet) Update Get Transact look",
    "GET /api/moderation/log": "(BatchGet) Query",
    # sessions: the identity provider is asked, and nobody else
    "GET /api/session/login": "",
    "GET /api/session/callback": "",
    "POST /api/session/token": "",
    "DELETE /api/session": "",
}
"""In brackets: asked by a cold function alone, which knows nobody yet. DynamoDB's operations
without `Item`, LiveKit's by name; `look` and `putOut` are begun in the reconciler's function."""


def test_every_route_is_in_the_table() -> None:
    assert ASKED.keys() == CALLS.keys()
    assert {route_of(name) for name in ASKED} == set(OPERATIONS)


def test_each_route_asks_this_and_no_more(
    api: Api, livekit: LiveKit, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    world = World(api, livekit)

    def asked_by(call: Callable[[], Answer]) -> str:
        with watched() as wire:

            def begins(task: dict[str, str]) -> None:
                wire.made.append("putOut" if "putOut" in task else "look")

            livekit.before = wire.made.append
            monkeypatch.setattr(background, "_start", begins)
            assert call().status < 400
        asked = [operation for operation in wire.made if operation != "GetSecretValue"]
        return " ".join(SHORT.get(operation, operation) for operation in asked)

    for name, asked in ASKED.items():
        with subtests.test(name):
            world.as_begun()
            assert asked_by(world.prepared(name)) == asked.replace("(", "").replace(")", "")
            world.as_begun(cold=False)
            warm = asked.replace("(BatchGet)", "").split()
            assert asked_by(world.prepared(name, cold=False)).split() == warm


SHORT = {
    "GetItem": "Get",
    "BatchGetItem": "BatchGet",
    "PutItem": "Put",
    "UpdateItem": "Update",
    "DeleteItem": "Delete",
    "TransactWriteItems": "Transact",
    "BatchWriteItem": "BatchWrite",
}
