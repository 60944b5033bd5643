"""The deletion of an account: invisible at once, then erased step by step, and the return."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest

from footlight import clock, identities
from footlight.accounts import erasure
from footlight.tables import audit_log, chat, deletions, live, relations, users
from footlight.tables.items import get, listed
from footlight.tables.standing import standing_ref
from tests.support.api import Answer, Api, Person
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.people import a_block, follows
from tests.support.stored import change_item, stored, write_items
from tests.support.table import watched
from tests.support.world import TAB, World, viewer_token

Minutes = Callable[[], int]

EXPIRING = ("LIMIT#", "LEASE#", "CHATTER#", "MODLOG#", "REPORT#")
"""Counters, leases, entries of the moderation log, and reports, which no deletion touches."""


def deletes(api: Api, person: Person) -> Answer:
    answer = api.delete("/api/me", signed_in_as=person)
    assert answer.status == 202, answer.text
    return answer


def as_domain(person: Person) -> identities.Person:
    return identities.Person(person.id, person.username)


def names_of(world: World, person: Person) -> set[str]:
    """Return the keys of all items that name a person's id and don't expire soon."""
    return {
        f"{pk} {sk}"
        for (pk, sk), item in stored().items()
        if person.id in str(item) and not pk.startswith(EXPIRING)
    }


# --- at once ---


def test_a_deleted_account_is_invisible_at_once(world: World) -> None:
    api, people = world.api, world.people
    token = viewer_token(people.ann, people.bob)

    deletes(api, people.ann)

    bob = people.bob
    assert api.get("/api/pages/channels/ann", signed_in_as=bob).refused_with(404, "not_found")
    assert api.get("/api/pages/live/ann").refused_with(404, "not_found")
    tried = api.post("/api/token", {"host": "ann"}, signed_in_as=bob)
    assert tried.refused_with(404, "host_not_found")
    assert api.get("/api/pages/search", query={"term": "ann"}).body["results"] == []
    home = api.get("/api/pages/home", signed_in_as=bob).body
    shown = [*home["streams"], *home["following"], *home["recommended"]]
    assert "ann" not in {channel["user"]["username"] for channel in shown}
    assert api.put("/api/follows/ann", signed_in_as=bob).refused_with(404, "not_found")
    assert api.get("/api/chat/ann", token=token).status in (401, 404)


def test_the_person_has_no_account_at_once(world: World) -> None:
    api, bob = world.api, world.people.bob
    token = viewer_token(world.people.ann, bob)
    deletes(api, bob)

    assert api.get("/api/me", signed_in_as=bob).body["username"] is None
    for path in ("/api/pages/dashboard", "/api/ingress", "/api/blocks"):
        assert api.get(path, signed_in_as=bob).refused_with(409, "username_required")
    message = {"text": "still here", "id": "66666666-7777-4888-9999-aaaaaaaaaaaa"}
    assert api.post("/api/chat/ann", message, token=token).refused_with(409, "username_required")


def test_a_second_deletion_is_a_no_op(world: World) -> None:
    deletes(world.api, world.people.bob)
    before = stored()
    deletes(world.api, world.people.bob)
    after = stored()
    assert {key for key in after if not key[0].startswith("LIMIT#")} == {
        key for key in before if not key[0].startswith("LIMIT#")
    }


def test_a_deletion_of_an_account_in_a_race_with_a_new_title_deletes_its_words(
    world: World,
) -> None:
    api, ann = world.api, world.people.ann
    with watched() as wire:
        wire.meanwhile = lambda: change_title(api, ann)
        deletes(api, ann)
    assert not [key for key in stored() if key[0].startswith("WORD#") and ann.id in key[1]]


def change_title(api: Api, person: Person) -> None:
    answer = api.patch("/api/stream", {"title": "Entirely new words"}, signed_in_as=person)
    assert answer.status == 200, answer.text


# --- in the background ---


def fill(world: World) -> None:
    """Give ann all that an account can have, in addition to the beginning of the world."""
    ann, bob, mia = world.people.ann, world.people.bob, world.people.mia
    change_item(users.stream(bob.id), moderators={ann.id, mia.id})
    now = clock.now()
    write_items(
        live.past_broadcast(ann.id, "1767225600000").new(
            started_at=now, ended_at=now, reason="stopped", peak_viewers=3
        ),
        chat.written_chat(ann.id, bob.id).new(expires_at=now + timedelta(days=1)),
        message_of(ann, bob, "by ann"),
        chat.message_id(bob.id, "by ann").new(
            viewer_id=ann.id, place=place("by ann"), expires_at=now + timedelta(days=1)
        ),
        message_of(mia, bob, "by mia"),
    )
    follows(as_domain(mia), as_domain(ann))
    follows(as_domain(ann), as_domain(mia))
    change_item(users.profile(mia.id), follower_count=1)
    a_block(by=as_domain(world.people.eve), of=as_domain(ann))


def place(message_id: str) -> str:
    return chat.message_place(clock.ms(Clock.START), message_id)


def message_of(writer: Person, host: Person, message_id: str) -> chat.Message:
    return chat.message(host.id, place(message_id)).new(
        message_id=message_id,
        sent_ms=clock.ms(Clock.START),
        text=message_id,
        viewer_id=writer.id,
        identity=f"{writer.id}:{TAB}",
        name=writer.username,
        role="viewer",
        expires_at=clock.now() + timedelta(days=1),
    )


def test_nothing_of_a_deleted_account_is_left_but_what_others_decided(
    world: World, minutes: Minutes
) -> None:
    ann, bob, mia, eve = (
        world.people.ann,
        world.people.bob,
        world.people.mia,
        world.people.eve,
    )
    fill(world)

    deletes(world.api, ann)
    assert minutes() <= 3

    subject_key = users.subject(world.api.provider.issuer, ann.subject).pk
    assert names_of(world, ann) == {
        f"BLOCK#{eve.id} {ann.id}",
        f"STANDING#{ann.id} STANDING",
        f"{subject_key} FORMER",
        "NAME#ann RESERVATION",
        "SKELETON#ann RESERVATION",
    }
    assert world.livekit.ingresses == {}
    assert world.livekit.rooms[ann.id] == []
    counts = {
        person.username: profile.follower_count
        for person in (bob, mia)
        if (profile := get(users.profile(person.id), consistent=True))
    }
    assert counts == {"bob": 0, "mia": 0}
    bobs = get(users.stream(bob.id), consistent=True)
    assert bobs is not None
    assert bobs.moderators == {mia.id}
    texts = {item["text"]["S"] for (pk, _), item in stored().items() if pk.startswith("CHAT#")}
    assert texts == {"by mia"}


def test_an_operator_who_returns_has_no_role(world: World, minutes: Minutes) -> None:
    deletes(world.api, world.people.olga)
    minutes()
    assert [pk for pk, _ in stored() if pk.startswith("OPERATOR#")] == []


@pytest.mark.parametrize("path", ["/api/blocks/ann", "/api/chat/eve/blocks/{ann}"])
def test_a_deleted_account_can_be_unblocked(world: World, minutes: Minutes, path: str) -> None:
    ann, eve = world.people.ann, world.people.eve
    fill(world)
    deletes(world.api, ann)
    minutes()
    for status in (204, 404):
        answer = world.api.delete(path.format(ann=ann.id), signed_in_as=eve)
        assert answer.status == status, answer
    assert world.api.get("/api/blocks", signed_in_as=eve).body["blocks"] == []
    log = world.api.get("/api/moderation/log", signed_in_as=eve).body["entries"]
    assert (log[0]["action"], log[0]["whom"]["name"]) == ("unblocked", "ann")


def test_other_logs_keep_their_entries(world: World, minutes: Minutes) -> None:
    mia, ann = world.people.mia, world.people.ann
    deletes(world.api, mia)
    minutes()
    entries = [key for key in stored() if key[0] == audit_log.log_of(ann.id)]
    assert entries
    log = world.api.get("/api/moderation/log", signed_in_as=ann).body["entries"]
    assert {"timed_out", "appointed"} <= {entry["action"] for entry in log}


def test_the_messages_disappear_from_the_pages_of_current_viewers(
    world: World, at_once: None
) -> None:
    bob, ann = world.people.bob, world.people.ann
    world.livekit.heard.clear()
    deletes(world.api, bob)
    assert ("chat.v1", bob.id) in [
        (topic, news.get("viewerId")) for topic, news in world.livekit.heard
    ]
    assert not [key for key in stored() if key[0] == f"CHAT#{ann.id}"]


def test_the_first_pass_runs_at_once_and_the_second_after_the_last_request(
    world: World, at_once: None, minutes: Minutes, time: Clock
) -> None:
    ann, bob = world.people.ann, world.people.bob
    deletes(world.api, ann)
    item = get(deletions.deletion(ann.id), consistent=True)
    assert item is not None
    assert (item.is_final, item.due_at) == (True, time.now + erasure.SETTLE)
    # A request of ann that was in flight writes after the first pass.
    follows(as_domain(ann), as_domain(bob))
    change_item(users.profile(bob.id), follower_count=1)
    erasure.continue_deletion(ann.id)
    assert (f"FOLLOW#{ann.id}", bob.id) in stored()  # too early for the second pass
    minutes()
    assert (f"FOLLOW#{ann.id}", bob.id) not in stored()
    profile = get(users.profile(bob.id), consistent=True)
    assert profile is not None
    assert profile.follower_count == 0


def test_two_people_who_follow_each_other_may_delete_their_accounts_at_once(
    world: World, minutes: Minutes
) -> None:
    deletes(world.api, world.people.ann)
    deletes(world.api, world.people.bob)
    minutes()
    assert not [key for key in stored() if key[0].startswith("FOLLOW#")]


def test_a_large_channel_takes_several_runs_of_bounded_work(
    world: World, minutes: Minutes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = world.people.ann
    at = clock.now()
    followers = [f"{number:032x}" for number in range(3_000)]
    write_items(
        *(
            relations.follow(follower, ann.id).new(
                created_at=at, **relations.by_follower(follower, ann.id, at).attributes()
            )
            for follower in followers
        )
    )
    deletes(world.api, ann)
    pages = count()  # a run takes ten "seconds", one for each page
    monkeypatch.setattr(erasure, "monotonic", lambda: next(pages))
    monkeypatch.setattr(erasure, "RUN_SECONDS", 10)
    with watched() as wire:
        erasure.continue_deletion(ann.id)
    assert len(wire.made) < 100
    assert 3 <= minutes() <= 10
    assert listed(relations.followers_list(ann.id)) == []


def test_an_outage_of_livekit_delays_only_what_needs_it(world: World, minutes: Minutes) -> None:
    ann = world.people.ann
    fill(world)
    deletes(world.api, ann)
    world.livekit.before = world.livekit.breaks
    with pytest.raises(AssertionError, match="doesn't end"):
        minutes()
    item = get(deletions.deletion(ann.id), consistent=True)
    assert item is not None
    assert item.remaining == {"ingress", "room", "broadcasts"}
    world.livekit.before = None
    minutes()
    assert world.livekit.ingresses == {}


def test_the_user_of_the_stacks_own_pool_is_deleted(
    world: World, pool: str, minutes: Minutes
) -> None:
    client: Any = boto3.client("cognito-idp")
    created = client.admin_create_user(UserPoolId=pool, Username="carl@example.com")
    (subject,) = (a["Value"] for a in created["User"]["Attributes"] if a["Name"] == "sub")
    person = Person(subject)
    answer = world.api.put("/api/me", {"username": "pooly"}, signed_in_as=person)
    assert answer.status == 200

    deletes(world.api, person)
    minutes()

    assert client.list_users(UserPoolId=pool)["Users"] == []


def test_without_a_pool_the_provider_is_not_asked(world: World, minutes: Minutes) -> None:
    deletes(world.api, world.people.bob)
    with watched() as wire:
        minutes()
    assert "AdminDeleteUser" not in wire.made


# --- the username, and the return ---


def test_the_username_is_reserved_for_90_days(world: World, minutes: Minutes, time: Clock) -> None:
    api, dora = world.api, world.people.dora
    deletes(api, world.people.bob)
    minutes()
    for username in ("bob", "b0b"):
        answer = api.put("/api/me", {"username": username}, signed_in_as=dora)
        assert answer.refused_with(409, "username_taken")
    time.moves(days=90)
    assert api.put("/api/me", {"username": "bob"}, signed_in_as=dora).body["id"] != (
        world.people.bob.id
    )


def test_the_same_person_gets_username_and_id_back(world: World, minutes: Minutes) -> None:
    api, bob = world.api, world.people.bob
    deletes(api, bob)
    minutes()
    answer = api.put("/api/me", {"username": "bob"}, signed_in_as=bob)
    assert answer.status == 200, answer.text
    assert (answer.body["id"], answer.body["followerCount"]) == (bob.id, 0)
    channel = api.get("/api/pages/channels/bob", signed_in_as=world.people.ann)
    assert (channel.status, channel.body["isFollowing"]) == (200, False)
    assert api.get("/api/blocks", signed_in_as=bob).status == 200


def test_the_person_can_not_return_before_the_deletion_has_ended(
    world: World, minutes: Minutes
) -> None:
    api, bob = world.api, world.people.bob
    deletes(api, bob)
    answer = api.put("/api/me", {"username": "bob"}, signed_in_as=bob)
    assert answer.refused_with(409, "deletion_in_progress")
    assert answer.body["error"]["retryAfterMs"] > 0
    minutes()
    assert api.put("/api/me", {"username": "another"}, signed_in_as=bob).status == 200


def test_a_blocked_person_stays_blocked_after_a_deletion(
    world: World, minutes: Minutes, time: Clock
) -> None:
    api, carl = world.api, world.people.carl
    deletes(api, carl)
    minutes()
    time.moves(days=400)
    assert api.put("/api/me", {"username": "carla"}, signed_in_as=carl).status == 200
    assert api.post("/api/token", {"host": "ann"}, signed_in_as=carl).refused_with(403, "blocked")


def test_a_timed_out_person_stays_timed_out_after_a_deletion(
    world: World, minutes: Minutes
) -> None:
    api, eve = world.api, world.people.eve
    deletes(api, eve)
    minutes()
    assert api.put("/api/me", {"username": "eve"}, signed_in_as=eve).status == 200
    message = {"text": "hi", "id": "66666666-7777-4888-9999-aaaaaaaaaaaa"}
    token = viewer_token(world.people.ann, eve)
    assert api.post("/api/chat/ann", message, token=token).refused_with(403, "timed_out")


@pytest.mark.parametrize("days", [None, 30])
def test_a_suspended_person_stays_suspended_after_a_deletion(
    world: World, minutes: Minutes, time: Clock, days: int | None
) -> None:
    api, bob = world.api, world.people.bob
    until = time.now + timedelta(days=days) if days else None
    write_items(
        standing_ref(bob.id).new(
            user_id=bob.id, state="suspended", reason="spam", until=until, at=time.now
        )
    )
    deletes(api, bob)
    minutes()
    assert api.put("/api/me", {"username": "bob"}, signed_in_as=bob).status == 200
    standing = get(standing_ref(bob.id), consistent=True)
    assert standing is not None
    assert (standing.state, standing.reason, standing.until) == ("suspended", "spam", until)


def test_a_suspension_at_the_same_moment_as_the_deletion_is_kept(
    world: World, minutes: Minutes, time: Clock
) -> None:
    api, bob = world.api, world.people.bob
    deletes(api, bob)
    suspended = standing_ref(bob.id).new(
        user_id=bob.id, state="suspended", reason="spam", at=time.now
    )
    write_items(suspended)
    minutes()
    standing = get(standing_ref(bob.id), consistent=True)
    assert standing is not None
    assert standing.state == "deleted"
    assert api.put("/api/me", {"username": "bob"}, signed_in_as=bob).status == 200
    standing = get(standing_ref(bob.id), consistent=True)
    assert standing is not None
    assert standing.state == "suspended"


def test_a_person_whom_no_one_has_blocked_is_forgotten_after_90_days(
    world: World, minutes: Minutes, time: Clock
) -> None:
    api, bob = world.api, world.people.bob
    deletes(api, bob)
    minutes()
    former_ref = users.former_user(users.subject(api.provider.issuer, bob.subject).pk)
    former = get(former_ref, consistent=True)
    assert former is not None
    assert former.expires_at is not None
    time.moves(days=91)
    answer = api.put("/api/me", {"username": "bob"}, signed_in_as=bob)
    assert answer.body["id"] != bob.id


def test_livekits_webhooks_about_a_deleted_channel_change_nothing(
    world: World, minutes: Minutes, livekit: LiveKit
) -> None:
    deletes(world.api, world.people.ann)
    minutes()
    livekit.rooms[world.people.ann.id] = [f"{world.people.bob.id}:{TAB}"]
    before = names_of(world, world.people.ann)
    minutes_ = minutes()
    assert minutes_ == 1
    assert names_of(world, world.people.ann) == before
