"""The chat on the real server: messages posted over HTTP reach the room, the history, and rules.

The listeners are two viewers, a guest, who is hidden, and the creator's own tab.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.stack.chats import TOPIC, Member, News, gathered
from tests.stack.rooms import ROOM_WAITS_SECONDS, is_closed
from tests.stack.support import (
    CHAT_AS_NEW,
    LIVE_WITHIN_SECONDS,
    Answer,
    Api,
    Stack,
    broadcast,
    encoder,
    is_live,
    wait_until,
)

HOST: Final = "bob"
OTHER_HOST: Final = "dan"  # for the tests that end broadcasts
SHORTEST_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True)
class Chat:
    """An open chat. `cleo` follows the host; `dan` doesn't."""

    stack: Stack
    owner: Api
    host: Member
    cleo: Member
    dan: Member
    guest: Member

    @property
    def everyone(self) -> tuple[Member, ...]:
        return self.host, self.cleo, self.dan, self.guest

    def all_hear(self, news: News, *ignored: Member) -> None:
        """Wait until all members, except the ignored ones, have received an event."""
        for member in self.everyone:
            if member not in ignored:
                member.hears(news)

    def said(self, member: Member, text: str = "hello") -> News:
        """Post a message, and wait until all members have received it."""
        answer = member.says(text)
        assert answer.status == 201, answer
        self.all_hear({"type": "message"} | answer.json)
        return answer.json

    def moderated(self, by: Api, method: str, path: str, body: Any = None) -> None:
        """Moderate this chat with one request."""
        answer = by.call(method, f"/api/chat/{HOST}/{path}", body)
        assert answer.status == 204, answer

    def change_rules(self, changes: dict[str, Any]) -> None:
        """Change the chat settings."""
        assert self.owner.patch("/api/stream", changes).status == 200


@pytest.fixture(scope="module")
def host(stack: Stack) -> Iterator[Api]:
    """A creator who is live."""
    with broadcast(stack, HOST) as host:
        yield host


@pytest.fixture
def chat(stack: Stack, host: Api) -> Iterator[Chat]:
    """A chat with default settings, which are restored after the test."""
    callers = (host, stack.api("cleo"), stack.api("dan"), stack.api())
    members = [Member(stack, HOST, caller) for caller in callers]
    try:
        with gathered(stack, *members):
            yield Chat(stack, host, *members)
    finally:
        assert host.patch("/api/stream", CHAT_AS_NEW).status == 200
        for moderator in host.get("/api/moderators").json["moderators"]:
            assert host.delete(f"/api/moderators/{moderator['username']}").status == 204
        for member in members[1:]:
            for what in ("blocks", "timeouts"):
                path = f"/api/chat/{HOST}/{what}/{member.viewer_id}"
                assert host.delete(path).status == 204


def test_every_member_can_post_and_all_receive_and_read_it(chat: Chat) -> None:
    roles = {"host": chat.host, "viewer": chat.cleo, "guest": chat.guest}
    for role, member in roles.items():
        said = chat.said(member, f"as {role}: https://a.example/x")
        assert said["from"]["role"] == role
        assert said["from"]["identity"] == member.identity
        assert [link["url"] for link in said["links"]] == ["https://a.example/x"]
        for listener in chat.everyone:
            assert listener.heard(said["id"]) == [{"type": "message"} | said]
            assert listener.reads().json["messages"][-1] == said
    for member in chat.everyone:
        senders = [packet.participant for packet in member.packets if packet.topic == TOPIC]
        assert senders == [None] * len(roles)  # only the server sends packets without a participant


def test_reposting_an_id_returns_the_same_message(chat: Chat) -> None:
    said = chat.said(chat.guest)
    again = chat.guest.says("something else", said["id"])
    assert (again.status, again.json) == (200, said)
    last = chat.said(chat.cleo, "the last")  # all earlier events have arrived by now
    for member in chat.everyone:
        assert all(news == {"type": "message"} | said for news in member.heard(said["id"]))
        newest = member.reads().json["messages"]
        assert newest[-2:] == [said, last]


