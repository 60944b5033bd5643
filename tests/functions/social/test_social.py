"""The routes of follows and blocks."""

import pytest

from footlight.identities import new_guest_id
from footlight.moderation.blocks import MAX_BLOCKS
from footlight.tables import relations, users
from footlight.tables.items import get
from tests.support.api import Api, Person
from tests.support.stored import change_item


@pytest.fixture
def ann(api: Api) -> Person:
    return api.joins("ann")


@pytest.fixture
def bob(api: Api) -> Person:
    return api.joins("bob")


def follower_count(api: Api, username: str) -> int:
    return api.get(f"/api/pages/channels/{username}").body["user"]["followerCount"]


def test_repeated_follows_and_unfollows_count_once(api: Api, ann: Person, bob: Person) -> None:
    for _ in range(3):
        assert api.put("/api/follows/ann", signed_in_as=bob).status == 204

    page = api.get("/api/pages/channels/ann", signed_in_as=bob).body
    assert page["isFollowing"] is True
    assert page["user"]["followerCount"] == 1

    for _ in range(3):
        assert api.delete("/api/follows/ann", signed_in_as=bob).status == 204
    assert follower_count(api, "ann") == 0


def test_users_can_not_follow_or_block_themselves(api: Api, ann: Person) -> None:
    assert api.put("/api/follows/ann", signed_in_as=ann).refused_with(409, "self")
    assert api.put("/api/blocks/ann", signed_in_as=ann).refused_with(409, "self")


def test_a_block_removes_follows_in_both_directions(api: Api, ann: Person, bob: Person) -> None:
    api.put("/api/follows/ann", signed_in_as=bob)
    api.put("/api/follows/bob", signed_in_as=ann)

    for _ in range(2):
        assert api.put("/api/blocks/bob", signed_in_as=ann).status == 204

    assert follower_count(api, "ann") == follower_count(api, "bob") == 0
    assert api.put("/api/follows/ann", signed_in_as=bob).refused_with(404, "not_found")


def test_a_channel_looks_unknown_to_a_blocked_user(api: Api, ann: Person, bob: Person) -> None:
    api.put("/api/blocks/bob", signed_in_as=ann)

    blocked = api.get("/api/pages/channels/ann", signed_in_as=bob)
    unknown = api.get("/api/pages/channels/unknown", signed_in_as=bob)
    assert blocked.refused_with(404, "not_found")
    assert (blocked.text, blocked.headers) == (unknown.text, unknown.headers)
    for path, query in (("home", {}), ("search", {"term": "ann"})):
        page = api.get(f"/api/pages/{path}", query=query, signed_in_as=bob).text
        assert '"ann"' not in page


def test_unblocking_restores_access(api: Api, ann: Person, bob: Person) -> None:
    api.put("/api/blocks/bob", signed_in_as=ann)
    for _ in range(2):
        assert api.delete("/api/blocks/bob", signed_in_as=ann).status == 204
    assert api.get("/api/pages/channels/ann", signed_in_as=bob).status == 200


def test_blocks_are_listed_with_their_time(api: Api, ann: Person, bob: Person) -> None:
    guest = "0f8fad5b-d9cb-469f-a165-70867728950e"
    api.put("/api/blocks/bob", signed_in_as=ann)
    api.put(f"/api/blocks/guests/{guest}", signed_in_as=ann)

    response = api.get("/api/blocks", signed_in_as=ann).body
    assert response["next"] is None
    assert {(b["username"], b["guestId"]) for b in response["blocks"]} == {
        ("bob", None),
        (None, guest),
    }
    assert all(block["blockedAt"].endswith("Z") for block in response["blocks"])


def test_a_creator_has_a_maximum_number_of_blocks(api: Api, ann: Person, bob: Person) -> None:
    def count() -> int:
        stream = get(users.stream(ann.id), consistent=True)
        assert stream
        return stream.block_count

    api.put("/api/blocks/bob", signed_in_as=ann)
    assert count() == 1
    change_item(users.stream(ann.id), block_count=MAX_BLOCKS - 1)
    last, another = sorted(new_guest_id() for _ in range(2))
    for _ in range(2):  # idempotent
        assert api.put(f"/api/blocks/guests/{last}", signed_in_as=ann).status == 204
    assert count() == MAX_BLOCKS
    refused = api.put(f"/api/blocks/guests/{another}", signed_in_as=ann)
    assert refused.refused_with(409, "block_list_full")
    assert get(relations.block(ann.id, another), consistent=True) is None
    assert api.put("/api/blocks/bob", signed_in_as=ann).status == 204  # blocked already

    for _ in range(2):
        assert api.delete(f"/api/blocks/guests/{last}", signed_in_as=ann).status == 204
    assert count() == MAX_BLOCKS - 1
    assert api.put(f"/api/blocks/guests/{another}", signed_in_as=ann).status == 204


@pytest.mark.parametrize("guest", ["x", "0" * 32, "0F8FAD5B-D9CB-469F-A165-70867728950E"])
def test_an_invalid_guest_id_is_rejected(api: Api, ann: Person, guest: str) -> None:
    response = api.put(f"/api/blocks/guests/{guest}", signed_in_as=ann)
    assert response.refused_with(422, "invalid_request")


def test_an_unknown_user_is_not_found(api: Api, ann: Person) -> None:
    for method in ("PUT", "DELETE"):
        for collection in ("follows", "blocks"):
            response = api.call(method, f"/api/{collection}/unknown", signed_in_as=ann)
            assert response.refused_with(404, "not_found")
