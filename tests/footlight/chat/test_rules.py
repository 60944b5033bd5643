"""Who may write what and when: every combination, held against the contract written as a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple, get_args

import pytest

from footlight.chat import rules
from footlight.chat.rules import Draft, Flood, LastMessage, Rules, Sender, Situation
from footlight.errors import Refused
from footlight.literals import Role, State

NOW = 1_795_550_404_000
"""Four seconds into ten."""
SECOND, MINUTE = 1_000, 60_000
FLOOD = Flood(30, 10)
THIS_WINDOW = 179_555_040

Followers = Literal["anybody", "followers", "of ten minutes"]
Trouble = Literal["", "blocked", "timed out", "kept out", "all of these"]
Follows = Literal["not", "short", "long"]
Wrote = Literal["ten seconds ago", "just now", "too often"]

TEXTS: dict[tuple[str, ...], str] = {
    (): "good evening",
    ("link",): "see https://a.example",
    ("word",): "what a darn thing",
    ("repeat",): "good evening",
    ("long",): "x" * 501,
    ("link", "repeat"): "see https://a.example",
    ("word", "link", "repeat"): "darn, see https://a.example",
    ("long", "word", "link", "repeat"): "darn https://a.example " + "x" * 500,
}
"""Messages by what is the matter with them; a repeat is what its sender has said before."""


class Setting(NamedTuple):
    """What a creator has chosen."""

    enabled: bool
    slow: bool
    followers: Followers
    signed_in_only: bool
    no_links: bool
    no_repeats: bool
    words: bool


class Who(NamedTuple):
    """Somebody who wants to say something, and what."""

    role: Role
    trouble: Trouble
    follows: Follows
    wrote: Wrote
    message: tuple[str, ...]


class Case(NamedTuple):
    """A combination."""

    chosen: Setting
    who: Who
    state: State


@dataclass(frozen=True)
class Rule:
    """When somebody is refused, and with which code; `wait`: the `retryAfterMs` that comes with it.

    `for_all`: it holds for the host and the moderators too.
    """

    code: str
    holds: Callable[[Case], bool]
    for_all: bool = False
    wait: Callable[[Case], int | None] = lambda _: None


def is_in(case: Case, trouble: Trouble) -> bool:
    return case.who.trouble in (trouble, "all of these")


def said(case: Case, what: str) -> bool:
    return what in case.who.message


CONTRACT: list[Rule] = [
    Rule("host_offline", lambda c: c.state == "offline", for_all=True),
    Rule("chat_disabled", lambda c: not c.chosen.enabled, for_all=True),
    Rule("blocked", lambda c: is_in(c, "blocked"), for_all=True),
    Rule("timed_out", lambda c: is_in(c, "timed out"), for_all=True, wait=lambda _: 90_000),
    Rule(
        "signed_in_only",
        lambda c: c.who.role == "guest" and (c.chosen.signed_in_only or is_in(c, "kept out")),
    ),
    Rule("followers_only", lambda c: c.chosen.followers != "anybody" and c.who.follows == "not"),
    Rule(
        "followers_only",
        lambda c: c.chosen.followers == "of ten minutes" and c.who.follows == "short",
        wait=lambda _: 540_000,
    ),
    Rule(
        "slow_mode",
        lambda c: c.chosen.slow and c.who.wrote != "ten seconds ago",
        wait=lambda _: 2_000,
    ),
    Rule("rate_limited", lambda c: c.who.wrote == "too often", for_all=True, wait=lambda _: 6_000),
    Rule("text_too_long", lambda c: said(c, "long"), for_all=True),
    Rule("not_allowed: word", lambda c: c.chosen.words and said(c, "word")),
    Rule("not_allowed: Links", lambda c: c.chosen.no_links and said(c, "link")),
    Rule("not_allowed: just said", lambda c: c.chosen.no_repeats and said(c, "repeat")),
]
"""In the order in which they are looked at."""


def expected(case: Case) -> tuple[str, int | None] | None:
    is_viewer = case.who.role in ("viewer", "guest")
    for rule in CONTRACT:
        if (rule.for_all or is_viewer) and rule.holds(case):
            return rule.code, rule.wait(case)
    return None


def settings() -> Iterator[Setting]:
    no_yes = (False, True)
    for chosen in product(no_yes, no_yes, get_args(Followers), no_yes, no_yes, no_yes, no_yes):
        yield Setting(*chosen)


def people() -> Iterator[Who]:
    for who in product(
        get_args(Role), get_args(Trouble), get_args(Follows), get_args(Wrote), TEXTS
    ):
        yield Who(*who)


def rules_of(chosen: Setting) -> Rules:
    minimum: dict[Followers, int | None] = {
        "anybody": None,
        "followers": 0,
        "of ten minutes": 10 * MINUTE,
    }
    return Rules(
        is_enabled=chosen.enabled,
        delay_ms=3 * SECOND if chosen.slow else None,
        followers_ms=minimum[chosen.followers],
        is_signed_in_only=chosen.signed_in_only,
        are_links_blocked=chosen.no_links,
        are_repeats_blocked=chosen.no_repeats,
        blocked_words=frozenset({"darn"} if chosen.words else ()),
    )


def sender_of(who: Who) -> Sender:
    since: dict[Follows, int | None] = {
        "not": None,
        "short": NOW - MINUTE,
        "long": NOW - 11 * MINUTE,
    }
    is_long_ago = who.wrote == "ten seconds ago"
    return Sender(
        role=who.role,
        is_blocked=who.trouble in ("blocked", "all of these"),
        may_not_watch=who.trouble in ("kept out", "all of these"),
        timed_out_until_ms=NOW + 90 * SECOND if who.trouble in ("timed out", "all of these") else 0,
        following_since_ms=since[who.follows],
        last_message=LastMessage(
            sent_ms=NOW - 10 * SECOND if is_long_ago else NOW - SECOND,
            fingerprint=rules.fingerprint(TEXTS[who.message]) if "repeat" in who.message else "",
            # There were as many as there may be ten seconds ago: those don't count any more.
            window=THIS_WINDOW - 1 if is_long_ago else THIS_WINDOW,
            times=29 if who.wrote == "just now" else 30,
        ),
    )


def answer(refused: Refused | None) -> tuple[str, int | None] | None:
    """A refusal by its code, and what it is about where that is in its sentence alone."""
    if refused is None:
        return None
    about = [about for about in ("word", "Links", "just said") if about in str(refused)]
    code = f"not_allowed: {about[0]}" if refused.code == "not_allowed" else refused.code
    return code, refused.retry_after_ms


def test_every_combination_is_answered_as_the_contract_says() -> None:
    everybody = [(who, sender_of(who)) for who in people()]
    wrong: list[tuple[Case, object, object]] = []
    met: set[object] = set()
    for chosen in settings():
        settled = rules_of(chosen)
        for (who, sender), state in product(everybody, get_args(State)):
            refused = rules.refusal(
                sender,
                settled,
                Draft(TEXTS[who.message], has_links="link" in who.message),
                Situation(state, FLOOD, NOW),
            )
            case = Case(chosen, who, state)
            given, wanted = answer(refused), expected(case)
            met.add(wanted)
            if given != wanted:
                wrong.append((case, given, wanted))
    assert not wrong, (len(wrong), wrong[:3])
    assert len(met) == 1 + len(CONTRACT)


# --- boundaries, to the millisecond ---


def refusal(sender: Sender, chosen: Rules, text: str = "hello", *, now: int = NOW) -> object:
    return answer(rules.refusal(sender, chosen, Draft(text), Situation("live", FLOOD, now)))


def wrote(text: str = "", *, ago: int, times: int = 1, window: int = THIS_WINDOW) -> LastMessage:
    return LastMessage(NOW - ago, rules.fingerprint(text), window, times)


@pytest.mark.parametrize(("until", "wait"), [(NOW - 1, 0), (NOW, 0), (NOW + 1, 1), (NOW + 2, 2)])
def test_a_timeout_ends_at_its_millisecond(until: int, wait: int) -> None:
    for role in get_args(Role):
        sender = Sender(role, timed_out_until_ms=until)
        assert refusal(sender, Rules()) == (("timed_out", wait) if wait else None)


@pytest.mark.parametrize("minutes", [1, 10, 129_600])
@pytest.mark.parametrize(("early", "wait"), [(-1, 0), (0, 0), (1, 1), (2, 2)])
def test_a_follower_may_write_after_the_minimum_time(minutes: int, early: int, wait: int) -> None:
    sender = Sender("viewer", following_since_ms=NOW - minutes * MINUTE + early)
    refused = refusal(sender, Rules(followers_ms=minutes * MINUTE))
    assert refused == (("followers_only", wait) if wait else None)


def test_without_a_minimum_a_new_follower_may_write_at_once() -> None:
    assert refusal(Sender("viewer", following_since_ms=NOW), Rules(followers_ms=0)) is None


@pytest.mark.parametrize("seconds", [1, 3, 300])
@pytest.mark.parametrize(("late", "wait"), [(-2, 2), (-1, 1), (0, 0), (1, 0)])
def test_slow_mode_ends_at_its_millisecond(seconds: int, late: int, wait: int) -> None:
    delay_ms = seconds * SECOND
    before = wrote(ago=delay_ms + late)
    for role in ("viewer", "guest"):
        refused = refusal(Sender(role, last_message=before), Rules(delay_ms=delay_ms))
        assert refused == (("slow_mode", wait) if wait else None)
    for role in ("host", "moderator"):
        assert refusal(Sender(role, last_message=before), Rules(delay_ms=delay_ms)) is None


def test_slow_mode_allows_a_first_message() -> None:
    assert refusal(Sender("viewer"), Rules(delay_ms=3000)) is None


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize(
    ("times", "window", "now", "wait"),
    [
        (29, THIS_WINDOW, NOW, 0),
        (30, THIS_WINDOW, NOW, 6_000),
        (31, THIS_WINDOW, NOW, 6_000),
        (30, THIS_WINDOW, NOW - 4_000, 10_000),
        (30, THIS_WINDOW, NOW + 5_999, 1),
        (30, THIS_WINDOW, NOW + 6_000, 0),
        (30, THIS_WINDOW - 1, NOW - 4_000, 0),
        (30, THIS_WINDOW, NOW - 4_001, 0),
    ],
)
def test_thirty_messages_in_ten_seconds_are_a_flood_for_every_role(
    role: Role, times: int, window: int, now: int, wait: int
) -> None:
    before = wrote(ago=5_000, times=times, window=window)
    refused = refusal(Sender(role, last_message=before), Rules(), now=now)
    assert refused == (("rate_limited", wait) if wait else None)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("character", ["x", "é", "漢", "😀"])
def test_a_text_has_at_most_500_characters(role: Role, character: str) -> None:
    assert refusal(Sender(role), Rules(), character * 500) is None
    assert refusal(Sender(role), Rules(), character * 501) == ("text_too_long", None)


@pytest.mark.parametrize(("ago", "is_refused"), [(29_999, True), (30_000, False), (30_001, False)])
def test_the_same_text_is_a_repeat_for_30_seconds(ago: int, is_refused: bool) -> None:
    sender = Sender("viewer", last_message=wrote("hello", ago=ago, window=0))
    refused = refusal(sender, Rules(are_repeats_blocked=True))
    assert refused == (("not_allowed: just said", None) if is_refused else None)


def test_a_first_message_is_not_a_repeat() -> None:
    assert refusal(Sender("guest"), Rules(are_repeats_blocked=True)) is None


def test_the_limit_of_an_address_is_checked_last() -> None:
    sender = Sender("guest", address_wait_ms=7_000)
    assert refusal(sender, Rules()) == ("rate_limited", 7_000)
    assert refusal(sender, Rules(blocked_words=frozenset({"hello"}))) == (
        "not_allowed: word",
        None,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hello there", "HELLO   There"),
        ("hello there", "hel\u200blo there\u2060"),
        ("héllo", "hello"),
        ("\uff48\uff45\uff4c\uff4c\uff4f", "hello"),
        ("hello", "h e l l o"),
    ],
)
def test_texts_that_differ_only_in_appearance_are_repeats(one: str, other: str) -> None:
    assert rules.fingerprint(one) == rules.fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hello", "hello!"), ("1", "2"), ("😀", "😁"), ("да", "нет")]
)
def test_different_texts_are_not_repeats(one: str, other: str) -> None:
    assert rules.fingerprint(one) != rules.fingerprint(other)
