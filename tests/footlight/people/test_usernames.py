"""Which usernames may be chosen, and which look alike."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footlight.people import usernames


@pytest.mark.parametrize("username", ["ann", "a1b", "a_b", "0ok", "x" * 24, "a__b", "guests1x"])
def test_a_good_username_has_no_problem(username: str) -> None:
    assert usernames.problem(username) is None


@pytest.mark.parametrize(
    "username",
    ["", "a", "ab", "x" * 25, "_ab", "ab_", "a-b", "a b", "a.b", "ann\n", "änn", "Ann", "a\x00b"],
)
def test_what_the_pattern_does_not_allow_is_refused(username: str) -> None:
    assert usernames.problem(username)


@pytest.mark.parametrize("username", ["admin", "api", "embed", "media", "search", "guest", "host"])
def test_the_sites_own_words_are_reserved(username: str) -> None:
    assert usernames.problem(username) == "This username is reserved"


@pytest.mark.parametrize("username", ["adm1n", "l0gin", "mod_s", "5upport", "a_d_m_i_n"])
def test_what_looks_like_a_reserved_word_is_reserved(username: str) -> None:
    assert usernames.problem(username) == "This username is reserved"


@pytest.mark.parametrize("username", ["guest1", "guest123456789", "guest_1"])
def test_guest_names_can_not_be_chosen(username: str) -> None:
    assert usernames.problem(username)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Ann ", "ann"), ("\uff21\uff2e\uff2e", "ann"), ("ANN_1", "ann_1"), ("straße", "strasse")],
)
def test_a_username_is_normalized_before_it_is_kept(typed: str, kept: str) -> None:
    assert usernames.normalize(typed) == kept
    assert usernames.parse(typed) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "paypa1"),
        ("modern", "modem"),
        ("vvave", "wave"),
        ("bob_by", "bobby"),
        ("5am", "sam"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert usernames.skeleton(one) == usernames.skeleton(other)


@given(st.text(max_size=40))
def test_whatever_is_typed_a_good_username_is_within_the_pattern(text: str) -> None:
    username = usernames.normalize(text)
    if usernames.problem(username) is None:
        assert re.fullmatch(usernames.PATTERN, username)
        assert usernames.normalize(username) == username
        assert usernames.parse(text) == username
