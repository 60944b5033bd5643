"""Checks find and repair what LiveKit sent no webhook for."""

import json
import random
from collections import Counter
from datetime import timedelta
from io import StringIO
from time import monotonic

import pytest

from footlight.channels.home import home
from footlight.channels.settings import StreamChanges, change_stream
from footlight.channels.views import channels, shown_streams
from footlight.errors import Unavailable
from footlight.identities import Guest, Person, new_guest_id, new_user_id
from footlight.ingress.key import stored_ingress
from footlight.ingress.reset import reset_ingress
from footlight.live.record import record_event
from footlight.live.state import (
    SETTLE_SECONDS,
    EncoderStarted,
    EncoderStopped,
    EndedByCreator,
    RoomSeen,
)
from footlight.sync import check
from footlight.sync.check import Report, check_channel, check_channels, survey
from footlight.sync.run import LEASE, reconcile
from footlight.tables import leases, users
from footlight.tables.items import get, newest
from footlight.tables.live import LiveState, PastBroadcast, live_state, past_broadcasts
from tests.support import effort
from tests.support.clock import Clock
from tests.support.dynamodb import table
from tests.support.livekit import TRACKS, LiveKit
from tests.support.people import a_person, a_suspension, blocks, caller, goes_live
from tests.support.stored import stored
from tests.support.table import watched

S = 1_795_550_400_000_000_000


def check_all_channels() -> Report:
    """Check all channels at once, as a run with a single part does."""
    found = survey()
    return check_channels(found.user_ids, found.rooms)


@pytest.fixture
def ann(livekit: LiveKit, time: Clock) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    time.moves(seconds=SETTLE_SECONDS)
    return person


def publish(livekit: LiveKit, host: Person, *viewers: str) -> None:
    livekit.rooms[host.id] = [host.id, *viewers]


def report(host: Person, event: type[EncoderStarted | EncoderStopped], later: int = 0) -> None:
    """Record an event as a webhook does."""
    ingress_id = stored_ingress(host.id).ingress_id or ""
    record_event(host.id, event(ingress_id, S, S + 1 + later), "webhook")


def state(host: Person) -> LiveState:
    item = get(live_state(host.id), consistent=True)
    assert item
    return item


def past_broadcasts_of(host: Person) -> list[PastBroadcast]:
    return newest(PastBroadcast, past_broadcasts(host.id), None, 10_000)[0]


def live_channels() -> list[str]:
    streams = home(caller(None), None).streams
    return [channel.user.username for channel in streams if channel.stream.is_live]


def test_a_check_finds_an_unreported_start(livekit: LiveKit, ann: Person) -> None:
    publish(livekit, ann, "cleo:abcd1234")
    result = check_all_channels()
    assert (result.drift, result.live, result.viewers) == (1, 1, 1)
    assert live_channels() == ["ann"]
    assert state(ann).source == "reconciler"


def test_a_check_finds_an_unreported_stop(livekit: LiveKit, ann: Person, time: Clock) -> None:
    report(ann, EncoderStarted)
    time.moves(seconds=SETTLE_SECONDS)
    result = check_all_channels()
    assert result.drift == 1
    assert live_channels() == []
    assert state(ann).ended_at


def test_a_reported_change_is_no_drift(livekit: LiveKit, ann: Person) -> None:
    report(ann, EncoderStarted)
    publish(livekit, ann)
    assert check_all_channels().drift == 0
    assert check_channel(ann.id).drift == 0


def test_a_stale_list_of_rooms_changes_nothing(livekit: LiveKit, ann: Person, time: Clock) -> None:
    report(ann, EncoderStarted)
    time.moves(seconds=SETTLE_SECONDS)
    publish(livekit, ann)
    livekit.listed_publishers[ann.id] = 0
    assert check_all_channels().drift == 0
    assert state(ann).live
    livekit.rooms[ann.id].clear()
    livekit.listed_publishers[ann.id] = 1
    assert check_all_channels().drift == 1
    assert not state(ann).live


