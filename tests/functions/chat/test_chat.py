"""`/api/chat/{username}`: messages, their senders, and their readers."""

import json
import time as real_time
import unicodedata
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product, starmap
from typing import Any, NamedTuple, get_args

import jwt
import pytest

from footlight import clock, cursors, identities
from footlight.chat import messages
from footlight.identities import Guest, new_guest_id
from footlight.literals import Role, State
from footlight.tables import users
from footlight.tables.chat import chatter, erase
from footlight.tables.items import get
from footlight.watching import viewer_tokens
from tests.support.api import Answer, Api, Person
from tests.support.chat import Chat
from tests.support.chat_contract import (
    CONTRACT,
    Author,
    Case,
    Followers,
    Setting,
    deciding_rule,
)
from tests.support.clock import Clock
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET, forget, put_secret
from tests.support.people import START, a_block, drops, follows, goes_live
from tests.support.processor import at_most_processor_seconds
from tests.support.stored import write_items
from tests.support.table import watched
from tests.support.world import TAB

HOUR = 3600


def person(who: Person) -> identities.Person:
    return identities.Person(who.id, who.username)


def refused(answer: Answer, status: int, code: str, wait: int | None = None) -> bool:
    """Assert a refusal with this `retryAfterMs`."""
    assert answer.refused_with(status, code)
    assert answer.body["error"].get("retryAfterMs") == wait
    return True


def test_a_message_is_stored_and_sent_to_the_room(chat: Chat) -> None:
    start = clock.now_ms()
    answer = chat.says(chat.bob, "  hello https://a.example/x \n you ")

    assert answer.status == 201
    message = answer.body
    assert start <= message["sentAt"] <= clock.now_ms()
    assert message == {
        "id": message["id"],
        "text": "hello https://a.example/x   you",
        "sentAt": message["sentAt"],
        "from": {"identity": f"{chat.bob.id}:{TAB}", "name": "bob", "role": "viewer"},
        "links": [{"start": 6, "end": 25, "url": "https://a.example/x"}],
    }
    assert chat.heard() == [{"type": "message"} | message]
    assert chat.reads(chat.guest)["messages"] == [message]


def test_messages_carry_the_identity_name_and_role_of_their_sender(chat: Chat, time: Clock) -> None:
    for who, name, role in (
        (chat.ann, "ann", "host"),
        (chat.mia, "mia", "moderator"),
        (chat.bob, "bob", "viewer"),
        (chat.guest, chat.guest.name, "guest"),
    ):
        sender = {"identity": chat.identity(who), "name": name, "role": role}
        assert chat.says(who, "hello").body["from"] == sender
        assert chat.heard()[0]["from"] == sender
        page = chat.reads(who)
        assert page["messages"][-1]["from"] == sender
        assert page["you"] == {"role": role, "timedOutUntil": None}
        time.moves(seconds=1)
    assert chat.identity(chat.ann) == f"Host-{chat.ann.id}:{TAB}"


def test_the_host_s_name_may_be_written_in_capitals(chat: Chat) -> None:
    body = {"text": "hello", "id": str(uuid.uuid4())}
    answer = chat.api.post("/api/chat/ANN", body, token=chat.token(chat.bob))
    assert answer.status == 201
    assert chat.api.get("/api/chat/Ann", token=chat.token(chat.bob)).body["messages"]


def test_a_body_with_a_role_is_refused(chat: Chat) -> None:
    body = {"text": "hello", "id": str(uuid.uuid4()), "role": "host"}
    answer = chat.api.post("/api/chat/ann", body, token=chat.token(chat.bob))
    assert answer.refused_with(422, "invalid_request")
    assert set(answer.body["error"]["fields"]) == {"role"}
    assert (chat.kept(), chat.heard()) == ([], [])


# --- every combination of the settings, the sender, and the state of the channel ---

AUTHORS = [
    Author("host"),
    Author("moderator"),
    Author("viewer"),
    Author("viewer", follows="for a minute"),
    Author("viewer", follows="for long"),
    Author("viewer", "blocked"),
    Author("guest"),
    Author("guest", "blocked"),
]
KEPT_OUT = Author("guest", "kept out")


class Channels(NamedTuple):
    """The settings and the state of a channel that may keep guests out for a time."""

    setting: Setting
    keeps_guests_out: bool
    state: State

    def authors(self) -> list[Author]:
        """Return the senders for whom these settings differ from others."""
        if self.keeps_guests_out:
            return [KEPT_OUT]
        # `signed_in_only` is about guests. test_rules.py has all combinations.
        is_tested = {"host", "guest"} if self.setting.signed_in_only else set(get_args(Role))
        return [author for author in AUTHORS if author.role in is_tested]


def channels() -> list[Channels]:
    settings = product((True, False), (True, False), get_args(Followers), (True, False))
    return list(
        starmap(Channels, product(starmap(Setting, settings), (False, True), get_args(State)))
    )


