"""Who am I, the claim of a username, a channel's settings."""

import pytest

from tests.support.api import Api, Person

STRANGER = Person("subject-of-nobody-yet")


def test_before_a_username_is_chosen_there_is_none(api: Api) -> None:
    answer = api.get("/api/me", signed_in_as=STRANGER)
    assert answer.status == 200
    assert answer.body["username"] is None


def test_a_username_makes_a_channel(api: Api) -> None:
    ann = api.joins("ann")

    me = api.get("/api/me", signed_in_as=ann).body
    assert (me["username"], me["bio"], me["followerCount"]) == ("ann", "", 0)
    channel = api.get("/api/pages/channels/ann").body
    assert channel["stream"]["title"] == "ann's stream"
    assert channel["stream"]["isChatEnabled"] is True
    assert channel["user"]["id"] == me["id"] == ann.id


def test_choosing_the_same_again_is_as_good(api: Api) -> None:
    ann = api.joins("ann")
    assert api.put("/api/me", {"username": "Ann"}, signed_in_as=ann).body["id"] == ann.id


def test_a_username_is_fixed_once_chosen(api: Api) -> None:
    ann = api.joins("ann")
    answer = api.put("/api/me", {"username": "anna"}, signed_in_as=ann)
    assert answer.refused_with(409, "username_fixed")


@pytest.mark.parametrize("username", ["ann_bell", "annbell", "annbe1l", "anmbell"])
def test_a_name_or_a_look_alike_is_taken_once(api: Api, username: str) -> None:
    api.joins("annbell")
    answer = api.put("/api/me", {"username": username}, signed_in_as=STRANGER)
    if username == "anmbell":  # m is rn, not n
        assert answer.status == 200
    else:
        assert answer.refused_with(409, "username_taken")


@pytest.mark.parametrize(
    "username",
    ["ab", "a" * 25, "_ann", "ann_", "an n", "änn", "admin", "u", "api", "guest123", "guest_1", ""],
)
def test_what_is_no_username_is_told_so(api: Api, username: str) -> None:
    answer = api.put("/api/me", {"username": username}, signed_in_as=STRANGER)
    assert answer.refused_with(422, "invalid_request")
    assert "username" in answer.body["error"]["fields"]


def test_a_bio_is_kept_and_shown(api: Api) -> None:
    ann = api.joins("ann")
    api.put("/api/me", {"bio": "  I paint.\nLive.  "}, signed_in_as=ann)
    assert api.get("/api/pages/channels/ann").body["user"]["bio"] == "I paint.\nLive."


@pytest.mark.parametrize("bio", ["x" * 501, "nul\u0000", "\ud800"])
def test_a_bio_that_can_not_be_shown_is_refused(api: Api, bio: str) -> None:
    ann = api.joins("ann")
    answer = api.put("/api/me", {"bio": bio}, signed_in_as=ann)
    assert answer.refused_with(422, "invalid_request")


def test_a_bio_needs_a_username_first(api: Api) -> None:
    answer = api.put("/api/me", {"bio": "x"}, signed_in_as=STRANGER)
    assert answer.refused_with(409, "username_required")


def test_the_title_and_the_switches_change_one_by_one(api: Api) -> None:
    ann = api.joins("ann")

    first = api.patch("/api/stream", {"title": " Oil on canvas "}, signed_in_as=ann)
    second = api.patch("/api/stream", {"isChatDelayed": True}, signed_in_as=ann)

    assert first.body["title"] == "Oil on canvas"
    assert (second.body["title"], second.body["isChatDelayed"]) == ("Oil on canvas", True)
    assert second.body["isChatEnabled"] is True


def test_directional_controls_are_taken_out_of_a_title(api: Api) -> None:
    ann = api.joins("ann")
    answer = api.patch("/api/stream", {"title": "a\u202eb"}, signed_in_as=ann)
    assert answer.body["title"] == "ab"


@pytest.mark.parametrize("title", ["", "   ", "x" * 141, "a\nb", "a\u0000", 3])
def test_a_title_that_is_none_is_refused(api: Api, title: object) -> None:
    ann = api.joins("ann")
    answer = api.patch("/api/stream", {"title": title}, signed_in_as=ann)
    assert answer.refused_with(422, "invalid_request")