def test_another_member_s_id_creates_a_separate_message(chat: Chat) -> None:
    said = chat.said(chat.cleo, "the first of this id")
    other = chat.dan.says("the second", said["id"])
    assert other.status == 201
    assert other.json["id"] != said["id"]
    chat.all_hear({"type": "message"} | other.json)


def test_a_page_links_to_the_previous_page(chat: Chat) -> None:
    said = [chat.said(member, f"number {n}")["id"] for n in range(15) for member in chat.everyone]
    newest = chat.guest.reads().json
    before = chat.guest.reads(newest["before"]).json
    read = [message["id"] for page in (before, newest) for message in page["messages"]]
    assert len(newest["messages"]) == 50
    assert read[-len(said) :] == said
    assert read == list(dict.fromkeys(read))


def test_a_deleted_message_disappears_for_all_members(chat: Chat) -> None:
    said = chat.said(chat.guest, "a word too much")
    chat.moderated(chat.owner, "DELETE", said["id"])
    chat.all_hear({"type": "deleted", "id": said["id"]})
    for member in chat.everyone:
        assert said["text"] not in member.texts
    assert chat.guest.says(said["text"], said["id"]).refused_with(422, "not_allowed")
    newest = chat.owner.get("/api/moderation/log").json["entries"][0]
    assert (newest["action"], newest["text"]) == ("deleted", said["text"])
    assert newest["whom"]["viewerId"] == chat.guest.viewer_id


def test_clearing_removes_all_earlier_messages(chat: Chat) -> None:
    for member in chat.everyone:
        chat.said(member, "before")
    chat.moderated(chat.owner, "POST", "clear")
    for member in chat.everyone:
        (cleared,) = [news for news in heard(member, "cleared")]
        assert all(news["sentAt"] <= cleared["at"] for news in heard(member, "message"))
        assert member.texts == []
    chat.said(chat.guest, "after")
    assert chat.cleo.texts == ["after"]


def heard(member: Member, kind: str) -> list[News]:
    """Wait for events of a type, and return all that a member has received."""
    return wait_until(
        lambda: [news for news in member.news if news["type"] == kind],
        within=ROOM_WAITS_SECONDS,
        what=f"{member.identity} to receive '{kind}'",
        every=0.02,
    )


Rule = tuple[dict[str, Any], str, str, int, str]
"""The change, who posts, their text, and the status and code of the refusal."""

