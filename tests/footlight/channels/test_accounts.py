"""The claim of a username, alone and among others; settings and the words of search."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from footlight.channels.accounts import Me, change_profile, own_profile
from footlight.channels.search import search as find_channels
from footlight.channels.settings import StreamChanges, change_stream
from footlight.channels.words import channel_words
from footlight.errors import Refused, Unavailable, UsernameFixed, UsernameTaken
from footlight.identities import Person
from footlight.people.oidc import Claims
from footlight.tables import items, search, users
from footlight.tables.limits import Taken
from tests.support.people import ISSUER, a_person, caller
from tests.support.table import LIMIT, TRANSACTION, watched

pytestmark = pytest.mark.usefixtures("deployed")


def somebody(subject: str = "somebody") -> Claims:
    return Claims(ISSUER, subject)


def choose(claims: Claims, username: str) -> Me | type[Refused]:
    try:
        return change_profile(claims, username=username, bio=None)
    except Refused as refused:
        return type(refused)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """The results of calls that have all read what is there before the first of them writes."""
    with watched() as wire, ThreadPoolExecutor(len(calls)) as pool:
        together = threading.Barrier(len(calls))

        def call(one: Callable[[], Any]) -> Any:
            together.wait()
            return one()

        results = list(pool.map(call, calls))
    assert wire.made.count(TRANSACTION) >= 1
    return results


def item_count() -> int:
    """Return the number of items, without counters of rate limits."""
    return sum(1 for item in items.Item.scan() if not isinstance(item, Taken))


def test_of_many_who_want_one_name_at_once_one_gets_it() -> None:
    people = [somebody(f"racer {number}") for number in range(8)]

    results = at_once([lambda who=who: choose(who, "wanted") for who in people])

    winners = [result for result in results if isinstance(result, Me)]
    assert len(winners) == 1
    assert [result for result in results if result is UsernameTaken] == [UsernameTaken] * 7
    assert users.user_id_of("wanted") == winners[0].id
    assert [own_profile(who).username for who in people].count("wanted") == 1


def test_of_two_who_want_names_that_look_alike_one_gets_it() -> None:
    results = at_once(
        [lambda: choose(somebody("a"), "paypal"), lambda: choose(somebody("b"), "paypa1")]
    )
    assert UsernameTaken in results
    assert sum(isinstance(result, Me) for result in results) == 1


def test_one_person_in_many_tabs_becomes_one_user() -> None:
    results = at_once([lambda: choose(somebody(), "ann") for _ in range(6)])
    assert len({result.id for result in results}) == 1


def test_one_person_who_chooses_two_names_at_once_gets_one() -> None:
    results = at_once([lambda: choose(somebody(), "ann"), lambda: choose(somebody(), "anna")])
    assert UsernameFixed in results
    assert sum(isinstance(result, Me) for result in results) == 1


def test_a_claim_that_meets_others_is_tried_again() -> None:
    with watched() as wire:
        wire.conflicts = 3
        me = change_profile(somebody(), username="ann", bio=None)
    assert me.username == "ann"
    assert wire.made.count(TRANSACTION) == 4


def test_a_claim_that_meets_others_without_end_leaves_nothing() -> None:
    with watched() as wire, pytest.raises(Unavailable):
        wire.conflicts = 99
        change_profile(somebody(), username="ann", bio=None)
    assert wire.made.count(TRANSACTION) == 4
    assert item_count() == 0


def test_a_claim_whose_answer_was_lost_is_safe_to_repeat() -> None:
    with watched() as wire:
        wire.lost_answers = 1
        with pytest.raises(Unavailable):
            change_profile(somebody(), username="ann", bio=None)
    kept = item_count()

    me = change_profile(somebody(), username="ann", bio=None)

    assert me.username == "ann"
    assert item_count() == kept


def test_a_name_that_is_taken_leaves_nothing_of_the_attempt() -> None:
    a_person("ann")
    change_profile(somebody("first"), username="bob", bio=None)
    kept = item_count()
    assert choose(somebody("second"), "bob") is UsernameTaken
    assert item_count() == kept


def test_a_bio_can_come_with_the_username() -> None:
    me = change_profile(somebody(), username="ann", bio="I paint")
    assert me == own_profile(somebody())
    assert me.bio == "I paint"


def test_a_taken_name_can_be_followed_by_a_free_one() -> None:
    change_profile(somebody("first"), username="ann", bio=None)
    assert choose(somebody("second"), "ann") is UsernameTaken
    assert isinstance(choose(somebody("second"), "bob"), Me)


# The channel's settings


def found(term: str) -> list[str]:
    return [c.user.username for c in find_channels(caller(None), term, None).results]


def words_kept(person: Person) -> set[str]:
    return {
        item.word
        for item in items.Item.scan()
        if isinstance(item, search.Word) and item.user_id == person.id
    }


@pytest.mark.parametrize(
    "title",
    [
        " ".join(chr(ord("a") + n % 26) + "0123456789"[n % 10] for n in range(46)),
        "ﷺ" * 140,  # eighteen letters each, once they are normalised
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

    assert words_kept(ann) == {*"abcdefghijkl", "short"}


def test_what_is_searched_follows_the_title() -> None:
    ann = a_person("ann")
    change_stream(ann, StreamChanges(title="Oil on canvas"))
    assert (found("oil"), found("stream")) == (["ann"], [])


def test_two_titles_at_once_leave_the_words_of_the_one_that_is_kept() -> None:
    ann = a_person("ann")
    titles = ["Oil on canvas", "Chalk", "Ink and paper", "Oil and chalk"]

    at_once(
        [lambda title=title: change_stream(ann, StreamChanges(title=title)) for title in titles]
    )

    stream = items.get(users.stream(ann.id), consistent=True)
    assert isinstance(stream, users.Stream)
    assert stream.title in titles
    assert words_kept(ann) == set(channel_words("ann", stream.title))


def test_a_title_that_was_changed_meanwhile_is_read_again() -> None:
    ann = a_person("ann")
    with watched() as wire:
        wire.meanwhile = lambda: void(change_stream(ann, StreamChanges(title="Chalk")))
        change_stream(ann, StreamChanges(title="Oil"))
    assert words_kept(ann) == {"ann", "oil"}


def void(_: object) -> None:
    """For a lambda that gives nothing back."""


def test_a_change_of_nothing_writes_nothing() -> None:
    ann = a_person("ann")
    with watched() as wire:
        answer = change_stream(ann, StreamChanges())
    assert answer.title == "ann's stream"
    assert wire.made == [LIMIT, "BatchGetItem"]


def test_the_switches_change_one_by_one() -> None:
    ann = a_person("ann")
    change_stream(ann, StreamChanges(is_chat_delayed=True))
    with watched() as wire:
        answer = change_stream(ann, StreamChanges(is_chat_enabled=False))
    assert (answer.is_chat_enabled, answer.is_chat_delayed) == (False, True)
    assert answer.is_chat_followers_only is False
    assert wire.made == [LIMIT, "BatchGetItem", "UpdateItem"]