@pytest.fixture
def audience(chat: Chat, time: Clock, api: Api) -> dict[Author, Person | Guest]:
    """A person or a guest for every author. All of them posted a second ago."""
    dan, eve, guest = api.joins("dan"), api.joins("eve"), Guest(new_guest_id())
    ann = person(chat.ann)
    for viewer in (identities.Person(eve.id, "eve"), guest):
        a_block(by=ann, of=viewer)
    follows(person(chat.carl), ann, number=-10 * 365 * 24 * HOUR)
    follows(person(dan), ann, number=(clock.now() - START).total_seconds())
    time.moves(minutes=1)
    people = [chat.ann, chat.mia, chat.bob, dan, chat.carl, eve, chat.guest, guest]
    posted_a_second_ago(chat, time, people)
    return dict(zip(AUTHORS, people, strict=True)) | {KEPT_OUT: chat.guest}


@pytest.mark.parametrize("channel", channels())
def test_each_sender_is_answered_as_the_contract_says(
    chat: Chat, audience: dict[Author, Person | Guest], channel: Channels
) -> None:
    has_settings(chat, channel)
    comes_to(chat, channel.state)
    for author in channel.authors():
        rule = deciding_rule(Case(channel.setting, author, channel.state))
        answer = chat.says(audience[author], "hello")
        error = answer.body.get("error", {})
        assert answer.status == (rule.status if rule else 201)
        assert error.get("code") == (rule and rule.code)
        assert error.get("retryAfterMs") == (rule and rule.retry_after_ms)


def test_the_combinations_meet_every_rule_about_settings_and_people() -> None:
    rules = {
        deciding_rule(Case(channel.setting, author, channel.state))
        for channel in channels()
        for author in channel.authors()
    }
    assert [rule.code for rule in CONTRACT if rule in rules] == [
        *("host_offline", "chat_disabled", "blocked", "signed_in_only"),
        *("followers_only", "followers_only", "slow_mode"),
    ]
    assert None in rules


def has_settings(chat: Chat, channel: Channels) -> None:
    chat.writes_settings(
        is_chat_enabled=channel.setting.enabled,
        is_chat_delayed=channel.setting.slow,
        is_chat_followers_only=channel.setting.followers != "anyone",
        chat_followers_minutes=10 if channel.setting.followers.endswith("of ten minutes") else 0,
        is_chat_signed_in_only=channel.setting.signed_in_only,
        signed_in_only_until=users.ALWAYS if channel.keeps_guests_out else None,
    )


def comes_to(chat: Chat, state: State) -> None:
    ann = person(chat.ann)
    match state:
        case "live":
            goes_live(ann)
        case "reconnecting":
            drops(ann, seconds_ago=74)
        case "offline":
            drops(ann, seconds_ago=75)


def posted_a_second_ago(chat: Chat, time: Clock, people: list[Person | Guest]) -> None:
    write_items(
        *(
            chatter(who.id).new(
                chats={chat.ann.id: (time.ms - 1000, "")},
                window=0,
                times=1,
                fences=0,
                expires_at=clock.EPOCH,
            )
            for who in people
        )
    )


def test_changed_rules_apply_to_the_next_message(chat: Chat) -> None:
    assert chat.says(chat.bob, "hello").status == 201
    chat.sets(isChatEnabled=False)
    assert refused(chat.says(chat.bob, "hello"), 403, "chat_disabled")
    chat.sets(isChatEnabled=True, chat={"areLinksBlocked": True, "blockedWords": ["Darn*"]})
    with_link = chat.says(chat.bob, "see a.com")
    assert with_link.refused_with(422, "not_allowed")
    assert with_link.body["error"]["message"] == "Links aren't allowed in this chat: a.com"
    assert chat.says(chat.bob, "no.it is in main.py").status == 201
    assert chat.says(chat.bob, "😀https://a.b").refused_with(422, "not_allowed")
    assert chat.says(chat.bob, "DARNED").refused_with(422, "not_allowed")
    chat.sets(chat={"areLinksBlocked": False, "blockedWords": [], "areRepeatsBlocked": True})
    assert chat.says(chat.bob, "DARNED a.com").status == 201
    assert chat.says(chat.bob, "darned  A.com").refused_with(422, "not_allowed")
    assert chat.says(chat.mia, "DARNED a.com").status == 201
    assert chat.says(chat.mia, "DARNED a.com").status == 201


def test_a_refused_message_is_not_stored_sent_or_counted(chat: Chat, time: Clock) -> None:
    chat.sets(isChatDelayed=True, chat={"delaySeconds": 10})
    chat.said(chat.bob, "first")
    chat.heard()
    time.moves(milliseconds=9_999)
    assert refused(chat.says(chat.bob, "second"), 429, "slow_mode", 1)
    assert len(chat.kept()) == 1
    assert chat.heard() == []

    time.moves(milliseconds=1)
    assert chat.says(chat.bob, "second").status == 201