RULES: Final[dict[str, Rule]] = {
    "off": ({"isChatEnabled": False}, "guest", "hello", 403, "chat_disabled"),
    "slow": (
        {"isChatDelayed": True, "chat": {"delaySeconds": 300}},
        *("guest", "hello", 429, "slow_mode"),
    ),
    "followers only": ({"isChatFollowersOnly": True}, "dan", "hello", 403, "followers_only"),
    "followers of three months": (
        {"isChatFollowersOnly": True, "chat": {"followersMinutes": 129_600}},
        *("cleo", "hello", 403, "followers_only"),
    ),
    "signed in only": ({"chat": {"isSignedInOnly": True}}, "guest", "hello", 403, "signed_in_only"),
    "no links": (
        {"chat": {"areLinksBlocked": True}},
        *("cleo", "look: a.example.com/x", 422, "not_allowed"),
    ),
    "no repeats": (
        {"chat": {"areRepeatsBlocked": True}},
        *("cleo", "hello", 422, "not_allowed"),
    ),
    "a word": ({"chat": {"blockedWords": ["plum*"]}}, "dan", "Plums!", 422, "not_allowed"),
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_applies_to_the_next_message_and_is_announced(chat: Chat, rule: Rule) -> None:
    changes, name, text, status, code = rule
    member: Member = getattr(chat, name)
    chat.said(member, text)

    chat.change_rules(changes)
    refused = member.says(text)
    assert refused.refused_with(status, code), refused
    if code == "slow_mode" or "followersMinutes" in changes.get("chat", {}):
        assert refused.json["error"]["retryAfterMs"] > 0
    by_host = chat.host.says(text)
    if code == "chat_disabled":
        assert by_host.refused_with(status, code)
    else:
        assert by_host.status == 201
    rules_are_announced(chat, changes)

    defaults = {key: CHAT_AS_NEW[key] for key in changes}
    chat.change_rules(defaults)
    chat.said(member, text)
    rules_are_announced(chat, defaults)


def rules_are_announced(chat: Chat, changes: dict[str, Any]) -> None:
    """Wait until the room's metadata has these rules for all members, without blocked words."""
    of_stream = {key: value for key, value in changes.items() if key != "chat"}
    of_chat = {k: v for k, v in changes.get("chat", {}).items() if k != "blockedWords"}
    for member in chat.everyone:
        wait_until(
            lambda member=member: (
                of_stream.items() <= member.room_metadata.items()
                and of_chat.items() <= member.room_metadata["chat"].items()
            ),
            within=ROOM_WAITS_SECONDS,
            what=f"{member.identity} to receive {changes}",
        )
        assert "blockedWords" not in member.room_metadata["chat"]


@pytest.mark.parametrize("name", ["dan", "guest"])
def test_a_timed_out_member_can_read_but_not_post_until_it_is_lifted(chat: Chat, name: str) -> None:
    member: Member = getattr(chat, name)
    chat.said(member, "too much")
    chat.moderated(chat.owner, "PUT", f"timeouts/{member.viewer_id}", {"seconds": 600})
    refused = member.says()
    assert refused.refused_with(403, "timed_out"), refused
    assert 0 < refused.json["error"]["retryAfterMs"] <= 600_000
    until = member.reads().json["you"]["timedOutUntil"]
    assert until
    event = {"type": "timedOut", "viewerId": member.viewer_id, "until": until}
    chat.all_hear(chat.cleo.hears_when(event))
    assert "too much" not in chat.cleo.texts
    chat.said(chat.cleo, "the others go on")

    chat.moderated(chat.owner, "DELETE", f"timeouts/{member.viewer_id}")
    chat.all_hear(chat.cleo.hears_when(event | {"until": None}))
    chat.said(member, "better now")
    assert member.reads().json["you"]["timedOutUntil"] is None


def test_a_timeout_expires_at_the_announced_time(chat: Chat) -> None:
    chat.moderated(
        chat.owner, "PUT", f"timeouts/{chat.guest.viewer_id}", {"seconds": SHORTEST_TIMEOUT_SECONDS}
    )
    refused = chat.guest.says()
    assert refused.refused_with(403, "timed_out")
    end = time.monotonic() + refused.json["error"]["retryAfterMs"] / 1000

    def is_accepted() -> Answer | None:
        answer = chat.guest.says("at last")
        return answer if answer.status == 201 else None

    wait_until(
        is_accepted, within=SHORTEST_TIMEOUT_SECONDS + 15, what="the timeout to expire", every=0.5
    )
    assert time.monotonic() > end - 0.1  # not earlier


@pytest.mark.parametrize("name", ["dan", "guest"])
def test_a_blocked_member_is_removed_with_all_their_messages(chat: Chat, name: str) -> None:
    member: Member = getattr(chat, name)
    chat.said(member, "the last straw")
    chat.moderated(chat.owner, "PUT", f"blocks/{member.viewer_id}", {"reason": "enough"})
    chat.all_hear(chat.cleo.hears_when({"type": "purged", "viewerId": member.viewer_id}), member)
    wait_until(
        lambda: not member.is_connected, within=ROOM_WAITS_SECONDS, what=f"{name} to be removed"
    )
    assert member.says().refused_with(403, "blocked")
    assert member.reads().refused_with(403, "blocked")
    assert "the last straw" not in chat.cleo.texts

    chat.moderated(chat.owner, "DELETE", f"blocks/{member.viewer_id}")
    answer = member.says("let in again")
    assert answer.status == 201
    chat.all_hear({"type": "message"} | answer.json, member)


def test_a_moderator_can_delete_messages_until_removed_as_moderator(chat: Chat) -> None:
    cleo = chat.stack.api("cleo")
    by_guest, by_host = chat.said(chat.guest, "rude"), chat.said(chat.host, "mine")
    path = f"/api/chat/{HOST}/{by_guest['id']}"
    assert cleo.delete(path).refused_with(403, "forbidden")

    assert chat.owner.put("/api/moderators/cleo").status == 204
    rules_are_announced(chat, {"chat": {"moderatorIds": [chat.cleo.viewer_id]}})
    assert chat.said(chat.cleo, "I am in charge")["from"]["role"] == "moderator"
    assert cleo.delete(path).status == 204
    chat.all_hear({"type": "deleted", "id": by_guest["id"]})
    assert cleo.delete(f"/api/chat/{HOST}/{by_host['id']}").refused_with(403, "forbidden")

    again = chat.said(chat.guest, "rude again")
    assert chat.owner.delete("/api/moderators/cleo").status == 204
    assert cleo.delete(f"/api/chat/{HOST}/{again['id']}").refused_with(403, "forbidden")
    assert chat.said(chat.cleo, "a viewer again")["from"]["role"] == "viewer"
    rules_are_announced(chat, {"chat": {"moderatorIds": []}})
    assert "rude again" in chat.dan.texts


def test_the_chat_continues_after_a_drop_and_its_history_after_the_end(stack: Stack) -> None:
    owner = stack.api(OTHER_HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    guest = Member(stack, OTHER_HOST, stack.api())
    assert guest.says().refused_with(409, "host_offline")
    with gathered(stack, guest):
        with encoder(stack, key) as pushing:
            wait_until(
                lambda: is_live(stack, OTHER_HOST), within=LIVE_WITHIN_SECONDS, what="the start"
            )
            texts = ["while it runs"]
            assert guest.says(texts[0]).status == 201
            pushing.kill()
        wait_until(
            lambda: state_of(stack) == "reconnecting", within=LIVE_WITHIN_SECONDS, what="the drop"
        )
        texts.append("while it is away")
        said = guest.says(texts[1])
        assert said.status == 201
        guest.hears({"type": "message"} | said.json)

        assert owner.post("/api/stream/end").status == 204
        assert guest.says().refused_with(409, "host_offline")
        assert guest.says(texts[1], said.json["id"]).status == 200  # it was posted before the end
        assert guest.texts[-2:] == texts
    assert guest.texts[-2:] == texts
    assert Member(stack, OTHER_HOST, stack.api()).texts[-2:] == texts


def test_a_chat_without_a_room_can_be_moderated_while_its_host_reconnects(stack: Stack) -> None:
    owner = stack.api(OTHER_HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    with encoder(stack, key):
        wait_until(lambda: is_live(stack, OTHER_HOST), within=LIVE_WITHIN_SECONDS, what="the start")
        guest = Member(stack, OTHER_HOST, stack.api())
        assert guest.says("rude").status == 201
    wait_until(
        lambda: state_of(stack) == "reconnecting" and is_closed(stack, guest.room),
        within=LIVE_WITHIN_SECONDS,
        what="the drop and the end of the room",
    )
    path = f"/api/chat/{OTHER_HOST}/timeouts/{guest.viewer_id}"
    assert owner.put(path, {"seconds": SHORTEST_TIMEOUT_SECONDS}).status == 204
    assert owner.delete(path).status == 204
    assert state_of(stack) == "reconnecting"
    assert "rude" not in guest.texts
    assert owner.post("/api/stream/end").status == 204


def state_of(stack: Stack) -> str:
    """Return the state of the other host's stream."""
    return stack.api().get(f"/api/pages/channels/{OTHER_HOST}").json["stream"]["state"]
