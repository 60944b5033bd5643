"""`/api/me` and `/api/stream`: the profile, the username, and a channel's settings."""

import pytest

from footlight import identities
from tests.support.api import Api, Person
from tests.support.clock import Clock
from tests.support.people import has_streamed

STRANGER = Person("unused-subject")


def test_the_username_is_null_until_it_is_chosen(api: Api) -> None:
    response = api.get("/api/me", signed_in_as=STRANGER)
    assert response.status == 200
    assert response.body["username"] is None


def test_choosing_a_username_creates_a_channel(api: Api) -> None:
    ann = api.joins("ann")

    me = api.get("/api/me", signed_in_as=ann).body
    assert (me["username"], me["bio"], me["followerCount"]) == ("ann", "", 0)
    channel = api.get("/api/pages/channels/ann").body
    assert channel["stream"]["title"] == "ann's stream"
    assert channel["stream"]["isChatEnabled"] is True
    assert channel["user"]["id"] == me["id"] == ann.id


def test_choosing_the_same_username_again_is_idempotent(api: Api) -> None:
    ann = api.joins("ann")
    assert api.put("/api/me", {"username": "Ann"}, signed_in_as=ann).body["id"] == ann.id


def test_a_chosen_username_is_fixed(api: Api) -> None:
    ann = api.joins("ann")
    response = api.put("/api/me", {"username": "anna"}, signed_in_as=ann)
    assert response.refused_with(409, "username_fixed")


@pytest.mark.parametrize("username", ["ann_bell", "annbell", "annbe1l", "anmbell"])
def test_a_taken_username_and_its_look_alikes_are_rejected(api: Api, username: str) -> None:
    api.joins("annbell")
    response = api.put("/api/me", {"username": username}, signed_in_as=STRANGER)
    if username == "anmbell":  # m is rn, not n
        assert response.status == 200
    else:
        assert response.refused_with(409, "username_taken")


@pytest.mark.parametrize(
    "username",
    ["ab", "a" * 25, "_ann", "ann_", "an n", "änn", "admin", "u", "api", "guest123", "guest_1", ""],
)
def test_an_invalid_username_is_rejected_with_the_field_name(api: Api, username: str) -> None:
    response = api.put("/api/me", {"username": username}, signed_in_as=STRANGER)
    assert response.refused_with(422, "invalid_request")
    assert "username" in response.body["error"]["fields"]


def test_a_bio_is_trimmed_and_shown(api: Api) -> None:
    ann = api.joins("ann")
    api.put("/api/me", {"bio": "  I paint.\nLive.  "}, signed_in_as=ann)
    assert api.get("/api/pages/channels/ann").body["user"]["bio"] == "I paint.\nLive."


@pytest.mark.parametrize("bio", ["x" * 501, "nul\u0000", "\ud800"])
def test_an_invalid_bio_is_rejected(api: Api, bio: str) -> None:
    ann = api.joins("ann")
    response = api.put("/api/me", {"bio": bio}, signed_in_as=ann)
    assert response.refused_with(422, "invalid_request")


def test_a_bio_requires_a_username(api: Api) -> None:
    response = api.put("/api/me", {"bio": "x"}, signed_in_as=STRANGER)
    assert response.refused_with(409, "username_required")


def test_each_setting_changes_on_its_own(api: Api) -> None:
    ann = api.joins("ann")

    first = api.patch("/api/stream", {"title": " Oil on canvas "}, signed_in_as=ann)
    second = api.patch("/api/stream", {"isChatDelayed": True}, signed_in_as=ann)

    assert first.body["title"] == "Oil on canvas"
    assert (second.body["title"], second.body["isChatDelayed"]) == ("Oil on canvas", True)
    assert second.body["isChatEnabled"] is True


def shown_for_adults(api: Api, viewer: Person | None) -> set[bool]:
    """Return what pages with the channel of `ann` say of it. They should agree."""
    home = api.get("/api/pages/home", signed_in_as=viewer).body
    found = api.get("/api/pages/search", query={"term": "ann"}, signed_in_as=viewer).body
    lists = [home["streams"], home["recommended"], found["results"]]
    streams = [
        api.get("/api/pages/channels/ann", signed_in_as=viewer).body["stream"],
        api.get("/api/pages/live/ann", signed_in_as=viewer).body,
        *(one["stream"] for listed in lists for one in listed if one["user"]["username"] == "ann"),
    ]
    assert len(streams) == 5
    return {stream["isForAdults"] for stream in streams}


def test_everyone_reads_that_a_channel_is_for_adults(api: Api, time: Clock) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    has_streamed(identities.Person(ann.id, ann.username))
    assert shown_for_adults(api, None) == shown_for_adults(api, bob) == {False}
    time.moves(seconds=1)
    changed = api.patch("/api/stream", {"isForAdults": True}, signed_in_as=ann)
    assert changed.body["isForAdults"] is True
    assert shown_for_adults(api, None) == shown_for_adults(api, bob) == {True}
    other = api.get("/api/pages/channels/bob").body["stream"]
    assert other["isForAdults"] is False
    # Waiting pages read the channel again if its live status has a later `updatedAt`.
    assert api.get("/api/pages/live/ann").body["updatedAt"] > other["updatedAt"]

    api.patch("/api/stream", {"title": "Oil"}, signed_in_as=ann)
    assert shown_for_adults(api, None) == {True}
    api.patch("/api/stream", {"isForAdults": False}, signed_in_as=ann)
    assert shown_for_adults(api, None) == {False}


@pytest.mark.parametrize("value", ["yes", 1, {}])
def test_for_adults_is_true_or_false(api: Api, value: object) -> None:
    ann = api.joins("ann")
    response = api.patch("/api/stream", {"isForAdults": value}, signed_in_as=ann)
    assert response.refused_with(422, "invalid_request")
    assert "isForAdults" in response.body["error"]["fields"]


def test_directional_controls_are_removed_from_a_title(api: Api) -> None:
    ann = api.joins("ann")
    response = api.patch("/api/stream", {"title": "a\u202eb"}, signed_in_as=ann)
    assert response.body["title"] == "ab"


@pytest.mark.parametrize("title", ["", "   ", "x" * 141, "a\nb", "a\u0000", 3])
def test_an_invalid_title_is_rejected(api: Api, title: object) -> None:
    ann = api.joins("ann")
    response = api.patch("/api/stream", {"title": title}, signed_in_as=ann)
    assert response.refused_with(422, "invalid_request")