def test_the_flood_limit_applies_to_every_role(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "chat=3/10")
    for who in (chat.ann, chat.guest):
        for number in range(3):
            assert chat.says(who, f"{number}").status == 201
        answer = chat.says(who, "one more")
        assert refused(answer, 429, "rate_limited", 5_500)
        assert answer.headers["retry-after"] == "6"
    assert chat.says(chat.bob, "another sender").status == 201
    time.moves(milliseconds=5_499)
    assert refused(chat.says(chat.guest, "one more"), 429, "rate_limited", 1)
    time.moves(milliseconds=1)
    assert chat.says(chat.guest, "one more").status == 201


def test_slow_mode_of_one_chat_does_not_affect_another(chat: Chat) -> None:
    chat.sets(isChatDelayed=True)
    carl_is_live_too(chat)
    chat.said(chat.bob, "hello")
    body = {"text": "hello", "id": str(uuid.uuid4())}
    answer = chat.api.post("/api/chat/carl", body, token=chat.token(chat.bob, chat.carl))
    assert answer.status == 201
    assert chat.says(chat.bob, "hello").refused_with(429, "slow_mode")


def carl_is_live_too(chat: Chat) -> None:
    goes_live(person(chat.carl))
    chat.livekit.rooms[chat.carl.id] = [chat.carl.id]


def says_to_carl(chat: Chat, who: Person | Guest, address: str = "203.0.113.7") -> Answer:
    body = {"text": "hello", "id": str(uuid.uuid4())}
    token = chat.token(who, chat.carl)
    return chat.api.post("/api/chat/carl", body, token=token, address=address)


def test_messages_in_all_chats_count_toward_the_flood_limit(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "chat=3/10")
    carl_is_live_too(chat)
    for who in (chat.bob, chat.guest):
        assert chat.says(who, "one").status == 201
        assert says_to_carl(chat, who).status == 201
        assert chat.says(who, "two").status == 201
        assert refused(says_to_carl(chat, who), 429, "rate_limited", 5_500)
        assert refused(chat.says(who, "three"), 429, "rate_limited", 5_500)
    time.moves(milliseconds=5_500)
    assert says_to_carl(chat, chat.bob).status == 201


def test_messages_of_guests_at_one_address_count_over_all_chats(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "guest_chat=2/60")
    time.moves(seconds=-4, milliseconds=-500)  # to the start of a minute
    carl_is_live_too(chat)
    assert guest_says(chat, "203.0.113.7").status == 201
    assert says_to_carl(chat, Guest(str(uuid.uuid4()))).status == 201
    new_guest = Guest(str(uuid.uuid4()))
    assert refused(says_to_carl(chat, new_guest), 429, "rate_limited", 60_000)
    assert says_to_carl(chat, new_guest, "203.0.113.8").status == 201


# --- repeats of an id ---


def times_counted(chat: Chat, who: Person | Guest) -> tuple[int, int]:
    counter = get(chatter(who.id), consistent=True)
    assert counter
    return counter.times, counter.last_messages()[chat.ann.id][0]


def test_a_repeat_with_the_same_id_returns_the_same_message(chat: Chat, time: Clock) -> None:
    chat.sets(isChatDelayed=True, chat={"areRepeatsBlocked": True})
    message_id = str(uuid.uuid4())
    first = chat.says(chat.bob, "hello", message_id)
    counted = times_counted(chat, chat.bob)
    events = chat.heard()

    for text in ("hello", "something else", "x" * 501):
        time.moves(milliseconds=100)
        again = chat.says(chat.bob, text, message_id)
        assert (again.status, again.body) == (200, first.body)
        assert chat.heard() == events  # resent: pages deduplicate by id
    assert len(chat.kept()) == 1
    assert times_counted(chat, chat.bob) == counted
    assert chat.texts() == ["hello"]


def test_an_id_in_another_format_is_the_same_id(chat: Chat) -> None:
    message_id = chat.said(chat.bob, "hello")
    for form in (message_id.upper(), message_id.replace("-", ""), f"{{{message_id}}}"):
        again = chat.says(chat.bob, "hello", form)
        assert (again.status, again.body["id"]) == (200, message_id)


def test_a_late_repeat_is_sent_to_the_room_unless_the_host_is_offline(
    chat: Chat, time: Clock
) -> None:
    message_id = str(uuid.uuid4())
    chat.livekit.before = chat.livekit.breaks
    assert chat.says(chat.bob, "hello", message_id).status == 503
    chat.livekit.before = None
    time.moves(minutes=10)
    assert chat.says(chat.bob, "hello", message_id).status == 200
    assert [event["id"] for event in chat.heard()] == [message_id]

    comes_to(chat, "offline")
    assert chat.says(chat.bob, "hello", message_id).status == 200
    assert chat.heard() == []


def test_repeats_count_toward_the_flood_limit(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "chat=3/10")
    message_id = str(uuid.uuid4())
    assert [chat.says(chat.bob, "hello", message_id).status for _ in range(5)] == [
        *(201, 200, 200, 200),
        429,
    ]
    assert len(chat.heard()) == 4
    assert chat.says(chat.carl, "hello").status == 201
    time.moves(seconds=10)
    assert chat.says(chat.bob, "hello", message_id).status == 200


