"""Whether a channel is live: one public answer for everyone."""

import pytest

from footlight.identities import Person
from footlight.tables import users
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.people import a_block, a_person, drops, goes_live

PATH = "/api/pages/live/ann"


def test_a_live_channel_has_the_documented_fields(api: Api) -> None:
    goes_live(a_person("ann"), viewers=3)
    assert api.get("/api/pages/live/Ann").body == {
        "state": "live",
        "isLive": True,
        "viewerCount": 3,
        "startedAt": "2026-01-01T00:00:00.000Z",
        "isSignedInOnly": False,
        "isForAdults": False,
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }


def test_it_says_the_same_of_a_stream_as_the_channel_page(api: Api) -> None:
    a_person("idle")
    goes_live(a_person("live"))
    drops(a_person("away"), seconds_ago=5)
    drops(a_person("gone"), seconds_ago=500)
    for name, state in (
        ("idle", "offline"),
        ("live", "live"),
        ("away", "reconnecting"),
        ("gone", "offline"),
    ):
        status = api.get(f"/api/pages/live/{name}").body
        stream = api.get(f"/api/pages/channels/{name}").body["stream"]
        assert status["state"] == state
        assert status == {field: stream[field] for field in status}


def test_a_changed_setting_is_visible(api: Api, time: Clock) -> None:
    ann = api.joins("ann")
    before = api.get(PATH).body
    time.moves(seconds=1)
    api.patch("/api/stream", {"signedInOnly": "always"}, signed_in_as=ann)
    after = api.get(PATH).body
    assert (before["isSignedInOnly"], after["isSignedInOnly"]) == (False, True)
    assert after["updatedAt"] > before["updatedAt"]


def test_a_blocked_viewer_gets_what_a_guest_gets(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    a_block(by=Person(ann.id, ann.username), of=Person(bob.id, bob.username))
    guest = api.get(PATH)
    blocked = api.get(PATH, signed_in_as=bob)
    bad_token = api.get(PATH, token="nonsense")
    assert api.get("/api/pages/channels/ann", signed_in_as=bob).status == 404
    assert guest.text == blocked.text == bad_token.text
    assert guest.headers == blocked.headers == bad_token.headers


def test_every_cache_may_share_the_response_for_one_second(api: Api) -> None:
    a_person("ann")
    response = api.get(PATH)
    assert response.headers["cache-control"] == "public, max-age=0, s-maxage=1"
    assert response.set_cookies == []


@pytest.mark.parametrize("username", ["absent", "x", "%00", "guest1"])
def test_an_unknown_channel_is_not_found_and_not_cached(api: Api, username: str) -> None:
    response = api.get(f"/api/pages/live/{username}")
    assert response.refused_with(404, "not_found")
    assert response.headers["cache-control"] == "private, no-store"


def test_a_channel_exists_as_soon_as_its_name_is_chosen(api: Api) -> None:
    assert api.get(PATH).status == 404
    api.joins("ann")
    assert api.get(PATH).status == 200


def test_a_deleted_channel_is_not_found_while_its_name_is_cached(api: Api) -> None:
    ann = a_person("ann")
    assert api.get(PATH).status == 200
    users.stream(ann.id).new().delete()
    assert api.get(PATH).refused_with(404, "not_found")
