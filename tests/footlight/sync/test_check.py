"""What the reconciler finds and puts right, on a LiveKit that told nothing of it."""

import json
import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from footlight import clock
from footlight.channels.home import home
from footlight.channels.settings import StreamChanges, change_stream
from footlight.channels.views import channels, shown_streams
from footlight.errors import Unavailable
from footlight.identities import Guest, Person, new_guest_id
from footlight.ingress.key import key_of
from footlight.ingress.reset import reset_ingress
from footlight.live import record
from footlight.live.state import EndedByCreator, Started, Stopped
from footlight.sync import check
from footlight.sync.check import look_at, look_at_all
from footlight.sync.run import LEASE, run
from footlight.tables import base, leases
from footlight.tables.live import Live, Session, live_key, sessions_list
from tests.support.livekit import LiveKit
from tests.support.people import a_person, blocks, caller
from tests.support.table import watched

S = 1_795_550_400_000_000_000


@pytest.fixture(autouse=True)
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """What happens between the two times that LiveKit is asked; nobody really waits."""
    happens: list[Callable[[], None]] = []

    def sleep(seconds: float) -> None:
        assert seconds == check.CONFIRM_SECONDS
        for each in happens:
            each()

    monkeypatch.setattr("footlight.sync.check.time.sleep", sleep)
    return happens


@pytest.fixture
def ann(livekit: LiveKit) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    return person


def publishes(livekit: LiveKit, host: Person, *viewers: str) -> None:
    livekit.rooms[host.id] = [host.id, *viewers]


def told(host: Person, kind: type[Started | Stopped], later: int = 0) -> None:
    record.record(host.id, kind(key_of(host.id).ingress_id or "", S, S + 1 + later), "webhook")


def state(host: Person) -> Live:
    found = base.get(live_key(host.id), consistent=True)
    assert isinstance(found, Live)
    return found


def live_in_list() -> list[str]:
    return [each.user.username for each in home(caller(None), None).streams if each.stream.is_live]


def test_a_start_of_which_nothing_was_told_is_found(livekit: LiveKit, ann: Person) -> None:
    publishes(livekit, ann, "cleo:abcd1234")
    report = look_at_all()
    assert (report.drift, report.live, report.viewers) == (1, 1, 1)
    assert live_in_list() == ["ann"]
    assert state(ann).source == "reconciler"


def test_an_end_of_which_nothing_was_told_is_found(livekit: LiveKit, ann: Person) -> None:
    told(ann, Started)
    report = look_at_all()
    assert report.drift == 1
    assert live_in_list() == []
    assert state(ann).ended_at


def test_what_was_told_is_no_drift(livekit: LiveKit, ann: Person) -> None:
    told(ann, Started)
    publishes(livekit, ann)
    assert look_at_all().drift == 0
    assert look_at(ann.id).drift == 0


def test_a_list_that_is_a_little_old_does_not_flip_what_is_right(
    livekit: LiveKit, ann: Person, meanwhile: list[Callable[[], None]]
) -> None:
    told(ann, Started)  # and LiveKit's list does not have it yet
    meanwhile.append(lambda: publishes(livekit, ann))
    assert look_at_all().drift == 0
    assert state(ann).live


def test_a_webhook_that_comes_meanwhile_knows_better(
    livekit: LiveKit, ann: Person, meanwhile: list[Callable[[], None]]
) -> None:
    told(ann, Started)
    meanwhile.append(lambda: told(ann, Stopped, 1))
    meanwhile.append(lambda: publishes(livekit, ann))  # the list is behind again
    assert look_at_all().drift == 0
    assert not state(ann).live