# --- guests at one address ---


def guest_says(chat: Chat, address: str, text: str = "hello") -> Answer:
    """Post as a new guest each time, as after the cookie was deleted."""
    body = {"text": text, "id": str(uuid.uuid4())}
    token = chat.token(Guest(str(uuid.uuid4())))
    return chat.api.post("/api/chat/ann", body, token=token, address=address)


def test_a_new_cookie_does_not_reset_the_limit_of_an_address(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "guest_chat=2/60")
    time.moves(seconds=-4, milliseconds=-500)  # to the start of a minute
    answers = [guest_says(chat, address) for address in ["203.0.113.7", "::ffff:203.0.113.7"]]
    assert [answer.status for answer in answers] == [201, 201]
    assert refused(guest_says(chat, "203.0.113.7"), 429, "rate_limited", 60_000)
    assert len(chat.kept()) == len(chat.heard()) == 2

    assert guest_says(chat, "203.0.113.8").status == 201
    assert chat.says(chat.bob, "hello").status == 201  # signed-in users are not limited by address
    time.moves(seconds=60)
    assert guest_says(chat, "203.0.113.7").status == 201


def test_the_limit_of_an_address_is_checked_last(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "guest_chat=1/60")
    time.moves(seconds=-4, milliseconds=-500)  # to the start of a minute
    chat.sets(chat={"blockedWords": ["darn"]})
    assert guest_says(chat, "203.0.113.7", "darn").refused_with(422, "not_allowed")
    assert guest_says(chat, "203.0.113.7").status == 201  # the refused message isn't counted
    assert refused(guest_says(chat, "203.0.113.7"), 429, "rate_limited", 60_000)
    assert guest_says(chat, "203.0.113.7", "darn").refused_with(422, "not_allowed")


def test_a_message_of_a_guest_costs_one_call_more(chat: Chat) -> None:
    with watched() as wire:
        assert guest_says(chat, "203.0.113.7").status == 201
    calls = [call for call in wire.made if call != "GetSecretValue"]
    assert calls == ["BatchGetItem", "UpdateItem", "TransactWriteItems"]


def test_the_limit_of_an_address_holds_for_concurrent_posts(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "guest_chat=3/60")

    def status(number: int) -> int:
        return guest_says(chat, "203.0.113.7", str(number)).status

    with watched(), ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(status, range(6)))
    assert sorted(statuses) == [201] * 3 + [429] * 3
    assert len(chat.kept()) == 3


def test_the_same_id_from_another_sender_is_another_message(chat: Chat) -> None:
    taken = str(uuid.uuid4())
    bobs = chat.says(chat.bob, "bob's", taken).body
    carls = chat.says(chat.carl, "carl's", taken)
    guests = chat.says(chat.guest, "the guest's", taken)

    assert (carls.status, guests.status) == (201, 201)
    ids = [bobs["id"], carls.body["id"], guests.body["id"]]
    assert ids[0] == taken
    assert len(set(ids)) == 3
    assert all(str(uuid.UUID(each)) == each for each in ids)
    assert sorted(chat.texts()) == ["bob's", "carl's", "the guest's"]

    for who, text, id in zip(
        (chat.bob, chat.carl, chat.guest), ("bob's", "carl's", "the guest's"), ids, strict=True
    ):
        again = chat.says(who, "whatever", taken)
        assert (again.status, again.body["id"], again.body["text"]) == (200, id, text)
    assert len(chat.kept()) == 3


def test_an_id_in_another_chat_is_another_message(chat: Chat) -> None:
    goes_live(person(chat.carl))
    chat.livekit.rooms[chat.carl.id] = [chat.carl.id]
    message_id = chat.said(chat.bob, "here")
    body = {"text": "there", "id": message_id}
    answer = chat.api.post("/api/chat/carl", body, token=chat.token(chat.bob, chat.carl))
    assert (answer.status, answer.body["text"]) == (201, "there")


def test_a_repeat_of_a_deleted_message_is_refused(chat: Chat, time: Clock) -> None:
    """Whether it was deleted, cleared, or purged. Nothing is sent to the room."""
    for method, what, body in (
        ("DELETE", "{id}", None),
        ("POST", "clear", None),
        ("PUT", f"timeouts/{chat.bob.id}", {"seconds": 60}),
    ):
        message_id = chat.said(chat.bob, "hello")
        answer = chat.does(chat.mia, method, what.format(id=message_id), body)
        assert answer.status == 204
        chat.heard()
        answer = chat.says(chat.bob, "hello", message_id)
        assert answer.refused_with(422, "not_allowed")
        assert "deleted" in answer.body["error"]["message"]
        assert chat.heard() == []
        assert chat.texts() == []
        time.moves(milliseconds=1)


