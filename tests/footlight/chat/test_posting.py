"""Messages that are sent at the same moment, and what comes between reading and writing."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from footlight.chat import posting
from footlight.errors import RateLimited, Refused, SlowMode, TimedOut, Unavailable
from footlight.tables import base
from footlight.tables.chat import Chatter, chatter_key
from footlight.viewer_tokens import Seat, read
from tests.support.api import Api
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.table import TRANSACTION, watched

AT_ONCE = 8


@pytest.fixture
def chat(api: Api, livekit: LiveKit) -> Chat:
    return Chat(api, livekit)


@pytest.fixture
def time(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def bob(chat: Chat) -> Seat:
    return read(chat.token(chat.bob))


def at_once(posts: list[Callable[[], object]]) -> list[object]:
    """What came of each; of a refusal, itself."""

    def outcome(post: Callable[[], object]) -> object:
        try:
            return post()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(outcome, posts))


def counted(chat: Chat) -> int:
    chatter = base.get(chatter_key(chat.ann.id, chat.bob.id), consistent=True)
    return int(chatter.times) if isinstance(chatter, Chatter) else 0


@pytest.mark.parametrize("has_written_before", [False, True])
def test_of_many_at_once_slow_mode_lets_one_through(
    chat: Chat, time: Clock, bob: Seat, has_written_before: bool
) -> None:
    chat.writes_settings(is_chat_delayed=True)
    if has_written_before:
        chat.said(chat.bob, "hello")
        time.moves(seconds=3)
    kept_before = len(chat.kept())
    posts = [lambda n=n: posting.post(bob, "ann", f"{n}", uuid.uuid4()) for n in range(AT_ONCE)]
    with watched():
        outcomes = at_once(posts)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(refused) == AT_ONCE - 1
    assert [(type(each), each.retry_after_ms) for each in refused] == [(SlowMode, 3000)] * 7
    assert len(chat.kept()) == kept_before + 1
    assert len(chat.heard()) == kept_before + 1


def test_of_many_at_once_with_one_id_there_is_one_message(
    chat: Chat, time: Clock, bob: Seat
) -> None:
    message_id = uuid.uuid4()
    posts = [lambda: posting.post(bob, "ann", "hello", message_id)] * AT_ONCE
    with watched():
        outcomes = at_once(posts)

    assert sorted(is_new for _, is_new in outcomes) == [False] * (AT_ONCE - 1) + [True]
    assert {message.id for message, _ in outcomes} == {str(message_id)}
    assert len(chat.kept()) == counted(chat) == 1
    assert {news["id"] for news in chat.heard()} == {str(message_id)}


def test_of_many_senders_with_one_id_each_has_a_message(chat: Chat, time: Clock) -> None:
    message_id = uuid.uuid4()
    seats = [read(chat.token(who)) for who in (chat.ann, chat.bob, chat.carl, chat.mia, chat.guest)]
    posts = [lambda seat=seat: posting.post(seat, "ann", "hello", message_id) for seat in seats]
    with watched():
        outcomes = at_once(posts)

    assert [is_new for _, is_new in outcomes] == [True] * 5
    assert len({message.id for message, _ in outcomes}) == 5
    assert {message.id for message, _ in outcomes} == {kept.message_id for kept in chat.kept()}


def test_of_many_at_once_no_more_pass_than_a_flood_has(
    chat: Chat, time: Clock, bob: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "chat=3/10")
    chat.said(chat.bob, "hello")
    posts = [lambda n=n: posting.post(bob, "ann", f"{n}", uuid.uuid4()) for n in range(AT_ONCE)]
    with watched():
        outcomes = at_once(posts)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [type(each) for each in refused] == [RateLimited] * (AT_ONCE - 2)
    assert len(chat.kept()) == counted(chat) == 3


def test_a_post_that_was_overtaken_by_another_in_slow_mode_is_told_to_wait(
    chat: Chat, time: Clock, bob: Seat
) -> None:
    chat.writes_settings(is_chat_delayed=True)
    chat.said(chat.bob, "hello")
    time.moves(seconds=3)
    with watched() as wire, pytest.raises(SlowMode):
        wire.meanwhile = lambda: chat.says(chat.bob, "from another tab")
        posting.post(bob, "ann", "from this one", uuid.uuid4())
    assert chat.texts() == ["hello", "from another tab"]


def test_a_rule_that_comes_meanwhile_holds_for_a_post_that_is_tried_again(
    chat: Chat, time: Clock, bob: Seat
) -> None:
    def meanwhile() -> None:
        chat.says(chat.bob, "from another tab")
        chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60})

    with watched() as wire, pytest.raises(TimedOut):
        wire.meanwhile = meanwhile
        posting.post(bob, "ann", "from this one", uuid.uuid4())
    assert chat.texts() == []


def test_a_post_that_meets_others_is_tried_again_and_not_without_end(chat: Chat, bob: Seat) -> None:
    with watched() as wire:
        wire.conflicts = 2
        assert posting.post(bob, "ann", "hello", uuid.uuid4())[1]
        assert wire.made.count(TRANSACTION) == 3
        wire.conflicts = 99
        with pytest.raises(Unavailable):
            posting.post(bob, "ann", "hello again", uuid.uuid4())
        assert wire.made.count(TRANSACTION) == 3 + 4
    assert len(chat.kept()) == counted(chat) == 1


def test_a_message_costs_two_calls_to_the_table_and_one_to_livekit(chat: Chat, bob: Seat) -> None:
    chat.writes_settings(
        is_chat_delayed=True, chat_blocked_words={"darn"}, are_chat_repeats_blocked=True
    )
    chat.livekit.made.clear()
    with watched() as wire:
        posting.post(bob, "ann", "see a.com", uuid.uuid4())
        assert wire.made == ["BatchGetItem", TRANSACTION]
    assert chat.livekit.made == ["SendData"]
