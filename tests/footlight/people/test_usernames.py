"""Valid usernames, reserved usernames, and look-alikes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footlight.people import usernames


@pytest.mark.parametrize("username", ["ann", "a1b", "a_b", "0ok", "x" * 24, "a__b", "guests1x"])
def test_a_valid_username_is_accepted(username: str) -> None:
    assert usernames.problem(username) is None


@pytest.mark.parametrize(
    "username",
    ["", "a", "ab", "x" * 25, "_ab", "ab_", "a-b", "a b", "a.b", "ann\n", "änn", "Ann", "a\x00b"],
)
def test_a_username_outside_the_pattern_is_rejected(username: str) -> None:
    assert usernames.problem(username)


@pytest.mark.parametrize("username", ["admin", "api", "embed", "media", "search", "guest", "host"])
def test_the_sites_own_words_are_reserved(username: str) -> None:
    assert usernames.problem(username) == "This username is reserved"


@pytest.mark.parametrize("username", ["adm1n", "l0gin", "mod_s", "5upport", "a_d_m_i_n"])
def test_look_alikes_of_reserved_words_are_reserved(username: str) -> None:
    assert usernames.problem(username) == "This username is reserved"


@pytest.mark.parametrize("username", ["guest1", "guest123456789", "guest_1"])
def test_guest_names_are_rejected(username: str) -> None:
    assert usernames.problem(username)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" Ann ", "ann"), ("\uff21\uff2e\uff2e", "ann"), ("ANN_1", "ann_1"), ("straße", "strasse")],
)
def test_a_username_is_normalized(typed: str, stored: str) -> None:
    assert usernames.normalize(typed) == stored
    assert usernames.parse(typed) == stored


@pytest.mark.parametrize(
    ("username", "look_alike"),
    [
        ("paypal", "paypa1"),
        ("modern", "modem"),
        ("vvave", "wave"),
        ("bob_by", "bobby"),
        ("5am", "sam"),
    ],
)
def test_look_alike_usernames_have_the_same_skeleton(username: str, look_alike: str) -> None:
    assert usernames.skeleton(username) == usernames.skeleton(look_alike)


@given(st.text(max_size=40))
def test_every_valid_username_matches_the_pattern(text: str) -> None:
    username = usernames.normalize(text)
    if usernames.problem(username) is None:
        assert re.fullmatch(usernames.PATTERN, username)
        assert usernames.normalize(username) == username
        assert usernames.parse(text) == username