# --- LiveKit outages ---


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_message_that_could_not_be_sent_is_stored_and_sent_by_the_retry(
    chat: Chat, when: str
) -> None:
    message_id = str(uuid.uuid4())
    setattr(chat.livekit, when, chat.livekit.breaks)
    answer = chat.says(chat.bob, "hello", message_id)
    assert answer.refused_with(503, "unavailable")
    assert [message.message_id for message in chat.kept()] == [message_id]
    events = chat.heard()
    assert len(events) == (when == "after")

    setattr(chat.livekit, when, None)
    again = chat.says(chat.bob, "hello", message_id)
    assert (again.status, again.body["id"]) == (200, message_id)
    assert chat.heard() == [{"type": "message"} | again.body]
    assert len(chat.kept()) == 1
    assert times_counted(chat, chat.bob)[0] == 1


def test_a_retry_after_a_lost_response_writes_nothing_twice(chat: Chat) -> None:
    message_id = str(uuid.uuid4())
    with watched() as wire:
        wire.lost_answers = 1
        assert chat.says(chat.bob, "hello", message_id).refused_with(503, "unavailable")
    assert chat.says(chat.bob, "hello", message_id).status == 200
    assert len(chat.kept()) == 1
    assert len(chat.heard()) == 1


# --- texts ---


TEXTS = [
    ("cafe\u0301", "caf\u00e9"),
    ("  a  ", "a"),
    ("a\tb", "a b"),
    ("a\nb\r\nc\rd", "a b c d"),
    ("a\u2028b\u2029c\x85d", "a b c d"),
    ("\u202eabc\u202c \u2066d\u2069", "abc d"),
    ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ("مرحبا\u200f", "مرحبا\u200f"),
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("a\u0300" + "\u0301" * 40, unicodedata.normalize("NFC", "a\u0300" + "\u0301" * 40)),
    ("x" * 500, "x" * 500),
    (" " * 300 + "x" * 500, "x" * 500),
    ("😀" * 500, "😀" * 500),
    ("e\u0301" * 500, "é" * 500),
]


def test_a_text_is_made_safe_without_changing_its_meaning(
    chat: Chat, time: Clock, subtests: pytest.Subtests
) -> None:
    for sent, kept in TEXTS:
        with subtests.test(ascii(sent)):
            time.moves(milliseconds=1)
            assert chat.says(chat.bob, sent).body["text"] == kept
            assert chat.texts()[-1] == kept
            assert chat.heard()[0]["text"] == kept


INVALID_TEXTS: list[Any] = [
    "",
    "   \n\t ",
    "a\x00b",
    "\x07",
    "a\x1b[31m",
    "\ud800",
    "a\udc00b",
    "\u200b",
    "\u200d\ufe0f\u2060",
    "\u202e\u202c",
    "\u00ad \ufeff",
    "\u3164",
    "\u2800\u115f\u1160\uffa0",
    "\u0301\u0302",
    "\U000e0041",
    7,
    None,
    ["a"],
]
INVALID_IDS: list[Any] = ["", "x", "1", "0" * 31, 7, None, ["a"], "\ud800"]


def test_invalid_texts_and_ids_are_refused(chat: Chat, subtests: pytest.Subtests) -> None:
    good = {"text": "hello", "id": str(uuid.uuid4())}
    wrong = [("text", each) for each in INVALID_TEXTS] + [("id", each) for each in INVALID_IDS]
    for field, value in wrong:
        with subtests.test(f"{field} {value!a}"):
            body = good | {field: value}
            answer = chat.api.post("/api/chat/ann", body, token=chat.token(chat.bob))
            assert answer.refused_with(422, "invalid_request")
            assert set(answer.body["error"]["fields"]) == {field}
    assert (chat.kept(), chat.heard()) == ([], [])


def test_a_text_of_501_characters_is_too_long(chat: Chat) -> None:
    for who, character in product((chat.ann, chat.bob), ("x", "é", "😀")):
        assert chat.says(who, character * 501).refused_with(422, "text_too_long")
    assert chat.kept() == []


def test_ten_thousand_emoji_are_refused_plain_or_escaped(chat: Chat) -> None:
    body = {"text": "😀" * 10_000, "id": str(uuid.uuid4())}
    plain = json.dumps(body, ensure_ascii=False)
    token = chat.token(chat.bob)
    assert chat.api.post("/api/chat/ann", plain, token=token).refused_with(422, "text_too_long")
    escaped = json.dumps(body)
    assert chat.api.post("/api/chat/ann", escaped, token=token).refused_with(413, "too_large")


def test_a_long_text_full_of_addresses_is_refused_quickly(chat: Chat) -> None:
    with at_most_processor_seconds(0.3):
        assert chat.says(chat.bob, "http://a.com/(" * 1_150).refused_with(422, "text_too_long")


# --- viewer tokens ---


