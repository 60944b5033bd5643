"""Reads by reference: single items, batches, partitions, and lists."""

from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any

import pytest

from footlight.errors import Unavailable
from footlight.tables import _pynamodb, live, relations, users
from footlight.tables.items import (
    BATCH_KEYS,
    Found,
    Item,
    Ref,
    batch_get,
    get,
    listed,
    listed_newest,
    newest,
)
from footlight.tables.live import LiveState, PastBroadcast
from footlight.tables.users import Name, Profile
from tests.support.table import FAULTS, Wire, watched

pytestmark = pytest.mark.usefixtures("deployed")

START = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def wire(deployed: None) -> Generator[Wire]:
    with watched() as wire:
        yield wire


def write_name(username: str) -> Ref[Name]:
    ref = users.name(username)
    ref.new(user_id=f"id of {username}").save()
    return ref


def write_broadcasts(count: int) -> None:
    for number in range(count):
        live.past_broadcast("a", f"{number}").new(
            started_at=START, ended_at=START, reason="ended", peak_viewers=number
        ).save()


def write_live(user_id: str, viewers: int) -> None:
    live.live_state(user_id).new(
        user_id=user_id, **live.by_viewers(user_id, viewers).attributes()
    ).save()


def test_found_returns_an_item_by_its_reference() -> None:
    name = users.name("ann").new(user_id="a")
    found = Found.of([name])
    assert found.get(users.name("ann")) is name
    assert found.require(users.name("ann")) is name
    assert users.name("ann") in found
    assert len(found) == 1


def test_found_returns_none_for_an_item_that_does_not_exist() -> None:
    found = Found({})
    assert found.get(users.name("ann")) is None
    assert users.name("ann") not in found


def test_found_refuses_a_reference_of_another_model() -> None:
    found = Found.of([users.profile("a").new(user_id="a")])
    with pytest.raises(TypeError, match="is a Profile"):
        found.get(Ref(Name, "USER#a", "PROFILE"))


def test_a_required_item_that_does_not_exist_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        Found({}).require(users.profile("a"))


def test_found_items_are_merged() -> None:
    ann, bob = (users.name(name).new(user_id=name) for name in ("ann", "bob"))
    newer = users.name("ann").new(user_id="newer")
    merged = Found.of([ann]) | Found.of([bob, newer])
    assert merged.get(users.name("ann")) is newer
    assert merged.get(users.name("bob")) is bob


def test_get_returns_an_item_or_none() -> None:
    ref = write_name("ann")
    item = get(ref)
    assert item
    assert item.user_id == "id of ann"
    assert get(users.name("bob")) is None


@pytest.mark.parametrize("consistent", [True, False])
def test_get_reads_consistently_on_request(wire: Wire, consistent: bool) -> None:
    get(users.name("ann"), consistent=consistent)
    [(operation, arguments)] = wire.asked
    assert operation == "GetItem"
    assert arguments["ConsistentRead"] is consistent


def test_get_refuses_a_reference_of_another_model() -> None:
    write_name("ann")
    with pytest.raises(TypeError, match="is a Name"):
        get(Ref(Profile, "NAME#ann", "NAME"))


def test_a_batch_returns_items_of_several_models() -> None:
    name = write_name("ann")
    write_live("a", 3)
    found = batch_get(name, live.live_state("a"), users.profile("a"))
    state = found.get(live.live_state("a"))
    assert state
    assert (state.viewers, found.require(name).user_id) == (0, "id of ann")
    assert users.profile("a") not in found


def test_a_batch_requests_each_key_once(wire: Wire) -> None:
    ref = write_name("ann")
    assert len(batch_get(ref, ref, users.name("ann"))) == 1
    assert wire.made[1:] == ["BatchGetItem"]


def test_a_batch_of_more_keys_than_dynamodb_takes_is_split(wire: Wire) -> None:
    refs = [users.name(f"user{number}") for number in range(BATCH_KEYS + 1)]
    batch_get(*refs, consistent=True)
    requested = [arguments["RequestItems"]["footlight"] for _, arguments in wire.asked]
    assert [len(request["Keys"]) for request in requested] == [BATCH_KEYS, 1]
    assert all(request["ConsistentRead"] for request in requested)


