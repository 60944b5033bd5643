"""Choosing a username, also in a race, changing a channel's settings, and search words."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from footlight.channels.accounts import Me, change_profile, own_profile
from footlight.channels.search import search as find_channels
from footlight.channels.settings import StreamChanges, change_stream
from footlight.channels.words import channel_words
from footlight.errors import (
    InvalidRequest,
    Refused,
    SignUpClosed,
    Unavailable,
    UsernameFixed,
    UsernameTaken,
)
from footlight.identities import Person
from footlight.people.oidc import Claims
from footlight.tables import items, search, users
from footlight.tables.limits import Taken
from tests.support.people import ISSUER, a_person, caller
from tests.support.table import LIMIT, TRANSACTION, watched

pytestmark = pytest.mark.usefixtures("deployed")


def user_claims(subject: str = "a-subject") -> Claims:
    return Claims(ISSUER, subject)


def choose(claims: Claims, username: str) -> Me | type[Refused]:
    try:
        return change_profile(claims, username=username, bio=None)
    except Refused as refused:
        return type(refused)


def run_concurrently(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; return their results."""
    with watched() as wire, ThreadPoolExecutor(len(calls)) as pool:
        barrier = threading.Barrier(len(calls))

        def run(call: Callable[[], Any]) -> Any:
            barrier.wait()
            return call()

        results = list(pool.map(run, calls))
    assert wire.made.count(TRANSACTION) >= 1
    return results


def item_count() -> int:
    """Return the number of items, without counters of rate limits."""
    return sum(1 for item in items.Item.scan() if not isinstance(item, Taken))


def test_only_one_of_many_concurrent_users_gets_a_username() -> None:
    racers = [user_claims(f"racer {number}") for number in range(8)]

    results = run_concurrently([lambda racer=racer: choose(racer, "wanted") for racer in racers])

    winners = [result for result in results if isinstance(result, Me)]
    assert len(winners) == 1
    assert [result for result in results if result is UsernameTaken] == [UsernameTaken] * 7
    assert users.user_id_of("wanted") == winners[0].id
    assert [own_profile(racer).username for racer in racers].count("wanted") == 1


def test_only_one_of_two_concurrent_look_alike_usernames_is_accepted() -> None:
    results = run_concurrently(
        [lambda: choose(user_claims("a"), "paypal"), lambda: choose(user_claims("b"), "paypa1")]
    )
    assert UsernameTaken in results
    assert sum(isinstance(result, Me) for result in results) == 1


def test_concurrent_requests_of_one_person_create_one_user() -> None:
    results = run_concurrently([lambda: choose(user_claims(), "ann") for _ in range(6)])
    assert len({result.id for result in results}) == 1


def test_concurrent_requests_for_two_usernames_set_one() -> None:
    results = run_concurrently(
        [lambda: choose(user_claims(), "ann"), lambda: choose(user_claims(), "anna")]
    )
    assert UsernameFixed in results
    assert sum(isinstance(result, Me) for result in results) == 1


def test_a_conflicting_username_claim_is_retried() -> None:
    with watched() as wire:
        wire.conflicts = 3
        me = change_profile(user_claims(), username="ann", bio=None)
    assert me.username == "ann"
    assert wire.made.count(TRANSACTION) == 4


def test_a_username_claim_with_endless_conflicts_writes_nothing() -> None:
    with watched() as wire, pytest.raises(Unavailable):
        wire.conflicts = 99
        change_profile(user_claims(), username="ann", bio=None)
    assert wire.made.count(TRANSACTION) == 4
    assert item_count() == 0


def test_a_username_claim_whose_response_was_lost_can_be_retried() -> None:
    with watched() as wire:
        wire.lost_answers = 1
        with pytest.raises(Unavailable):
            change_profile(user_claims(), username="ann", bio=None)
    count = item_count()

    me = change_profile(user_claims(), username="ann", bio=None)

    assert me.username == "ann"
    assert item_count() == count


def test_a_claim_of_a_taken_username_writes_nothing() -> None:
    a_person("ann")
    change_profile(user_claims("first"), username="bob", bio=None)
    count = item_count()
    assert choose(user_claims("second"), "bob") is UsernameTaken
    assert item_count() == count


@pytest.mark.parametrize(
    ("username", "reason"),
    [
        ("turner", "This username is taken"),
        ("tumer", "This username looks too much like one that is taken"),
        ("turn_er", "This username looks too much like one that is taken"),
    ],
)
def test_look_alikes_say_that_they_only_resemble_a_taken_username(
    username: str, reason: str
) -> None:
    change_profile(user_claims("first"), username="turner", bio=None)
    with pytest.raises(UsernameTaken) as refused:
        change_profile(user_claims("second"), username=username, bio=None)
    assert str(refused.value) == reason