def token(chat: Chat, **changes: Any) -> str:
    """Return bob's viewer token with changed claims. None removes a claim."""
    video = {"roomJoin": True, "room": chat.ann.id, "canSubscribe": True} | changes.pop("video", {})
    now = int(real_time.time())
    key, secret = changes.pop("key", LIVEKIT_KEY), changes.pop("secret", LIVEKIT_SECRET)
    claims: dict[str, Any] = {
        "iss": key,
        "sub": chat.identity(chat.bob),
        "name": "bob",
        "nbf": now,
        "exp": now + 600,
        "video": video,
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret, algorithm="HS256")


def both(chat: Chat, token: str | None, **rest: Any) -> list[Answer]:
    """Post and read with a token. Return both responses."""
    body = {"text": "hello", "id": str(uuid.uuid4())}
    return [
        chat.api.post("/api/chat/ann", body, token=token, **rest),
        chat.api.get("/api/chat/ann", token=token, **rest),
    ]


def test_a_viewer_token_grants_access_to_the_chat(chat: Chat) -> None:
    """The tests below change this token."""
    assert [answer.status for answer in both(chat, token(chat))] == [201, 200]
    answer = chat.api.post("/api/token", {"host": "ann", "tab": TAB}, signed_in_as=chat.bob)
    assert [answer.status for answer in both(chat, answer.body["token"])] == [201, 200]


OTHER_CLAIMS: list[dict[str, Any]] = [
    {"secret": "another-secret-that-is-long-enough"},
    {"key": "another key"},
    {"key": None},
    {"sub": None},
    {"exp": None},
    {"exp": "soon"},
    {"name": None},
    {"name": 7},
    {"video": {"roomJoin": False}},
    {"video": {"roomJoin": "true"}},
    {"video": {"room": ""}},
    {"video": {"room": "0" * 32}},
    {"video": {"room": None}},
    {"video": {"room": None, "roomJoin": None}},
    # signed by LiveKit's key, but not for a viewer of this site
    {"sub": "watcher"},
    {"sub": ""},
    {"sub": "{ann}"},
    {"sub": "{bob}"},
    {"sub": "{ann}:abcd1234"},
    {"sub": "Host-{bob}:abcd1234"},
    {"sub": "Host-{ann}"},
    {"sub": "Host-{ann}:ABCD1234"},
    {"sub": "{bob}:abcd1234 "},
    {"sub": "{bob}:abcd1234\n"},
    {"sub": "{bob}:abcd12345"},
    {"sub": "x{bob}:abcd1234"},
    {"sub": "server:abcd1234"},
]


def test_a_token_with_other_claims_is_refused(chat: Chat, subtests: pytest.Subtests) -> None:
    for changes in OTHER_CLAIMS:
        with subtests.test(str(changes)):
            claims = dict(changes)
            if claims.get("sub"):
                claims["sub"] = claims["sub"].format(ann=chat.ann.id, bob=chat.bob.id)
            for answer in both(chat, token(chat, **claims)):
                assert answer.refused_with(401, "unauthorized")
                assert answer.headers["www-authenticate"] == "Bearer"
    assert (chat.kept(), chat.heard()) == ([], [])


