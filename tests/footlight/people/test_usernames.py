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


STAFF = "This username looks like one of the site's staff"
SITE = "This username looks like the site's own name"
RESERVED = "This username looks like a reserved one"
GUESTS = "Names like this are for guests"


@pytest.mark.parametrize("username", ["l0gin", "iive", "channe1", "sign__up", "user5", "vvebhook"])
def test_look_alikes_of_reserved_words_are_reserved(username: str) -> None:
    assert usernames.problem(username) == RESERVED


@pytest.mark.parametrize("username", ["guest1", "guest123456789", "guest_1", "guest_007"])
def test_guest_names_are_rejected(username: str) -> None:
    assert usernames.problem(username) == GUESTS


STAFF_NAMES = """
    adm1n mod_s 5upport a_d_m_i_n support1 moderator_x staff_ann x_mod adrnin m0d3rator 5t4ff
    admin2024 2admin ann_admin_2 admin7ann siteadmin chatmod supportteam team_support
    the_moderators official1 officialmod liveoperator sys_admin security_desk adm1n_bob
    global_helpdesk super_mod
    """.split()  # noqa: SIM905


@pytest.mark.parametrize("username", STAFF_NAMES)
def test_names_that_imitate_the_staff_say_so(username: str) -> None:
    assert usernames.problem(username) == STAFF


@pytest.mark.parametrize(
    "username",
    [
        "bigshow",
        "big_show",
        "b1gsh0w",
        "b1g_show2",
        "bigshow_team",
        "official_bigshow",
        "bigshowtv",
    ],
)
def test_names_that_imitate_the_site_say_so(username: str) -> None:
    assert usernames.problem(username, "Bíg Show!") == SITE
    assert usernames.problem(username, "Another Site") is None


@pytest.mark.parametrize("username", ["footlight1", "f00tlight", "footlight_team", "the_footlight"])
@pytest.mark.parametrize("site_name", ["", "Footlight", "Big Show", "日本"])
def test_the_product_s_name_is_the_site_s_too(username: str, site_name: str) -> None:
    assert usernames.problem(username, site_name) == SITE


@pytest.mark.parametrize(
    "username", ["bigshowfan", "my_big_shower", "ann_bigshow", "bigsho", "big"]
)
def test_names_that_only_contain_the_site_s_name_are_accepted(username: str) -> None:
    assert usernames.problem(username, "Big Show") is None


REAL_NAMES = """
    horne turner ian burns barnes arnold bernard carnegie ernest lorna sterne modesto modi mody
    modigliani stafford staffan staffieri stafford_ann adminton badminton administer joe_root
    rootes keyes keynes hostetler homer holmes livesey livingston helper helperman login_smith
    indexa appleton appleby apianus webb webber teamer boxall ali liana mia niall savvy carnal
    modern modem supportive supporter systematic securitas operetta officia rooted streamer
    guestrin userford youssef young yourcenar legalov logan termsy mediation feeder nullman
    robot roberts robotham guests1x channelle assetto aboutaleb searcy searchlight settingsley
    statica staticus exploring mcadmins modena modesty muhammad staffordshire supportinger
    operatorio admiral
    """.split()  # noqa: SIM905 - a list of quoted words is harder to read


@pytest.mark.parametrize("username", REAL_NAMES)
@pytest.mark.parametrize("site_name", ["Footlight", "Big Show", "Live", "Ann"])
def test_real_names_and_words_that_contain_a_reserved_one_are_accepted(
    username: str, site_name: str
) -> None:
    assert usernames.problem(username, site_name) is None


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
