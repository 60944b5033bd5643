"""Who may post what and when: every combination, compared with the contract in a table."""

from collections.abc import Iterator
from itertools import islice, product, starmap
from typing import get_args

import pytest

from footlight.chat import rules
from footlight.chat.rules import Draft, Flood, LastMessage, Rules, Sender, Sent, Situation
from footlight.errors import Refused
from footlight.literals import Role, State
from tests.support.chat_contract import (
    CONTRACT,
    Author,
    Case,
    Flaw,
    Followers,
    Follows,
    Posted,
    Setting,
    Trouble,
    deciding_rule,
)

NOW = 1_795_550_404_000
"""Four seconds into ten."""
SECOND, MINUTE = 1_000, 60_000
FLOOD = Flood(30, 10)
THIS_WINDOW = 179_555_040

TEXTS: dict[tuple[Flaw, ...], str] = {
    (): "good evening",
    ("link",): "see https://a.example",
    ("word",): "what a darn thing",
    ("repeat",): "good evening",
    ("long",): "x" * 501,
    ("link", "repeat"): "see https://a.example",
    ("word", "link", "repeat"): "darn, see https://a.example",
    ("long", "word", "link", "repeat"): "darn https://a.example " + "x" * 500,
}
"""Texts by their flaws. A repeat is what the sender posted before."""


YES_NO = (False, True)
SETTINGS = [
    Setting(*values)
    for values in product(YES_NO, YES_NO, get_args(Followers), YES_NO, YES_NO, YES_NO, YES_NO)
]
AUTHORS = [
    Author(*values)
    for values in product(
        get_args(Role), get_args(Trouble), get_args(Follows), get_args(Posted), TEXTS
    )
]


def cases() -> Iterator[Case]:
    """Yield every combination of the settings, the sender, the message, and the state."""
    yield from starmap(Case, product(SETTINGS, AUTHORS, get_args(State)))


def rules_of(setting: Setting) -> Rules:
    minimum: dict[Followers, int | None] = {
        "anyone": None,
        "followers": 0,
        "followers of ten minutes": 10 * MINUTE,
    }
    return Rules(
        is_enabled=setting.enabled,
        delay_ms=3 * SECOND if setting.slow else None,
        followers_ms=minimum[setting.followers],
        is_signed_in_only=setting.signed_in_only,
        are_links_blocked=setting.no_links,
        are_repeats_blocked=setting.no_repeats,
        blocked_words=frozenset({"darn"} if setting.words else ()),
    )


def sender_of(author: Author) -> Sender:
    since: dict[Follows, int | None] = {
        "not": None,
        "for a minute": NOW - MINUTE,
        "for long": NOW - 11 * MINUTE,
    }
    is_long_ago = author.posted == "ten seconds ago"
    return Sender(
        role=author.role,
        is_blocked=author.trouble in ("blocked", "all of these"),
        may_not_watch=author.trouble in ("kept out", "all of these"),
        timed_out_until_ms=NOW + 90 * SECOND
        if author.trouble in ("timed out", "all of these")
        else 0,
        following_since_ms=since[author.follows],
        last_message=LastMessage(
            sent_ms=NOW - 10 * SECOND if is_long_ago else NOW - SECOND,
            fingerprint=rules.fingerprint(TEXTS[author.flaws]) if "repeat" in author.flaws else "",
        ),
        sent=Sent(
            # Ten seconds ago, the limit was reached.
            window=THIS_WINDOW - 1 if is_long_ago else THIS_WINDOW,
            times=29 if author.posted == "a second ago" else 30,
        ),
    )


def summary(refused: Refused | None) -> tuple[str, int | None] | None:
    """Return a refusal's code and wait. The messages of `not_allowed` differ by their subject."""
    if refused is None:
        return None
    subjects = [subject for subject in ("word", "Links", "just sent") if subject in str(refused)]
    code = f"not_allowed: {subjects[0]}" if refused.code == "not_allowed" else refused.code
    return code, refused.retry_after_ms


@pytest.mark.parametrize("state", get_args(State))
def test_every_combination_is_decided_as_the_contract_says(state: State) -> None:
    rules_by_setting = [(setting, rules_of(setting)) for setting in SETTINGS]
    situation = Situation(state, FLOOD, NOW)
    for author in AUTHORS:
        sender = sender_of(author)
        draft = Draft(TEXTS[author.flaws], "a.example/b" if "link" in author.flaws else None)
        for setting, chosen in rules_by_setting:
            case = Case(setting, author, state)
            rule = deciding_rule(case)
            decision = summary(rules.refusal(sender, chosen, draft, situation))
            assert decision == (rule and (rule.code, rule.retry_after_ms)), case


def test_every_rule_of_the_contract_decides_a_combination() -> None:
    some = islice(cases(), 0, None, 101)
    decisions = {(rule.code, rule.retry_after_ms) for rule in map(deciding_rule, some) if rule}
    assert len(decisions) == len(CONTRACT)


# --- boundaries, to the millisecond ---


def refusal(sender: Sender, chosen: Rules, text: str = "hello", *, now: int = NOW) -> object:
    return summary(rules.refusal(sender, chosen, Draft(text), Situation("live", FLOOD, now)))


def wrote(text: str = "", *, ago: int) -> LastMessage:
    return LastMessage(NOW - ago, rules.fingerprint(text))


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
    for before in (wrote(ago=5_000), None):  # the last message may be in another chat
        sender = Sender(role, last_message=before, sent=Sent(window, times))
        refused = refusal(sender, Rules(), now=now)
        assert refused == (("rate_limited", wait) if wait else None)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize(("ago", "wait"), [(299_999, 1), (300_000, 0), (300_001, 0)])
def test_an_eleventh_chat_waits_until_one_of_ten_is_five_minutes_old(
    role: Role, ago: int, wait: int
) -> None:
    older = [NOW - 299_999 - second * SECOND for second in range(1, 5)]
    ten = [NOW - ago, *(NOW - second * SECOND for second in range(9))]
    sent = Sent(THIS_WINDOW, 1, [*(at for at in older if at <= NOW - 300_000), *ten])
    assert refusal(Sender(role, sent=sent), Rules()) == (("rate_limited", wait) if wait else None)
    again = Sender(role, last_message=wrote(ago=5_000), sent=sent)
    assert refusal(again, Rules()) is None


def test_eleven_recent_chats_wait_until_two_of_them_are_old() -> None:
    sent = Sent(THIS_WINDOW, 1, [NOW - second * SECOND for second in range(11)])
    assert refusal(Sender("viewer", sent=sent), Rules()) == ("rate_limited", 291_000)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("character", ["x", "é", "漢", "😀"])
def test_a_text_has_at_most_500_characters(role: Role, character: str) -> None:
    assert refusal(Sender(role), Rules(), character * 500) is None
    assert refusal(Sender(role), Rules(), character * 501) == ("text_too_long", None)


@pytest.mark.parametrize(("ago", "is_refused"), [(29_999, True), (30_000, False), (30_001, False)])
def test_the_same_text_is_a_repeat_for_30_seconds(ago: int, is_refused: bool) -> None:
    sender = Sender("viewer", last_message=wrote("hello", ago=ago))
    refused = refusal(sender, Rules(are_repeats_blocked=True))
    assert refused == (("not_allowed: just sent", None) if is_refused else None)


def test_a_first_message_is_not_a_repeat() -> None:
    assert refusal(Sender("guest"), Rules(are_repeats_blocked=True)) is None


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