def test_a_username_can_not_imitate_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_SITE_NAME", "Big Show")
    with pytest.raises(InvalidRequest) as refused:
        change_profile(user_claims(), username="b1g_show", bio=None)
    assert refused.value.fields == {"username": "This username looks like the site's own name"}


def test_a_closed_site_keeps_its_people_and_accepts_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change_profile(user_claims("first"), username="ann", bio=None)
    monkeypatch.setenv("FOOTLIGHT_SIGN_UP", "closed")
    count = item_count()
    assert choose(user_claims("second"), "bob") is SignUpClosed
    assert item_count() == count
    assert own_profile(user_claims("second")).username is None
    assert change_profile(user_claims("first"), username="ann", bio="I paint").bio == "I paint"


@pytest.mark.parametrize("sign_up", ["open", "invited"])
def test_an_invited_person_chooses_a_username(
    monkeypatch: pytest.MonkeyPatch, sign_up: str
) -> None:
    monkeypatch.setenv("FOOTLIGHT_SIGN_UP", sign_up)
    assert isinstance(choose(user_claims(), "ann"), Me)


def test_a_bio_can_be_set_together_with_the_username() -> None:
    me = change_profile(user_claims(), username="ann", bio="I paint")
    assert me == own_profile(user_claims())
    assert me.bio == "I paint"


def test_a_user_can_choose_another_username_if_the_first_is_taken() -> None:
    change_profile(user_claims("first"), username="ann", bio=None)
    assert choose(user_claims("second"), "ann") is UsernameTaken
    assert isinstance(choose(user_claims("second"), "bob"), Me)


# The channel's settings


def search_usernames(term: str) -> list[str]:
    return [c.user.username for c in find_channels(caller(None), term, None).results]


def stored_words(person: Person) -> set[str]:
    return {
        item.word
        for item in items.Item.scan()
        if isinstance(item, search.Word) and item.user_id == person.id
    }


@pytest.mark.parametrize(
    "title",
    [
        " ".join(chr(ord("a") + n % 26) + "0123456789"[n % 10] for n in range(46)),
        "ﷺ" * 140,  # 18 letters each after normalization
        "\U0001d54f" * 140,
        "x " * 70,
        "🎨" * 140,
    ],
)
def test_the_longest_titles_fit_into_one_transaction(title: str) -> None:
    ann = a_person("a_b_c_d_e_f_g_h_i_j_k_l", title="one two three four five six " * 5)
    assert len(title) <= 140

    assert change_stream(ann, StreamChanges(title=title)).title == title
    assert change_stream(ann, StreamChanges(title="short")).title == "short"

    assert stored_words(ann) == {*"abcdefghijkl", "abcdefghijkl", "short"}


def test_search_finds_a_channel_by_its_new_title_only() -> None:
    ann = a_person("ann")
    change_stream(ann, StreamChanges(title="Oil on canvas"))
    assert (search_usernames("oil"), search_usernames("stream")) == (["ann"], [])


def test_concurrent_title_changes_leave_the_words_of_the_stored_title() -> None:
    ann = a_person("ann")
    titles = ["Oil on canvas", "Chalk", "Ink and paper", "Oil and chalk"]

    run_concurrently(
        [lambda title=title: change_stream(ann, StreamChanges(title=title)) for title in titles]
    )

    stream = items.get(users.stream(ann.id), consistent=True)
    assert isinstance(stream, users.Stream)
    assert stream.title in titles
    assert stored_words(ann) == set(channel_words("ann", stream.title))


def test_a_concurrently_changed_title_is_read_again() -> None:
    ann = a_person("ann")
    with watched() as wire:
        wire.meanwhile = lambda: void(change_stream(ann, StreamChanges(title="Chalk")))
        change_stream(ann, StreamChanges(title="Oil"))
    assert stored_words(ann) == {"ann", "oil"}


def void(_: object) -> None:
    """Discard a result, so that a lambda returns None."""


def test_an_empty_change_writes_nothing() -> None:
    ann = a_person("ann")
    with watched() as wire:
        settings = change_stream(ann, StreamChanges())
    assert settings.title == "ann's stream"
    assert wire.made == [LIMIT, "BatchGetItem"]


def test_each_switch_changes_on_its_own() -> None:
    ann = a_person("ann")
    change_stream(ann, StreamChanges(is_chat_delayed=True))
    with watched() as wire:
        settings = change_stream(ann, StreamChanges(is_chat_enabled=False))
    assert (settings.is_chat_enabled, settings.is_chat_delayed) == (False, True)
    assert settings.is_chat_followers_only is False
    assert wire.made == [LIMIT, "BatchGetItem", "UpdateItem"]
    assert change_stream(ann, StreamChanges(is_for_adults=True)).is_for_adults
    kept = change_stream(ann, StreamChanges(is_chat_enabled=True))
    assert (kept.is_for_adults, kept.is_chat_enabled, kept.is_chat_delayed) == (True, True, True)
