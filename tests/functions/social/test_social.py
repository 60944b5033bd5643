"""Follows and blocks."""

import pytest

from tests.support.api import Api, Person


@pytest.fixture
def ann(api: Api) -> Person:
    return api.joins("ann")


@pytest.fixture
def bob(api: Api) -> Person:
    return api.joins("bob")


def followers(api: Api, username: str) -> int:
    return api.get(f"/api/pages/channels/{username}").body["user"]["followerCount"]


def test_a_follow_counts_once_however_often_it_is_sent(api: Api, ann: Person, bob: Person) -> None:
    for _ in range(3):
        assert api.put("/api/follows/ann", signed_in_as=bob).status == 204

    page = api.get("/api/pages/channels/ann", signed_in_as=bob).body
    assert page["isFollowing"] is True
    assert page["user"]["followerCount"] == 1

    for _ in range(3):
        assert api.delete("/api/follows/ann", signed_in_as=bob).status == 204
    assert followers(api, "ann") == 0


def test_users_can_not_follow_or_block_themselves(api: Api, ann: Person) -> None:
    assert api.put("/api/follows/ann", signed_in_as=ann).refused_with(409, "self")
    assert api.put("/api/blocks/ann", signed_in_as=ann).refused_with(409, "self")


def test_a_block_ends_the_follows_between_the_two(api: Api, ann: Person, bob: Person) -> None:
    api.put("/api/follows/ann", signed_in_as=bob)
    api.put("/api/follows/bob", signed_in_as=ann)

    for _ in range(2):
        assert api.put("/api/blocks/bob", signed_in_as=ann).status == 204

    assert followers(api, "ann") == followers(api, "bob") == 0
    assert api.put("/api/follows/ann", signed_in_as=bob).refused_with(404, "not_found")


def test_a_blocked_person_finds_the_channel_as_if_it_were_not_there(
    api: Api, ann: Person, bob: Person
) -> None:
    api.put("/api/blocks/bob", signed_in_as=ann)

    blocked = api.get("/api/pages/channels/ann", signed_in_as=bob)
    unknown = api.get("/api/pages/channels/unknown", signed_in_as=bob)
    assert blocked.refused_with(404, "not_found")
    assert (blocked.text, blocked.headers) == (unknown.text, unknown.headers)
    for path, query in (("home", {}), ("search", {"term": "ann"})):
        page = api.get(f"/api/pages/{path}", query=query, signed_in_as=bob).text
        assert '"ann"' not in page


def test_a_block_can_be_taken_back(api: Api, ann: Person, bob: Person) -> None:
    api.put("/api/blocks/bob", signed_in_as=ann)
    for _ in range(2):
        assert api.delete("/api/blocks/bob", signed_in_as=ann).status == 204
    assert api.get("/api/pages/channels/ann", signed_in_as=bob).status == 200


def test_the_blocked_are_listed_with_the_time(api: Api, ann: Person, bob: Person) -> None:
    guest = "0f8fad5b-d9cb-469f-a165-70867728950e"
    api.put("/api/blocks/bob", signed_in_as=ann)
    api.put(f"/api/blocks/guests/{guest}", signed_in_as=ann)

    answer = api.get("/api/blocks", signed_in_as=ann).body
    assert answer["next"] is None
    assert {(b["username"], b["guestId"]) for b in answer["blocks"]} == {
        ("bob", None),
        (None, guest),
    }
    assert all(block["blockedAt"].endswith("Z") for block in answer["blocks"])


@pytest.mark.parametrize("guest", ["x", "0" * 32, "0F8FAD5B-D9CB-469F-A165-70867728950E"])
def test_what_is_no_guest_id_is_refused(api: Api, ann: Person, guest: str) -> None:
    answer = api.put(f"/api/blocks/guests/{guest}", signed_in_as=ann)
    assert answer.refused_with(422, "invalid_request")


def test_unknown_people_are_not_found(api: Api, ann: Person) -> None:
    for method in ("PUT", "DELETE"):
        for what in ("follows", "blocks"):
            answer = api.call(method, f"/api/{what}/unknown", signed_in_as=ann)
            assert answer.refused_with(404, "not_found")
