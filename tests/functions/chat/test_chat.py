"""`/api/chat/{username}`: what is written, by whom, and who reads it."""

import uuid
from typing import Any

import pytest

from tests.support.api import Answer, Api, Person
from tests.support.livekit import LiveKit
from tests.support.people import goes_live
from tests.support.world import TAB


class Chat:
    """Ann's chat, as her viewers know it: everybody with a viewer token of their own."""

    def __init__(self, api: Api, livekit: LiveKit) -> None:
        self.api, self.livekit = api, livekit
        self.ann, self.bob, self.carl = (api.joins(name) for name in ("ann", "bob", "carl"))
        livekit.rooms[self.ann.id] = [self.ann.id]
        goes_live(Person(self.ann.id, "ann"))
        self.tokens: dict[str, str] = {}

    def token(self, who: Person | None, host: str = "ann") -> str:
        key = f"{who.username if who else 'guest'} at {host}"
        if key not in self.tokens:
            answer = self.api.post("/api/token", {"host": host, "tab": TAB}, signed_in_as=who)
            assert answer.status == 200, answer.text
            self.tokens[key] = answer.body["token"]
        return self.tokens[key]

    def says(self, who: Person | None, text: str, id: str | None = None) -> Answer:
        body = {"text": text, "id": id or str(uuid.uuid4())}
        return self.api.post("/api/chat/ann", body, token=self.token(who))

    def reads(self, who: Person | None, before: str | None = None) -> dict[str, Any]:
        query = {"before": before} if before else None
        answer = self.api.get("/api/chat/ann", token=self.token(who), query=query)
        assert answer.status == 200, answer.text
        return answer.body

    def texts(self, who: Person | None = None) -> list[str]:
        return [message["text"] for message in self.reads(who)["messages"]]

    def sets(self, **changes: Any) -> None:
        answer = self.api.patch("/api/stream", changes, signed_in_as=self.ann)
        assert answer.status == 200, answer.text


@pytest.fixture
def chat(api: Api, livekit: LiveKit) -> Chat:
    return Chat(api, livekit)


def test_a_message_is_stored_and_the_room_hears_it(chat: Chat) -> None:
    answer = chat.says(chat.bob, "  hello https://a.example/x \n you ")

    assert answer.status == 201
    message = answer.body
    assert message["text"] == "hello https://a.example/x   you"
    assert message["from"] == {
        "identity": f"{chat.bob.id}:{TAB}",
        "name": "bob",
        "role": "viewer",
    }
    assert message["links"] == [{"start": 6, "end": 25, "url": "https://a.example/x"}]
    assert chat.livekit.heard == [("chat.v1", {"type": "message"} | message)]
    assert chat.reads(None)["messages"] == [message]
