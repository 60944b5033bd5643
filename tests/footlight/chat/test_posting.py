"""Concurrent posts, and changes between the read and the write of a post."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bench.prices import item_bytes
from footlight import clock
from footlight.chat import posting, rules
from footlight.chat.room import ChatMessage
from footlight.errors import RateLimited, Refused, SlowMode, TimedOut, Unavailable
from footlight.identities import Person
from footlight.tables.chat import chatter, timeout
from footlight.tables.items import Found, Ref, batch_get, get
from footlight.watching.viewer_tokens import ViewerClaims, verify
from tests.support.chat import Chat
from tests.support.clock import Clock
from tests.support.people import goes_live
from tests.support.stored import change_item
from tests.support.table import TRANSACTION, watched

ADDRESS = "203.0.113.7"
AT_ONCE = 8


@pytest.fixture
def bob(chat: Chat) -> ViewerClaims:
    return verify(chat.token(chat.bob))


Post = tuple[ViewerClaims, str, uuid.UUID]


def at_once(posts: list[Post]) -> tuple[list[tuple[ChatMessage, bool]], list[Refused]]:
    """Post concurrently. Return the messages, each with whether it is new, and the refusals."""

    def outcome(post: Post) -> tuple[ChatMessage, bool] | Refused:
        viewer, text, message_id = post
        try:
            return posting.post(viewer, "ann", text, message_id, ADDRESS)
        except Refused as refused:
            return refused

    with watched(), ThreadPoolExecutor(len(posts)) as pool:
        outcomes = list(pool.map(outcome, posts))
    return (
        [outcome for outcome in outcomes if isinstance(outcome, tuple)],
        [outcome for outcome in outcomes if isinstance(outcome, Refused)],
    )


def different(viewer: ViewerClaims) -> list[Post]:
    return [(viewer, f"{number}", uuid.uuid4()) for number in range(AT_ONCE)]


def counted(chat: Chat) -> int:
    counter = get(chatter(chat.bob.id), consistent=True)
    return counter.times if counter else 0


@pytest.mark.parametrize("has_written_before", [False, True])
def test_slow_mode_accepts_one_of_many_concurrent_posts(
    chat: Chat, time: Clock, bob: ViewerClaims, has_written_before: bool
) -> None:
    chat.writes_settings(is_chat_delayed=True)
    if has_written_before:
        chat.said(chat.bob, "hello")
        time.moves(seconds=3)
    stored_before = len(chat.kept())
    posted, refused = at_once(different(bob))

    assert [is_new for _, is_new in posted] == [True]
    assert [(type(each), each.retry_after_ms) for each in refused] == [(SlowMode, 3000)] * (
        AT_ONCE - 1
    )
    assert len(chat.kept()) == stored_before + 1
    assert len(chat.heard()) == stored_before + 1


def test_concurrent_posts_with_one_id_store_one_message(
    chat: Chat, time: Clock, bob: ViewerClaims
) -> None:
    message_id = uuid.uuid4()
    posted, refused = at_once([(bob, "hello", message_id)] * AT_ONCE)

    assert refused == []
    assert sorted(is_new for _, is_new in posted) == [False] * (AT_ONCE - 1) + [True]
    assert {message.id for message, _ in posted} == {str(message_id)}
    assert len(chat.kept()) == counted(chat) == 1
    assert {event["id"] for event in chat.heard()} == {str(message_id)}


def test_senders_that_use_the_same_id_each_get_a_message(chat: Chat, time: Clock) -> None:
    message_id = uuid.uuid4()
    viewers = [
        verify(chat.token(who)) for who in (chat.ann, chat.bob, chat.carl, chat.mia, chat.guest)
    ]
    posted, _ = at_once([(viewer, "hello", message_id) for viewer in viewers])

    assert [is_new for _, is_new in posted] == [True] * 5
    assert len({message.id for message, _ in posted}) == 5
    assert {message.id for message, _ in posted} == {stored.message_id for stored in chat.kept()}


def test_the_flood_limit_holds_for_concurrent_posts(
    chat: Chat, time: Clock, bob: ViewerClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", "chat=3/10")
    chat.said(chat.bob, "hello")
    posted, refused = at_once(different(bob))

    assert len(posted) == 2
    assert [type(each) for each in refused] == [RateLimited] * (AT_ONCE - 2)
    assert len(chat.kept()) == counted(chat) == 3


def test_slow_mode_refuses_a_post_if_another_tab_wrote_first(
    chat: Chat, time: Clock, bob: ViewerClaims
) -> None:
    chat.writes_settings(is_chat_delayed=True)
    chat.said(chat.bob, "hello")
    time.moves(seconds=3)

    def from_another_tab() -> None:
        chat.said(chat.bob, "from another tab")

    with watched() as wire, pytest.raises(SlowMode):
        wire.meanwhile = from_another_tab
        posting.post(bob, "ann", "from this one", uuid.uuid4(), ADDRESS)
    assert chat.texts() == ["hello", "from another tab"]


def test_a_retried_post_obeys_rules_set_in_the_meantime(
    chat: Chat, time: Clock, bob: ViewerClaims
) -> None:
    def in_the_meantime() -> None:
        chat.says(chat.bob, "from another tab")
        chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60})

    with watched() as wire, pytest.raises(TimedOut):
        wire.meanwhile = in_the_meantime
        posting.post(bob, "ann", "from this one", uuid.uuid4(), ADDRESS)
    assert chat.texts() == []


def test_a_fenced_post_reads_again_and_meets_the_timeout(
    chat: Chat, time: Clock, bob: ViewerClaims, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is no snapshot: it may contain the sender's fence, and not yet the timeout."""
    timeout_ref = timeout(chat.ann.id, chat.bob.id)
    reads = 0

    def torn_batch_get(*refs: Ref[Any], consistent: bool) -> Found:
        nonlocal reads
        reads += 1
        skipped = {timeout_ref} if reads == 1 else set[Ref[Any]]()
        return batch_get(*(ref for ref in refs if ref not in skipped), consistent=consistent)

    chat.said(chat.bob, "before")
    chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60})
    monkeypatch.setattr(posting, "batch_get", torn_batch_get)
    with pytest.raises(TimedOut):
        posting.post(bob, "ann", "hello", uuid.uuid4(), ADDRESS)
    assert reads == 2


