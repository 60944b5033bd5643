"""The chat on the real server: what is said by HTTP is heard in the room, read later, and ruled.

Those who listen are a viewer, a guest, whom nobody sees, and the creator's own tab.
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
OTHER_HOST: Final = "dan"  # whose broadcasts end
SHORTEST_TIMEOUT_SECONDS: Final = 60


@dataclass(frozen=True)
class Chat:
    """A chat that is open. `cleo` follows the host, `dan` does not."""

    stack: Stack
    owner: Api
    host: Member
    cleo: Member
    dan: Member
    guest: Member

    @property
    def everybody(self) -> tuple[Member, ...]:
        return self.host, self.cleo, self.dan, self.guest

    def all_hear(self, news: News, *but: Member) -> None:
        """Waits until everybody has heard it, but those who are named."""
        for member in self.everybody:
            if member not in but:
                member.hears(news)

    def said(self, who: Member, text: str = "hello") -> News:
        """A message that everybody has heard."""
        answer = who.says(text)
        assert answer.status == 201, answer
        self.all_hear({"type": "message"} | answer.json)
        return answer.json

    def moderated(self, by: Api, method: str, path: str, body: Any = None) -> None:
        """Something that is done about this chat."""
        answer = by.call(method, f"/api/chat/{HOST}/{path}", body)
        assert answer.status == 204, answer

    def ruled(self, changes: dict[str, Any]) -> None:
        """Other rules from here on."""
        assert self.owner.patch("/api/stream", changes).status == 200


@pytest.fixture(scope="module")
def host(stack: Stack) -> Iterator[Api]:
    """The creator, who is live."""
    with broadcast(stack, HOST) as host:
        yield host


@pytest.fixture
def chat(stack: Stack, host: Api) -> Iterator[Chat]:
    """The chat as it is at first, and again afterwards."""
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


def test_what_anybody_says_is_heard_by_everybody_and_read_later(chat: Chat) -> None:
    roles = {"host": chat.host, "viewer": chat.cleo, "guest": chat.guest}
    for role, who in roles.items():
        said = chat.said(who, f"as {role}: https://a.example/x")
        assert said["from"]["role"] == role
        assert said["from"]["identity"] == who.identity
        assert [link["url"] for link in said["links"]] == ["https://a.example/x"]
        for member in chat.everybody:
            assert member.heard(said["id"]) == [{"type": "message"} | said]
            assert member.reads().json["messages"][-1] == said
    for member in chat.everybody:
        senders = [packet.participant for packet in member.packets if packet.topic == TOPIC]
        assert senders == [None] * len(roles)  # the server's, and nobody else's


def test_the_same_id_again_is_the_same_message(chat: Chat) -> None:
    said = chat.said(chat.guest)
    again = chat.guest.says("something else", said["id"])
    assert (again.status, again.json) == (200, said)
    last = chat.said(chat.cleo, "the last")  # whatever was told before has been heard by now
    for member in chat.everybody:
        assert all(news == {"type": "message"} | said for news in member.heard(said["id"]))
        newest = member.reads().json["messages"]
        assert newest[-2:] == [said, last]


def test_somebody_else_s_id_makes_a_message_of_its_own(chat: Chat) -> None:
    said = chat.said(chat.cleo, "the first of this id")
    other = chat.dan.says("the second", said["id"])
    assert other.status == 201
    assert other.json["id"] != said["id"]
    chat.all_hear({"type": "message"} | other.json)


def test_a_page_leads_to_the_page_before(chat: Chat) -> None:
    said = [chat.said(who, f"number {n}")["id"] for n in range(15) for who in chat.everybody]
    newest = chat.guest.reads().json
    before = chat.guest.reads(newest["before"]).json
    read = [message["id"] for page in (before, newest) for message in page["messages"]]
    assert len(newest["messages"]) == 50
    assert read[-len(said) :] == said
    assert read == list(dict.fromkeys(read))


def test_a_message_that_is_deleted_is_gone_for_everybody(chat: Chat) -> None:
    said = chat.said(chat.guest, "a word too much")
    chat.moderated(chat.owner, "DELETE", said["id"])
    chat.all_hear({"type": "deleted", "id": said["id"]})
    for member in chat.everybody:
        assert said["text"] not in member.texts
    assert chat.guest.says(said["text"], said["id"]).refused_with(422, "not_allowed")
    newest = chat.owner.get("/api/moderation/log").json["entries"][0]
    assert (newest["action"], newest["text"]) == ("deleted", said["text"])
    assert newest["whom"]["viewerId"] == chat.guest.viewer_id


def test_what_was_said_before_a_clearing_is_gone(chat: Chat) -> None:
    for member in chat.everybody:
        chat.said(member, "before")
    chat.moderated(chat.owner, "POST", "clear")
    for member in chat.everybody:
        (cleared,) = [news for news in heard(member, "cleared")]
        assert all(news["sentAt"] <= cleared["at"] for news in heard(member, "message"))
        assert member.texts == []
    chat.said(chat.guest, "after")
    assert chat.cleo.texts == ["after"]


def heard(member: Member, kind: str) -> list[News]:
    """All that somebody has heard of a kind, once there is something."""
    return wait_until(
        lambda: [news for news in member.news if news["type"] == kind],
        within=ROOM_WAITS_SECONDS,
        what=f"{member.identity} to hear of '{kind}'",
        every=0.02,
    )


Rule = tuple[dict[str, Any], str, str, int, str]
"""The change, who speaks, their text, and how they are refused."""

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
def test_a_rule_holds_from_the_next_message_on_and_is_told(chat: Chat, rule: Rule) -> None:
    changes, name, text, status, code = rule
    who: Member = getattr(chat, name)
    chat.said(who, text)

    chat.ruled(changes)
    refused = who.says(text)
    assert refused.refused_with(status, code), refused
    if code == "slow_mode" or "followersMinutes" in changes.get("chat", {}):
        assert refused.json["error"]["retryAfterMs"] > 0
    by_host = chat.host.says(text)
    if code == "chat_disabled":
        assert by_host.refused_with(status, code)
    else:
        assert by_host.status == 201
    are_told(chat, changes)

    back = {key: CHAT_AS_NEW[key] for key in changes}
    chat.ruled(back)
    chat.said(who, text)
    are_told(chat, back)


def are_told(chat: Chat, changes: dict[str, Any]) -> None:
    """Waits until the room has told everybody of these rules; of the words it tells nobody."""
    told = {key: value for key, value in changes.items() if key != "chat"}
    of_chat = {k: v for k, v in changes.get("chat", {}).items() if k != "blockedWords"}
    for member in chat.everybody:
        wait_until(
            lambda member=member: (
                told.items() <= member.told.items()
                and of_chat.items() <= member.told["chat"].items()
            ),
            within=ROOM_WAITS_SECONDS,
            what=f"{member.identity} to be told {changes}",
        )
        assert "blockedWords" not in member.told["chat"]


@pytest.mark.parametrize("name", ["dan", "guest"])
def test_who_is_timed_out_reads_and_does_not_write_until_it_is_lifted(
    chat: Chat, name: str
) -> None:
    who: Member = getattr(chat, name)
    chat.said(who, "too much")
    chat.moderated(chat.owner, "PUT", f"timeouts/{who.viewer_id}", {"seconds": 600})
    refused = who.says()
    assert refused.refused_with(403, "timed_out"), refused
    assert 0 < refused.json["error"]["retryAfterMs"] <= 600_000
    until = who.reads().json["you"]["timedOutUntil"]
    assert until
    told = {"type": "timedOut", "viewerId": who.viewer_id, "until": until}
    chat.all_hear(chat.cleo.hears_when(told))
    assert "too much" not in chat.cleo.texts
    chat.said(chat.cleo, "the others go on")

    chat.moderated(chat.owner, "DELETE", f"timeouts/{who.viewer_id}")
    chat.all_hear(chat.cleo.hears_when(told | {"until": None}))
    chat.said(who, "better now")
    assert who.reads().json["you"]["timedOutUntil"] is None


def test_a_time_out_ends_by_itself_when_it_said(chat: Chat) -> None:
    chat.moderated(
        chat.owner, "PUT", f"timeouts/{chat.guest.viewer_id}", {"seconds": SHORTEST_TIMEOUT_SECONDS}
    )
    refused = chat.guest.says()
    assert refused.refused_with(403, "timed_out")
    over = time.monotonic() + refused.json["error"]["retryAfterMs"] / 1000

    def is_let_through() -> Answer | None:
        answer = chat.guest.says("at last")
        return answer if answer.status == 201 else None

    wait_until(is_let_through, within=SHORTEST_TIMEOUT_SECONDS + 15, what="the end", every=0.5)
    assert time.monotonic() > over - 0.1  # and not before


@pytest.mark.parametrize("name", ["dan", "guest"])
def test_who_is_blocked_is_out_and_so_is_what_they_said(chat: Chat, name: str) -> None:
    who: Member = getattr(chat, name)
    chat.said(who, "the last straw")
    chat.moderated(chat.owner, "PUT", f"blocks/{who.viewer_id}", {"reason": "enough"})
    chat.all_hear(chat.cleo.hears_when({"type": "purged", "viewerId": who.viewer_id}), who)
    wait_until(lambda: not who.is_connected, within=ROOM_WAITS_SECONDS, what=f"{name} to be out")
    assert who.says().refused_with(403, "blocked")
    assert who.reads().refused_with(403, "blocked")
    assert "the last straw" not in chat.cleo.texts

    chat.moderated(chat.owner, "DELETE", f"blocks/{who.viewer_id}")
    answer = who.says("let in again")
    assert answer.status == 201
    chat.all_hear({"type": "message"} | answer.json, who)


def test_a_moderator_may_delete_until_they_are_dismissed(chat: Chat) -> None:
    cleo = chat.stack.api("cleo")
    by_guest, by_host = chat.said(chat.guest, "rude"), chat.said(chat.host, "mine")
    path = f"/api/chat/{HOST}/{by_guest['id']}"
    assert cleo.delete(path).refused_with(403, "forbidden")

    assert chat.owner.put("/api/moderators/cleo").status == 204
    are_told(chat, {"chat": {"moderatorIds": [chat.cleo.viewer_id]}})
    assert chat.said(chat.cleo, "I am in charge")["from"]["role"] == "moderator"
    assert cleo.delete(path).status == 204
    chat.all_hear({"type": "deleted", "id": by_guest["id"]})
    assert cleo.delete(f"/api/chat/{HOST}/{by_host['id']}").refused_with(403, "forbidden")

    again = chat.said(chat.guest, "rude again")
    assert chat.owner.delete("/api/moderators/cleo").status == 204
    assert cleo.delete(f"/api/chat/{HOST}/{again['id']}").refused_with(403, "forbidden")
    assert chat.said(chat.cleo, "a viewer again")["from"]["role"] == "viewer"
    are_told(chat, {"chat": {"moderatorIds": []}})
    assert "rude again" in chat.dan.texts


def test_the_chat_outlives_a_drop_and_its_history_the_end(stack: Stack) -> None:
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
        assert guest.says(texts[1], said.json["id"]).status == 200  # it was said in time
        assert guest.texts[-2:] == texts
    assert guest.texts[-2:] == texts
    assert Member(stack, OTHER_HOST, stack.api()).texts[-2:] == texts


def test_a_chat_without_a_room_is_moderated_while_its_host_is_expected_back(stack: Stack) -> None:
    owner = stack.api(OTHER_HOST)
    key = owner.post("/api/ingress", {"inputType": "rtmp"}).json["streamKey"]
    with encoder(stack, key):
        wait_until(lambda: is_live(stack, OTHER_HOST), within=LIVE_WITHIN_SECONDS, what="the start")
        guest = Member(stack, OTHER_HOST, stack.api())
        assert guest.says("rude").status == 201
    wait_until(
        lambda: state_of(stack) == "reconnecting" and is_closed(stack, guest.room),
        within=LIVE_WITHIN_SECONDS,
        what="the drop, and the room to be closed",
    )
    path = f"/api/chat/{OTHER_HOST}/timeouts/{guest.viewer_id}"
    assert owner.put(path, {"seconds": SHORTEST_TIMEOUT_SECONDS}).status == 204
    assert owner.delete(path).status == 204
    assert state_of(stack) == "reconnecting"
    assert "rude" not in guest.texts
    assert owner.post("/api/stream/end").status == 204


def state_of(stack: Stack) -> str:
    """What the page of the other host says."""
    return stack.api().get(f"/api/pages/channels/{OTHER_HOST}").json["stream"]["state"]