def test_a_live_channel_whose_room_is_not_listed_stays_live(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    time.moves(seconds=SETTLE_SECONDS)
    publish(livekit, ann)
    livekit.unlisted.add(ann.id)
    assert check_all_channels().drift == 0
    assert state(ann).live


def test_a_start_that_the_room_does_not_show_yet_stays(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    livekit.rooms[ann.id] = [f"Host-{ann.id}:aaaaaaaa"]
    assert check_channel(ann.id).drift == 0
    assert state(ann).live
    assert json.loads(livekit.metadata[ann.id])["state"] == "live"
    time.moves(seconds=60)
    assert check_all_channels().drift == 1
    assert not state(ann).live


def test_a_reported_end_counts_when_the_media_is_gone(livekit: LiveKit, ann: Person) -> None:
    report(ann, EncoderStarted)
    publish(livekit, ann)
    report(ann, EncoderStopped, 1)
    assert check_channel(ann.id, "webhook").drift == 0
    assert state(ann).live
    livekit.rooms[ann.id].clear()
    assert check_channel(ann.id, "webhook").drift == 0
    assert (state(ann).live, state(ann).source) == (False, "webhook")
    assert json.loads(livekit.metadata[ann.id])["state"] == "reconnecting"


@pytest.mark.parametrize("track", range(2))
def test_a_stream_with_only_sound_or_only_picture_is_live(
    livekit: LiveKit, ann: Person, time: Clock, track: int
) -> None:
    report(ann, EncoderStarted)
    livekit.tracks = TRACKS[track : track + 1]
    publish(livekit, ann)
    time.moves(seconds=60)
    check_all_channels()
    assert state(ann).live


def test_a_check_that_lost_to_another_one_asks_the_room_again(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    publish(livekit, ann)
    check_channel(ann.id)
    livekit.rooms[ann.id].clear()

    def other() -> None:
        """Record what another check saw while the media was there."""
        record_event(ann.id, RoomSeen(is_publishing=True, viewers=7), "repair")

    with watched() as wire:
        wire.meanwhile = other
        check_channel(ann.id, "webhook")
    assert not state(ann).live


def test_a_room_whose_list_and_participants_are_missing_keeps_its_state(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    time.moves(seconds=60)
    livekit.unlisted.add(ann.id)
    livekit.before = lambda method: livekit.breaks(method) if method == "ListParticipants" else None
    assert check_all_channels().faults == 1
    assert state(ann).live


def test_an_end_by_the_creator_during_a_check_wins_over_the_check(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    time.moves(seconds=60)
    publish(livekit, ann)
    stops = iter([lambda: record_event(ann.id, EndedByCreator(), "creator")])

    def before(method: str) -> None:
        if method == "ListParticipants":
            next(stops)()

    livekit.before = before
    assert check_all_channels().drift == 0
    assert not state(ann).live
    assert state(ann).source == "creator"


def test_a_channel_that_changes_during_a_check_delays_no_other(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    bob = a_person("bob")
    reset_ingress(bob, "rtmp")
    for person in (ann, bob):
        report(person, EncoderStarted)
        publish(livekit, person, "cleo:abcd1234")
    time.moves(seconds=60)

    def end() -> None:
        record_event(ann.id, EndedByCreator(), "creator")

    with watched() as wire:
        wire.meanwhile = end  # before the transaction
        result = check_all_channels()
    assert (result.drift, result.faults) == (0, 0)
    assert (state(ann).live, state(ann).source) == (False, "creator")
    assert (state(bob).viewers, state(bob).source) == (1, "reconciler")


def test_a_broadcast_ends_and_is_stored_after_the_grace_period(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    report(ann, EncoderStarted)
    report(ann, EncoderStopped, 1)
    check_all_channels()
    assert past_broadcasts_of(ann) == []
    time.moves(seconds=76)
    check_all_channels()
    (past,) = past_broadcasts_of(ann)
    assert past.reason == "stopped"
    assert state(ann).session_id is None
    assert state(ann).list_pk is None


def test_viewers_are_counted_without_the_ingress_and_the_hosts_own_tabs(
    livekit: LiveKit, ann: Person
) -> None:
    report(ann, EncoderStarted)
    guest = Guest(new_guest_id())
    publish(livekit, ann, f"Host-{ann.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb", "c" * 32 + ":cccccccc")
    check_all_channels()
    shown = channels([ann.id])[ann.id].stream
    assert shown.viewer_count == 2
    record_event(ann.id, EndedByCreator(), "creator")
    (past,) = past_broadcasts_of(ann)
    assert (past.peak_viewers, past.average_viewers) == (2, 2)


def test_a_blocked_viewer_is_removed_from_the_room_each_time_they_join(
    livekit: LiveKit, ann: Person
) -> None:
    dan, guest, cleo = a_person("dan"), Guest(new_guest_id()), a_person("cleo")
    publish(livekit, ann, f"{dan.id}:aaaaaaaa", f"{dan.id}:bbbbbbbb")
    blocks(ann, dan)
    blocks(ann, guest)
    assert livekit.rooms[ann.id] == [ann.id]

    own = f"Host-{ann.id}:cccccccc"
    publish(livekit, ann, f"{dan.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb", f"{cleo.id}:aaaaaaaa", own)
    assert check_all_channels().removed == 2
    assert livekit.rooms[ann.id] == [ann.id, f"{cleo.id}:aaaaaaaa", own]


def test_everyone_is_removed_from_the_room_of_a_suspended_host(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    """The encoder and the host's own tabs, too, and whatever is reported of the encoder."""
    guest, cleo = Guest(new_guest_id()), a_person("cleo")
    report(ann, EncoderStarted)
    time.moves(seconds=SETTLE_SECONDS)
    a_suspension(ann.id, until=time.now + timedelta(hours=1))
    publish(livekit, ann, f"{guest.id}:bbbbbbbb", f"{cleo.id}:aaaaaaaa", f"Host-{ann.id}:cccccccc")
    assert check_all_channels().removed == 4
    assert livekit.rooms[ann.id] == []
    assert not state(ann).live
    publish(livekit, ann, f"{cleo.id}:aaaaaaaa")
    assert check_channel(ann.id).removed == 2

    time.moves(hours=1)
    publish(livekit, ann, f"{cleo.id}:aaaaaaaa")
    assert check_channel(ann.id).removed == 0


@pytest.mark.parametrize("others", [0, 120])
def test_a_run_removes_suspended_viewers_from_every_room(
    livekit: LiveKit, ann: Person, others: int
) -> None:
    dan, more = a_person("dan"), [f"{number:032x}:aaaaaaaa" for number in range(others)]
    publish(livekit, ann, f"{dan.id}:aaaaaaaa", *more)
    reconcile()
    assert livekit.rooms[ann.id] == [ann.id, f"{dan.id}:aaaaaaaa", *more]
    a_suspension(dan.id)
    reconcile()
    assert livekit.rooms[ann.id] == [ann.id, *more]


def test_a_block_applies_in_the_room_of_a_channel_that_never_had_a_key(
    livekit: LiveKit,
) -> None:
    bob, dan = a_person("bob"), a_person("dan")
    blocks(bob, dan)
    livekit.rooms[bob.id] = [f"{dan.id}:aaaaaaaa"]
    assert check_all_channels().removed == 1
    livekit.rooms[bob.id] = [f"{dan.id}:aaaaaaaa"]
    assert check_channel(bob.id).removed == 1
    assert get(live_state(bob.id)) is None


def test_guests_are_removed_while_a_channel_is_for_signed_in_viewers_only(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    cleo, guest = a_person("cleo"), Guest(new_guest_id())
    viewers = [f"{cleo.id}:aaaaaaaa", f"{guest.id}:bbbbbbbb"]
    shown = change_stream(ann, StreamChanges(signed_in_only="hour"))
    assert shown.is_signed_in_only
    publish(livekit, ann, *viewers)
    check_channel(ann.id)
    assert livekit.rooms[ann.id] == [ann.id, viewers[0]]

    time.moves(minutes=61)
    publish(livekit, ann, *viewers)
    check_channel(ann.id)
    assert livekit.rooms[ann.id] == [ann.id, *viewers]


def test_a_check_updates_title_settings_and_state_in_the_rooms_metadata(
    livekit: LiveKit, ann: Person
) -> None:
    report(ann, EncoderStarted)
    publish(livekit, ann)
    check_channel(ann.id)
    change_stream(ann, StreamChanges(title="Another sky", is_chat_delayed=True, is_for_adults=True))
    assert check_channel(ann.id).updated == 1
    metadata = json.loads(livekit.metadata[ann.id])
    assert metadata["title"] == "Another sky"
    assert (metadata["state"], metadata["isChatDelayed"]) == ("live", True)
    assert metadata["isForAdults"] is True
    wire = json.loads(shown_streams([ann.id])[ann.id].model_dump_json(by_alias=True))
    assert metadata == {name: wire[name] for name in metadata}
    assert check_channel(ann.id).updated == 0  # The metadata is unchanged.


def test_rooms_of_another_site_on_the_same_livekit_are_ignored(
    livekit: LiveKit, ann: Person
) -> None:
    livekit.rooms["standup"] = ["standup", "x:aaaaaaaa"]
    livekit.rooms["f" * 32] = ["f" * 32, "e" * 32 + ":aaaaaaaa"]
    result = check_all_channels()
    assert (result.live, result.drift, result.removed, result.updated) == (0, 0, 0, 0)
    assert get(live_state("f" * 32)) is None
    assert livekit.metadata == {}


def test_nothing_changes_while_livekit_is_unavailable(livekit: LiveKit, ann: Person) -> None:
    report(ann, EncoderStarted)
    before = state(ann).version
    livekit.before = livekit.breaks
    with pytest.raises(Unavailable):
        check_all_channels()
    with pytest.raises(Unavailable):
        check_channel(ann.id)
    assert (state(ann).live, state(ann).version) == (True, before)
    assert leases.unfinished("") == []


@pytest.mark.parametrize("broken", ["ListParticipants", "RemoveParticipant", "UpdateRoomMetadata"])
def test_the_other_parts_of_a_check_run_if_one_part_fails(
    livekit: LiveKit, ann: Person, broken: str
) -> None:
    report(ann, EncoderStarted)
    dan = a_person("dan")
    blocks(ann, dan)
    publish(livekit, ann, f"{dan.id}:aaaaaaaa")
    livekit.before = lambda method: livekit.breaks(method) if method == broken else None
    result = check_all_channels()
    assert result.faults == 1
    assert state(ann).source == "reconciler"


def test_two_runs_never_overlap(livekit: LiveKit, ann: Person) -> None:
    publish(livekit, ann)
    with leases.hold(LEASE, 60):
        assert reconcile() is None
    assert not state(ann).live
    result = reconcile()
    assert result
    assert result.live == 1


def test_a_check_of_many_live_channels_makes_few_calls(livekit: LiveKit, time: Clock) -> None:
    people = [a_person(f"creator{number}") for number in range(30)]
    for person in people:
        goes_live(person)
        publish(livekit, person, *(f"{viewer.id}:abcd1234" for viewer in people[:10]))
    check_all_channels()
    livekit.made.clear()
    time.moves(seconds=60)
    with watched() as wire:
        check_all_channels()
    assert livekit.made.count("ListRooms") == 1
    assert livekit.made.count("ListParticipants") == 30
    assert "UpdateRoomMetadata" not in livekit.made
    assert wire.made.count("BatchGetItem") <= 4
    assert Counter(wire.made) == {
        "Query": 2,  # the live and the reconnecting channels
        "BatchGetItem": 1 + 3,  # 30 states and streams, 300 blocks
        "TransactWriteItems": 2,  # 30 states
    }


def test_only_the_blocks_of_viewers_in_the_room_are_read(livekit: LiveKit, ann: Person) -> None:
    dan = a_person("dan")
    blocks(ann, dan)
    for _ in range(3):
        blocks(ann, Guest(new_guest_id()))
    crowd = [f"{new_user_id()}:abcd1234" for _ in range(150)]
    publish(livekit, ann, *crowd, f"{dan.id}:abcd1234")
    with watched() as wire:
        assert check_channel(ann.id).removed == 1
    keys = [
        key["pk"]["S"]
        for operation, arguments in wire.asked
        if operation == "BatchGetItem"
        for requested in arguments["RequestItems"].values()
        for key in requested["Keys"]
    ]
    assert keys.count(f"BLOCK#{ann.id}") == 151
    assert "Query" not in wire.made
    assert livekit.rooms[ann.id] == [ann.id, *crowd]


def test_guests_are_removed_from_the_room_of_an_offline_channel(
    livekit: LiveKit, ann: Person, time: Clock
) -> None:
    cleo, bob = a_person("cleo"), a_person("bob")
    tabs = [f"{new_guest_id()}:aaaaaaaa", f"{cleo.id}:aaaaaaaa", f"Host-{ann.id}:aaaaaaaa"]
    publish(livekit, ann, *tabs)
    livekit.rooms[bob.id] = tabs[:2]  # never had a key
    livekit.joined_at = int(time.now.timestamp()) - 59
    assert check_all_channels().removed == 0
    livekit.joined_at -= 1
    assert check_all_channels().removed == 1
    assert livekit.rooms == {ann.id: [ann.id, *tabs], bob.id: [tabs[1]]}

    livekit.rooms[ann.id] = tabs.copy()  # the encoder is gone
    assert check_all_channels().removed == 0
    assert state(ann).live is False
    time.moves(seconds=74)
    assert check_all_channels().removed == 0
    time.moves(seconds=1)
    assert check_all_channels().removed == 1
    assert livekit.rooms[ann.id] == tabs[1:]


def test_a_participant_who_cannot_be_removed_does_not_stop_the_removal_of_others(
    livekit: LiveKit, ann: Person
) -> None:
    hosts = [ann, a_person("bob"), a_person("cleo")]
    for host in hosts:
        livekit.rooms[host.id] = [f"{new_guest_id()}:aaaaaaaa"]
    removals = 0

    def breaks_once(method: str) -> None:
        nonlocal removals
        removals += method == "RemoveParticipant"
        if method == "RemoveParticipant" and removals == 1:
            livekit.breaks(method)

    livekit.before = breaks_once
    result = check_all_channels()
    assert (result.removed, result.faults) == (2, 1)
    assert sum(map(len, livekit.rooms.values())) == 1


def test_a_channel_that_cannot_be_read_does_not_stop_the_check_of_others(
    livekit: LiveKit, ann: Person, logged: StringIO
) -> None:
    bob, guest = a_person("bob"), f"{new_guest_id()}:aaaaaaaa"
    livekit.rooms[bob.id] = [guest]
    publish(livekit, ann)
    stream = stored()[users.stream(bob.id).pk, "STREAM"]
    table().put([stream | {"updated_at": {"S": "yesterday"}}])
    result = check_all_channels()
    assert (result.live, result.faults) == (1, 1)
    assert state(ann).live
    assert livekit.rooms[bob.id] == [guest]
    assert bob.id in logged.getvalue()


def test_a_check_stops_between_batches_at_its_deadline(
    livekit: LiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "BATCH_CHANNELS", 2)
    people = [a_person(f"creator{number}") for number in range(5)]
    for person in people:
        goes_live(person)
    ids = [person.id for person in people]
    assert check_channels(ids, deadline=monotonic() - 1).unfinished == 5
    assert check_channels(ids, deadline=monotonic() + 60).unfinished == 0


@pytest.mark.soak
def test_the_list_is_right_after_each_check_even_if_every_webhook_is_lost(
    livekit: LiveKit, time: Clock
) -> None:
    chance = random.Random(5)  # noqa: S311 - a reproducible history
    people = [a_person(f"creator{number}") for number in range(8)]
    for person in people:
        reset_ingress(person, "rtmp")
    for _ in range(effort.chosen().transitions):
        time.moves(seconds=60)
        for person in chance.sample(people, 3):
            match chance.randrange(4):
                case 0 | 1:
                    publish(livekit, person, *(f"{viewer.id}:abcd1234" for viewer in people[:3]))
                case 2:
                    livekit.rooms.pop(person.id, None)
                case _:
                    reset_ingress(person, "rtmp")
        check_all_channels()
        live = {
            person.username for person in people if person.id in livekit.rooms.get(person.id, [])
        }
        assert set(live_channels()) == live
    # Every broadcast that started has ended or is live. None ended twice.
    for person in people:
        ids = [past.sk for past in past_broadcasts_of(person)]
        assert len(ids) == len(set(ids))
        assert state(person).session_id not in ids