def test_other_kinds_of_tokens_are_refused(chat: Chat) -> None:
    claims = jwt.decode(token(chat), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none")
    head, body, signature = token(chat).split(".")
    for other in (
        None,
        "nonsense",
        "a.b.c",
        unsigned,
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{token(chat, name='ann').split('.')[1]}.{signature}",
        chat.api.provider.token(chat.bob.subject),  # an access token of the site's sign-in
    ):
        for answer in both(chat, other):
            assert answer.refused_with(401, "unauthorized")
    for answer in both(chat, None, headers={"authorization": f"Basic {token(chat)}"}):
        assert answer.refused_with(401, "unauthorized")


def test_an_expired_token_has_its_own_error_code(chat: Chat) -> None:
    now = int(real_time.time())
    for answer in both(chat, token(chat, exp=now - 1)):
        assert answer.refused_with(401, "token_expired")
    forged = token(chat, exp=now - 60, secret="another-secret-that-is-long-enough")
    for answer in both(chat, forged):
        assert answer.refused_with(401, "unauthorized")


def test_the_clock_of_livekit_may_be_ahead(chat: Chat) -> None:
    now = int(real_time.time())
    assert both(chat, token(chat, nbf=now + 20, exp=now + 620))[0].status == 201


def test_a_token_of_another_channel_is_refused(chat: Chat) -> None:
    goes_live(person(chat.carl))
    chat.livekit.rooms[chat.carl.id] = [chat.carl.id]
    for who in (chat.bob, chat.carl, chat.ann, chat.guest):
        for answer in both(chat, chat.token(who, chat.carl)):
            assert answer.refused_with(401, "unauthorized")
    body = {"text": "hello", "id": str(uuid.uuid4())}
    for name in ("carl", "nobody", "a nn"):
        answer = chat.api.post(f"/api/chat/{name}", body, token=chat.token(chat.bob))
        assert answer.refused_with(401, "unauthorized")
    assert chat.heard() == []


def test_tokens_of_the_previous_keys_are_accepted_during_a_rotation(chat: Chat) -> None:
    before = token(chat)
    keys = {"LIVEKIT_API_KEY": "newkey", "LIVEKIT_API_SECRET": "a-new-secret-that-is-long-enough"}
    previous = {
        "LIVEKIT_PREVIOUS_API_KEY": LIVEKIT_KEY,
        "LIVEKIT_PREVIOUS_API_SECRET": LIVEKIT_SECRET,
    }
    put_secret("livekit", keys | previous)
    forget()
    assert [answer.status for answer in both(chat, before)] == [201, 200]
    assert [answer.status for answer in both(chat, chat.token(chat.bob))] == [201, 200]
    mixed = token(chat, key="newkey", secret=LIVEKIT_SECRET)
    assert both(chat, mixed)[0].refused_with(401, "unauthorized")

    put_secret("livekit", keys)
    forget()
    assert both(chat, before)[0].refused_with(401, "unauthorized")


def test_an_invalid_token_is_refused_before_an_invalid_body(chat: Chat) -> None:
    answer = chat.api.post("/api/chat/ann", {"text": ""}, token="nonsense")
    assert answer.refused_with(401, "unauthorized")


# --- history ---


def pages(chat: Chat) -> list[list[str]]:
    """Return the ids on each page, newest page first."""
    ids: list[list[str]] = []
    before = None
    while True:
        page = chat.reads(chat.carl, before)
        ids.append([message["id"] for message in page["messages"]])
        before = page["before"]
        if before is None:
            return ids


def test_the_pages_contain_each_message_once(
    chat: Chat, time: Clock, subtests: pytest.Subtests
) -> None:
    """Some are from the same millisecond, even across the boundary of two pages."""
    said: list[tuple[int, str]] = []
    for count, sizes in (
        (0, [0]),
        (1, [1]),
        (49, [49]),
        (50, [50]),
        (51, [50, 1]),
        (100, [50, 50]),
        (137, [50, 50, 37]),
    ):
        with subtests.test(f"{count} messages"):
            later = [time.ms - 1000 + number // 7 for number in range(len(said), count)]
            said += zip(later, chat.keeps(later), strict=True)
            read = pages(chat)
            assert [len(page) for page in read] == sizes
            assert [id for page in reversed(read) for id in page] == [id for _, id in sorted(said)]


def test_messages_are_sorted_by_time_and_then_by_id(chat: Chat, time: Clock) -> None:
    ids = [chat.said(chat.bob, f"{number}") for number in range(4)]
    time.moves(milliseconds=1)
    ids_later = [chat.said(chat.mia, f"{number}") for number in range(4)]
    shown = [message["id"] for message in chat.reads(chat.bob)["messages"]]
    assert shown == sorted(ids) + sorted(ids_later)


def test_new_messages_do_not_shift_the_pages(chat: Chat, time: Clock) -> None:
    ids = chat.keeps([time.ms - 1000 + number for number in range(60)])
    newest = chat.reads(chat.carl)
    chat.said(chat.bob, "one more")
    older = chat.reads(chat.carl, newest["before"])
    assert [message["id"] for message in older["messages"]] == ids[:10]
    assert older["before"] is None


def test_deleted_messages_leave_no_gap_on_a_page(chat: Chat, time: Clock) -> None:
    ids = chat.keeps([time.ms - 1000 + number for number in range(120)])
    deleted = {id for number, id in enumerate(ids) if number % 2}
    for message in chat.kept():
        if message.message_id in deleted:
            message.deleted = True
            message.save()
    assert pages(chat) == [[id for id in ids[20:] if id not in deleted], ids[0:20:2]]


def test_a_page_reads_a_limited_number_of_messages(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_READ", 70)
    ids = chat.keeps([time.ms - 1000 + number for number in range(150)])
    erase(message for message in chat.kept() if message.message_id in ids[20:])
    assert pages(chat) == [[], ids[11:20], ids[:11]]


INVALID_CURSORS = [
    "x",
    "é",
    "W10",
    "e30",
    "bnVsbA",
    cursors.encode(""),
    cursors.encode("a", "b"),
    cursors.encode("x" * 201),
    cursors.encode("\ud800"),
    "=" * 10,
    "A" * 1025,
]


def test_an_invalid_cursor_is_refused(chat: Chat, subtests: pytest.Subtests) -> None:
    for cursor in INVALID_CURSORS:
        with subtests.test(ascii(cursor)[:30]):
            query = {"before": cursor}
            answer = chat.api.get("/api/chat/ann", token=chat.token(chat.bob), query=query)
            assert answer.refused_with(422, "invalid_request")
            assert set(answer.body["error"]["fields"]) == {"before"}


def test_a_made_up_cursor_does_not_reveal_hidden_messages(chat: Chat, time: Clock) -> None:
    chat.said(chat.bob, "cleared")
    chat.does(chat.mia, "POST", "clear")
    time.moves(milliseconds=1)
    chat.said(chat.bob, "shown")
    for place, texts in (
        ("0", []),
        ("#", []),
        ("CHAT#", ["shown"]),
        ("zzz", ["shown"]),
        ("9999999999999#x", ["shown"]),
    ):
        page = chat.reads(chat.bob, cursors.encode(place))
        assert [message["text"] for message in page["messages"]] == texts


@pytest.mark.parametrize("hours", [1, 24])
def test_expired_messages_are_hidden_before_the_table_deletes_them(
    chat: Chat, time: Clock, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setenv("FOOTLIGHT_CHAT_HISTORY_HOURS", str(hours))
    chat.said(chat.bob, "first")
    time.moves(minutes=1)
    chat.said(chat.bob, "second")
    assert [message.expires_at.timestamp() for message in chat.kept()] == [
        time.ms // 1000 - 60 + hours * HOUR,
        time.ms // 1000 + hours * HOUR,
    ]
    time.moves(seconds=hours * HOUR - 61)
    assert chat.texts() == ["first", "second"]
    time.moves(seconds=1)
    assert chat.texts() == ["second"]
    time.moves(seconds=60)
    assert chat.texts() == []
    assert len(chat.kept()) == 2


def test_a_page_stops_reading_at_the_first_expired_message(chat: Chat, time: Clock) -> None:
    expired = clock.now() - timedelta(seconds=1)
    chat.keeps([time.ms - number for number in range(500)], expires_at=expired)
    with watched() as wire:
        page = chat.reads(chat.bob)
    assert (page["messages"], page["before"]) == ([], None)
    assert wire.made.count("Query") == 1


def test_deleted_and_cleared_messages_are_hidden_from_later_viewers(
    chat: Chat, time: Clock
) -> None:
    cleared = chat.said(chat.bob, "cleared")
    assert chat.does(chat.mia, "POST", "clear").status == 204
    assert chat.texts() == []
    time.moves(milliseconds=1)
    deleted, stays = chat.said(chat.bob, "deleted"), chat.said(chat.bob, "stays")
    assert chat.does(chat.mia, "DELETE", deleted).status == 204
    assert [message["id"] for message in chat.reads(chat.carl)["messages"]] == [stays]
    assert cleared not in chat.api.get("/api/chat/ann", token=chat.token(chat.ann)).text


def test_a_page_contains_the_end_of_the_caller_s_timeout(chat: Chat, time: Clock) -> None:
    chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60})
    until = time.after(seconds=60)
    time.moves(milliseconds=59_999)
    assert chat.reads(chat.bob)["you"] == {"role": "viewer", "timedOutUntil": until}
    assert refused(chat.says(chat.bob, "hello"), 403, "timed_out", 1)
    assert chat.reads(chat.carl)["you"]["timedOutUntil"] is None
    time.moves(milliseconds=1)
    assert chat.reads(chat.bob)["you"] == {"role": "viewer", "timedOutUntil": None}
    assert chat.says(chat.bob, "hello").status == 201


def test_blocked_viewers_cannot_read_the_chat(chat: Chat) -> None:
    for who in (chat.bob, chat.guest):
        assert chat.reads(who)["messages"] == []
        assert chat.does(chat.ann, "PUT", f"blocks/{who.id}").status == 204
        answer = chat.api.get("/api/chat/ann", token=chat.token(who))
        assert answer.refused_with(403, "blocked")


def test_guests_who_may_not_watch_cannot_read_the_chat(chat: Chat) -> None:
    chat.sets(signedInOnly="hour")
    answer = chat.api.get("/api/chat/ann", token=chat.token(chat.guest))
    assert answer.refused_with(403, "signed_in_only")
    assert chat.reads(chat.bob)["messages"] == []


def test_guests_who_may_not_write_can_read_the_chat(chat: Chat) -> None:
    chat.sets(chat={"isSignedInOnly": True})
    assert chat.says(chat.guest, "hello").refused_with(403, "signed_in_only")
    assert chat.reads(chat.guest)["you"]["role"] == "guest"


@pytest.mark.parametrize("switch", ["isChatEnabled", "offline"])
def test_a_closed_chat_can_be_read(chat: Chat, switch: str) -> None:
    chat.said(chat.bob, "hello")
    if switch == "offline":
        chat.goes_offline()
        code = (409, "host_offline")
    else:
        chat.sets(isChatEnabled=False)
        code = (403, "chat_disabled")
    assert chat.says(chat.bob, "more").refused_with(*code)
    assert chat.texts() == ["hello"]


def test_verified_claims_match_the_minted_token(chat: Chat) -> None:
    """`verify` is the reverse of `mint`."""
    for who in (chat.ann, chat.bob, chat.guest):
        claims = viewer_tokens.verify(chat.token(who))
        assert (claims.host_id, claims.viewer_id) == (chat.ann.id, who.id)
        assert (claims.identity, claims.is_host) == (chat.identity(who), who is chat.ann)