def test_a_batch_without_keys_sends_no_request(wire: Wire) -> None:
    assert len(batch_get()) == 0
    assert wire.made == []


def test_unprocessed_keys_are_requested_once_more(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = write_name("ann"), write_name("bob")
    table: Any = _pynamodb.shared_connection(Item)
    batch_get_item = table.batch_get_item
    requested: list[list[str]] = []

    def respond(keys: Any, **options: Any) -> Any:
        requested.append([key["pk"] for key in keys])
        if len(requested) > 1:
            return batch_get_item(keys, **options)
        response = batch_get_item(keys[:1], **options)
        unprocessed = [{name: {"S": value} for name, value in key.items()} for key in keys[1:]]
        return response | {"UnprocessedKeys": {table.table_name: {"Keys": unprocessed}}}

    monkeypatch.setattr(table, "batch_get_item", respond)
    found = batch_get(ann, bob)
    assert requested == [["NAME#ann", "NAME#bob"], ["NAME#bob"]]
    assert found.require(ann).user_id == "id of ann"
    assert found.require(bob).user_id == "id of bob"


def test_keys_that_stay_unprocessed_are_unavailable(wire: Wire) -> None:
    wire.leaves_all = True
    with pytest.raises(Unavailable):
        batch_get(users.name("ann"))
    assert wire.made == ["BatchGetItem"] * 2


def test_a_partition_is_read_newest_first() -> None:
    write_broadcasts(5)
    page, has_more = newest(PastBroadcast, live.past_broadcasts("a"), None, 3)
    assert ([broadcast.sk for broadcast in page], has_more) == (["4", "3", "2"], True)
    page, has_more = newest(PastBroadcast, live.past_broadcasts("a"), "2", 3)
    assert ([broadcast.sk for broadcast in page], has_more) == (["1", "0"], False)


def test_a_page_that_ends_with_the_partition_is_the_last() -> None:
    write_broadcasts(3)
    page, has_more = newest(PastBroadcast, live.past_broadcasts("a"), None, 3)
    assert (len(page), has_more) == (3, False)


def test_a_list_is_read_in_its_order() -> None:
    for user_id, viewers in (("a", 7), ("b", 12), ("c", 0)):
        write_live(user_id, viewers)
    entries = listed(live.LISTED_LIVE)
    assert [entry.owner_id for entry in entries] == ["c", "a", "b"]
    before = listed(live.LISTED_LIVE, before=live.by_viewers("b", 12).list_sk)
    assert [entry.owner_id for entry in before] == ["c", "a"]


def test_a_list_is_read_last_first_in_pages() -> None:
    for user_id, viewers in (("a", 7), ("b", 12), ("c", 0)):
        write_live(user_id, viewers)
    page, has_more = listed_newest(live.LISTED_LIVE, before=None, limit=2)
    assert ([entry.owner_id for entry in page], has_more) == (["b", "a"], True)
    page, has_more = listed_newest(live.LISTED_LIVE, before=page[-1].list_sk, limit=2)
    assert ([entry.owner_id for entry in page], has_more) == (["c"], False)


def test_an_entry_has_the_owner_and_the_sort_key_of_its_item() -> None:
    listing = relations.by_blocker("host", "viewer")
    block = relations.block("host", "viewer")
    block.new(created_at=START, name="bob", **listing.attributes()).save()
    [entry] = listed(relations.blockers_list("viewer"))
    assert entry == ("host", "viewer", "host")


def test_all_models_share_one_connection() -> None:
    models: tuple[Any, ...] = (Item, LiveState, Name, Profile)
    assert len({id(model._get_connection()) for model in models}) == 1


def test_a_read_that_dynamodb_rejects_is_unavailable(wire: Wire) -> None:
    for number in range(4):
        wire.faults[number] = FAULTS["throttled"]
    for read in (
        lambda: get(users.name("ann")),
        lambda: batch_get(users.name("ann")),
        lambda: newest(PastBroadcast, "SESSION#a", None, 1),
        lambda: listed(live.LISTED_LIVE),
    ):
        with pytest.raises(Unavailable):
            read()
