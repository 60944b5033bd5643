"""Follows and blocks in races, and the removal of blocked viewers from the room."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from footlight.errors import NotFound, Oneself, Unavailable
from footlight.identities import Guest, Person, new_guest_id
from footlight.moderation import blocks as blocking
from footlight.people import follows
from footlight.tables import items, relations, users
from tests.support.livekit import LiveKit
from tests.support.people import a_block, a_person, blocks, unblocks
from tests.support.table import LIMIT, TRANSACTION, watched

pytestmark = pytest.mark.usefixtures("deployed")

Act = Callable[[Person, str], object]


@pytest.fixture
def ann(deployed: None) -> Person:
    return a_person("ann")


@pytest.fixture
def bob(deployed: None) -> Person:
    return a_person("bob")


def follower_count(person: Person) -> int:
    profile = items.get(users.profile(person.id), consistent=True)
    assert isinstance(profile, users.Profile)
    return int(profile.follower_count)


def is_following(follower: Person, host: Person) -> bool:
    return items.get(relations.follow(follower.id, host.id), consistent=True) is not None


def test_concurrent_follows_are_all_counted(ann: Person) -> None:
    people = [a_person(f"viewer{number}") for number in range(6)]
    with watched() as wire, ThreadPoolExecutor(6) as pool:
        wire.conflicts = 2
        list(pool.map(follows.follow, people, ["ann"] * len(people)))
    assert follower_count(ann) == 6


def test_a_follow_with_endless_conflicts_is_unavailable(ann: Person, bob: Person) -> None:
    with watched() as wire, pytest.raises(Unavailable):
        wire.conflicts = 99
        follows.follow(bob, "ann")
    assert wire.made.count(TRANSACTION) == 4
    assert (is_following(bob, ann), follower_count(ann)) == (False, 0)


def test_a_retried_follow_whose_response_was_lost_is_counted_once(ann: Person, bob: Person) -> None:
    with watched() as wire, pytest.raises(Unavailable):
        wire.lost_answers = 1
        follows.follow(bob, "ann")
    follows.follow(bob, "ann")
    assert follower_count(ann) == 1


def test_a_repeated_unfollow_is_counted_once(ann: Person, bob: Person) -> None:
    follows.follow(bob, "ann")
    follows.unfollow(bob, "ann")
    follows.unfollow(bob, "ann")
    assert (is_following(bob, ann), follower_count(ann)) == (False, 0)


@pytest.mark.usefixtures("no_livekit")
def test_a_block_during_a_follow_prevents_it(ann: Person, bob: Person) -> None:
    with watched() as wire, pytest.raises(NotFound):
        wire.meanwhile = lambda: blocks(ann, bob)
        follows.follow(bob, "ann")
    assert (is_following(bob, ann), follower_count(ann)) == (False, 0)


@pytest.mark.usefixtures("no_livekit")
def test_a_block_removes_a_concurrent_follow(ann: Person, bob: Person) -> None:
    with watched() as wire:
        wire.meanwhile = lambda: follows.follow(bob, "ann")
        blocks(ann, bob)
    assert (is_following(bob, ann), follower_count(ann)) == (False, 0)
    assert items.get(relations.block(ann.id, bob.id))


@pytest.mark.usefixtures("no_livekit")
def test_an_unfollow_during_a_block_is_counted_once(ann: Person, bob: Person) -> None:
    follows.follow(bob, "ann")
    with watched() as wire:
        wire.meanwhile = lambda: follows.unfollow(bob, "ann")
        blocks(ann, bob)
    assert (is_following(bob, ann), follower_count(ann)) == (False, 0)
    assert items.get(relations.block(ann.id, bob.id))


@pytest.mark.usefixtures("no_livekit")
def test_two_concurrent_blocks_are_stored_once(ann: Person, bob: Person) -> None:
    follows.follow(bob, "ann")
    with watched(), ThreadPoolExecutor(2) as pool:
        list(pool.map(blocks, [ann, ann], [bob, bob]))
    assert follower_count(ann) == 0
    assert len(blocking.blocks_of(ann, None).blocks) == 1


@pytest.mark.usefixtures("no_livekit")
def test_a_blocked_user_can_not_unfollow(ann: Person, bob: Person) -> None:
    blocks(ann, bob)
    for act in (follows.follow, follows.unfollow):
        with pytest.raises(NotFound):
            act(bob, "ann")


@pytest.mark.usefixtures("no_livekit")
def test_an_unblocked_user_can_follow_again(ann: Person, bob: Person) -> None:
    blocks(ann, bob)
    unblocks(ann, bob)
    follows.follow(bob, "ann")
    assert follower_count(ann) == 1


@pytest.mark.parametrize("act", [follows.follow, follows.unfollow, follows.find_other_user])
@pytest.mark.parametrize("name", ["ann", "ANN", " Ann"])
def test_users_can_not_follow_themselves(ann: Person, act: Act, name: str) -> None:
    with pytest.raises(Oneself):
        act(ann, name)


@pytest.mark.parametrize("act", [follows.follow, follows.unfollow, follows.find_other_user])
@pytest.mark.parametrize("name", ["nobody", "x" * 3000, "", "\x00", "guest123"])
def test_an_unknown_user_is_not_found(ann: Person, act: Act, name: str) -> None:
    with pytest.raises(NotFound):
        act(ann, name)


# The room


def test_a_block_removes_every_tab_of_the_viewer_from_the_room(
    ann: Person, bob: Person, livekit: LiveKit
) -> None:
    others = [ann.id, f"Host-{ann.id}:aaaaaaaa", f"{a_person('cleo').id}:bbbbbbbb"]
    livekit.rooms = {
        ann.id: [*others, f"{bob.id}:cccccccc", f"{bob.id}:dddddddd"],
        bob.id: [f"{bob.id}:eeeeeeee"],
    }

    blocks(ann, bob)

    assert livekit.rooms == {ann.id: others, bob.id: [f"{bob.id}:eeeeeeee"]}


def test_a_repeated_block_removes_a_viewer_who_rejoined(
    ann: Person, bob: Person, livekit: LiveKit
) -> None:
    blocks(ann, bob)
    livekit.rooms = {ann.id: [f"{bob.id}:cccccccc"]}
    blocks(ann, bob)
    assert livekit.rooms == {ann.id: []}


def test_a_blocked_guest_is_removed_from_the_room(ann: Person, livekit: LiveKit) -> None:
    guest = Guest(new_guest_id())
    livekit.rooms = {ann.id: [f"{guest.id}:cccccccc", f"{new_guest_id()}:dddddddd"]}

    blocks(ann, guest)

    assert len(livekit.rooms[ann.id]) == 1
    assert [b.name for b in blocking.blocks_of(ann, None).blocks] == [guest.name]


def test_a_block_is_stored_during_a_livekit_outage(
    ann: Person, bob: Person, no_livekit: None
) -> None:
    blocks(ann, bob)
    assert items.get(relations.block(ann.id, bob.id))


# The list of blocked viewers


@pytest.mark.usefixtures("no_livekit")
def test_blocks_are_listed_once_each_and_newest_first(ann: Person) -> None:
    guests = [Guest(new_guest_id()) for _ in range(blocking.PAGE + 2)]
    for guest in guests:
        a_block(by=ann, of=guest)

    first = blocking.blocks_of(ann, None)
    second = blocking.blocks_of(ann, first.next)

    assert (len(first.blocks), len(second.blocks), second.next) == (blocking.PAGE, 2, None)
    listed = [*first.blocks, *second.blocks]
    assert {block.guest_id for block in listed} == {guest.id for guest in guests}
    times = [block.blocked_at for block in listed]
    assert times == sorted(times, reverse=True)


def test_following_and_unfollowing_make_the_expected_table_calls(
    ann: Person, bob: Person, no_livekit: None
) -> None:
    def table_calls(act: Act) -> list[str]:
        with watched() as wire:
            act(bob, "ann")
        return wire.made

    assert table_calls(follows.follow) == [LIMIT, "BatchGetItem", TRANSACTION]
    assert table_calls(follows.unfollow) == [LIMIT, "BatchGetItem", TRANSACTION]