def test_a_post_retries_conflicts_at_most_three_times(chat: Chat, bob: ViewerClaims) -> None:
    with watched() as wire:
        wire.conflicts = 2
        assert posting.post(bob, "ann", "hello", uuid.uuid4(), ADDRESS)[1]
        assert wire.made.count(TRANSACTION) == 3
        wire.conflicts = 99
        with pytest.raises(Unavailable):
            posting.post(bob, "ann", "hello again", uuid.uuid4(), ADDRESS)
        assert wire.made.count(TRANSACTION) == 3 + 4
    assert len(chat.kept()) == counted(chat) == 1


def test_a_message_costs_two_calls_to_the_table_and_one_to_livekit(
    chat: Chat, bob: ViewerClaims
) -> None:
    chat.writes_settings(
        is_chat_delayed=True, chat_blocked_words={"darn"}, are_chat_repeats_blocked=True
    )
    chat.livekit.made.clear()
    with watched() as wire:
        posting.post(bob, "ann", "see a.com", uuid.uuid4(), ADDRESS)
        assert wire.made == ["BatchGetItem", TRANSACTION]
    assert chat.livekit.made == ["SendData"]


def carl_is_live_too(chat: Chat) -> None:
    goes_live(Person(chat.carl.id, chat.carl.username))
    chat.livekit.rooms[chat.carl.id] = [chat.carl.id]


def test_concurrent_posts_in_two_chats_all_count_and_neither_loses_its_slow_mode(
    chat: Chat, time: Clock, bob: ViewerClaims
) -> None:
    carl_is_live_too(chat)
    chat.writes_settings(is_chat_delayed=True)
    in_carls = verify(chat.token(chat.bob, chat.carl))

    def in_the_meantime() -> None:
        posting.post(bob, "ann", "in ann's", uuid.uuid4(), ADDRESS)

    with watched() as wire:
        wire.meanwhile = in_the_meantime
        assert posting.post(in_carls, "carl", "in carl's", uuid.uuid4(), ADDRESS)[1]
    assert counted(chat) == 2
    with pytest.raises(SlowMode):
        posting.post(bob, "ann", "again", uuid.uuid4(), ADDRESS)


def test_a_message_in_another_chat_does_not_lift_a_fence(
    chat: Chat, time: Clock, bob: ViewerClaims
) -> None:
    """The post in ann's chat has read the counter before the other one, but not the timeout."""
    carl_is_live_too(chat)
    in_carls = verify(chat.token(chat.bob, chat.carl))
    chat.said(chat.bob, "before")
    chat.does(chat.mia, "PUT", f"timeouts/{chat.bob.id}", {"seconds": 60})
    posting.post(in_carls, "carl", "hello", uuid.uuid4(), ADDRESS)
    counter = get(chatter(chat.bob.id), consistent=True)
    assert counter
    assert counter.fenced == {chat.ann.id}

    time.moves(seconds=61)
    posting.post(in_carls, "carl", "hello", uuid.uuid4(), ADDRESS)
    counter = get(chatter(chat.bob.id), consistent=True)
    assert counter
    assert counter.fenced is None


def test_the_counter_of_ten_chats_is_written_for_the_price_of_a_kilobyte(
    chat: Chat, bob: ViewerClaims
) -> None:
    chat.said(chat.bob, "hello")
    recent, old = clock.now_ms(), clock.now_ms() - rules.CHAT_MS - 1
    chats = {uuid.uuid4().hex: (at, "f" * 16) for at in [recent] * 9 + [old] * 3}
    fenced = {uuid.uuid4().hex for _ in range(3)}
    change_item(chatter(chat.bob.id), chats=chats, fenced=fenced, fenced_ms=recent)
    chat.said(chat.bob, "hello again")
    counter = get(chatter(chat.bob.id), consistent=True)
    assert counter
    still_kept = {host_id for host_id, (at, _) in chats.items() if at == recent}
    assert counter.chats.keys() == {chat.ann.id, *still_kept}
    assert counter.fenced == fenced
    assert item_bytes(counter.serialize()) <= 1024