def test_a_grace_that_is_over_is_closed_and_kept_as_a_past_broadcast(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(ann, Started)
    told(ann, Stopped, 1)
    look_at_all()
    assert list(Session.query(sessions_list(ann.id))) == []
    later = clock.now() + timedelta(seconds=76)
    monkeypatch.setattr(clock, "now", lambda: later)
    look_at_all()
    (past,) = Session.query(sessions_list(ann.id))
    assert past.reason == "stopped"
    assert state(ann).session_id is None
    assert state(ann).list_pk is None


def test_viewers_are_counted_without_the_ingress_and_the_hosts_own_tabs(
    livekit: LiveKit, ann: Person
) -> None:
    told(ann, Started)
    guest = Guest(new_guest_id())
    publishes(
        livekit, ann, f"Host-{ann.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb", "c" * 32 + ":cccccccc"
    )
    look_at_all()
    shown = channels([ann.id])[ann.id].stream
    assert shown.viewer_count == 2
    record.record(ann.id, EndedByCreator(), "creator")
    (past,) = Session.query(sessions_list(ann.id))
    assert (past.peak_viewers, past.average_viewers) == (2, 2)


def test_who_is_blocked_is_put_out_of_the_room_whenever_they_come(
    livekit: LiveKit, ann: Person
) -> None:
    dan, guest, cleo = a_person("dan"), Guest(new_guest_id()), a_person("cleo")
    publishes(livekit, ann, f"{dan.id}:aaaaaaaa", f"{dan.id}:bbbbbbbb")
    blocks(ann, dan)
    blocks(ann, guest)
    assert livekit.rooms[ann.id] == [ann.id]

    own = f"Host-{ann.id}:cccccccc"
    publishes(
        livekit, ann, f"{dan.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb", f"{cleo.id}:aaaaaaaa", own
    )
    assert look_at_all().put_out == 2
    assert livekit.rooms[ann.id] == [ann.id, f"{cleo.id}:aaaaaaaa", own]


def test_a_block_holds_in_the_room_of_a_channel_that_never_had_a_key(livekit: LiveKit) -> None:
    bob, dan = a_person("bob"), a_person("dan")
    blocks(bob, dan)
    livekit.rooms[bob.id] = [f"{dan.id}:aaaaaaaa"]
    assert look_at_all().put_out == 1
    livekit.rooms[bob.id] = [f"{dan.id}:aaaaaaaa"]
    assert look_at(bob.id).put_out == 1
    assert base.get(live_key(bob.id)) is None


def test_guests_are_put_out_where_only_those_signed_in_may_watch(
    livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleo, guest = a_person("cleo"), Guest(new_guest_id())
    there = [f"{cleo.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb"]
    shown = change_stream(ann, StreamChanges(signed_in_only="hour"))
    assert shown.is_signed_in_only
    publishes(livekit, ann, *there)
    look_at(ann.id)
    assert livekit.rooms[ann.id] == [ann.id, there[0]]

    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    publishes(livekit, ann, *there)
    look_at(ann.id)
    assert livekit.rooms[ann.id] == [ann.id, *there]


def test_those_in_the_room_are_told_of_title_settings_and_state(
    livekit: LiveKit, ann: Person
) -> None:
    told(ann, Started)
    publishes(livekit, ann)
    look_at(ann.id)
    change_stream(ann, StreamChanges(title="Another sky", is_chat_delayed=True))
    assert look_at(ann.id).told == 1
    metadata = json.loads(livekit.metadata[ann.id])
    assert metadata["title"] == "Another sky"
    assert (metadata["state"], metadata["isChatDelayed"]) == ("live", True)
    wire = json.loads(shown_streams([ann.id])[ann.id].model_dump_json(by_alias=True))
    assert metadata == {name: wire[name] for name in metadata}
    assert look_at(ann.id).told == 0  # once is enough


def test_a_room_of_another_site_on_the_same_livekit_is_left_alone(
    livekit: LiveKit, ann: Person
) -> None:
    livekit.rooms["standup"] = ["standup", "x:aaaaaaaa"]
    livekit.rooms["f" * 32] = ["f" * 32, "e" * 32 + ":aaaaaaaa"]
    report = look_at_all()
    assert (report.live, report.drift, report.put_out, report.told) == (0, 0, 0, 0)
    assert base.get(live_key("f" * 32)) is None
    assert livekit.metadata == {}


def test_where_livekit_can_not_be_asked_nothing_is_changed(livekit: LiveKit, ann: Person) -> None:
    told(ann, Started)
    before = state(ann).version
    livekit.before = livekit.breaks
    with pytest.raises(Unavailable):
        look_at_all()
    with pytest.raises(Unavailable):
        look_at(ann.id)
    assert (state(ann).live, state(ann).version) == (True, before)
    assert leases.unfinished("") == []


@pytest.mark.parametrize("broken", ["ListParticipants", "RemoveParticipant", "UpdateRoomMetadata"])
def test_a_part_that_fails_does_not_keep_the_rest_from_being_done(
    livekit: LiveKit, ann: Person, broken: str
) -> None:
    told(ann, Started)
    dan = a_person("dan")
    blocks(ann, dan)
    publishes(livekit, ann, f"{dan.id}:aaaaaaaa")
    livekit.before = lambda method: livekit.breaks(method) if method == broken else None
    report = look_at_all()
    assert report.faults == 1
    assert state(ann).source == "reconciler"


def test_a_run_is_never_beside_another(livekit: LiveKit, ann: Person) -> None:
    publishes(livekit, ann)
    with leases.hold(LEASE, 60):
        assert run() is None
    assert not state(ann).live
    report = run()
    assert report
    assert report.live == 1


def test_a_hundred_live_channels_take_few_calls_to_livekit(livekit: LiveKit) -> None:
    people = [a_person(f"creator{number}") for number in range(30)]
    for person in people:
        reset_ingress(person, "rtmp")
        told(person, Started)
        publishes(livekit, person)
    look_at_all()
    livekit.made.clear()
    with watched() as wire:
        look_at_all()
    assert livekit.made.count("ListRooms") == 1
    assert livekit.made.count("ListParticipants") == 30
    assert "UpdateRoomMetadata" not in livekit.made
    assert wire.made.count("BatchGetItem") <= 4


TRANSITIONS = int(os.environ.get("FOOTLIGHT_TRANSITIONS", "12"))
"""`make soak` asks for 500."""


def test_with_every_webhook_lost_each_look_leaves_the_list_right(
    livekit: LiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)  # noqa: S311 - a story that can be told again
    people = [a_person(f"creator{number}") for number in range(8)]
    for person in people:
        reset_ingress(person, "rtmp")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(TRANSITIONS):
        now += timedelta(seconds=60)
        for person in chance.sample(people, 3):
            match chance.randrange(4):
                case 0 | 1:
                    publishes(livekit, person, *(f"{who.id}:abcd1234" for who in people[:3]))
                case 2:
                    livekit.rooms.pop(person.id, None)
                case _:
                    reset_ingress(person, "rtmp")
        look_at_all()
        on = {person.username for person in people if person.id in livekit.rooms.get(person.id, [])}
        assert set(live_in_list()) == on
    # Every broadcast that began has ended or is on: none is open twice, none was forgotten.
    for person in people:
        ids = [session.sk for session in Session.query(sessions_list(person.id))]
        assert len(ids) == len(set(ids))
        assert state(person).session_id not in ids
