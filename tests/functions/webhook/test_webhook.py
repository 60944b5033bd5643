"""LiveKit's webhook: signatures, the order of events, and participants who join."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit.api import TokenVerifier, WebhookReceiver
from livekit.protocol.ingress import IngressInfo

from footlight import clock
from footlight.ingress import reset
from footlight.ingress.key import stored_ingress
from footlight.ingress.lease import lease
from footlight.live.record import record_event
from footlight.live.state import MILLISECOND, RoomSeen
from footlight.sync.run import reconcile
from footlight.tables import relations
from footlight.tables.ingress import ingress_ref
from footlight.tables.items import Item, get, newest
from footlight.tables.live import PastBroadcast, last_broadcast, past_broadcasts
from footlight.tables.transactions import put, write
from tests.support import effort
from tests.support.api import Api, Person
from tests.support.clock import Clock
from tests.support.deployment import BEGUN, LIVEKIT_KEY, LIVEKIT_SECRET, forget, put_secret
from tests.support.livekit import LiveKit
from tests.support.people import a_suspension
from tests.support.table import watched
from tests.support.webhook import (
    SECOND,
    event,
    joined,
    of_participant,
    run_background,
    send,
    signature,
)

pytestmark = pytest.mark.attack


def commit_ingress(person: Person, ingress_id: str) -> None:
    """Commit an ingress as a reset does, without creating it in LiveKit."""
    created = IngressInfo(ingress_id=ingress_id, stream_key="the-secret-key")
    with lease(person.id) as held:
        stored = stored_ingress(person.id)
        reset._commit(held, stored, created, "rtmp")  # pyright: ignore[reportPrivateUsage]


def state(api: Api, username: str = "ann") -> str:
    return api.get(f"/api/pages/channels/{username}").body["stream"]["state"]


@pytest.fixture
def ann(api: Api) -> Person:
    person = api.joins("ann")
    commit_ingress(person, "IN_1")
    return person


@pytest.mark.parametrize("plain", [True, False])
def test_an_encoder_that_connects_makes_the_channel_live(
    api: Api, ann: Person, plain: bool
) -> None:
    assert send(api, event("ingress_started", 100, 110), plain=plain).status == 200

    stream = api.get("/api/pages/channels/ann").body["stream"]
    assert (stream["state"], stream["isLive"]) == ("live", True)
    home = api.get("/api/pages/home").body["streams"]
    assert [channel["user"]["username"] for channel in home] == [ann.username]


def test_livekits_own_library_accepts_the_signature_of_the_tests() -> None:
    body = event("ingress_started", 100, 110)
    receiver = WebhookReceiver(TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET))
    assert receiver.receive(body, signature(body)).ingress_info.ingress_id == "IN_1"


def test_home_lists_a_channel_after_its_broadcast_by_the_broadcasts_start(
    api: Api, livekit: LiveKit, ann: Person, time: Clock
) -> None:
    first = clock.now()
    send(api, event("ingress_started", clock.ms(first) * MILLISECOND))
    time.moves(seconds=20)
    # A drop and a return within the grace period are no other broadcast.
    send(
        api, event("ingress_ended", clock.ms(first) * MILLISECOND, clock.ms(time.now) * MILLISECOND)
    )
    run_background()
    send(api, event("ingress_started", clock.ms(time.now) * MILLISECOND + 1))
    assert last_start(ann) == first
    time.moves(hours=1)
    record_event(ann.id, RoomSeen(is_publishing=False), "reconciler")
    time.moves(hours=1)
    home = api.get("/api/pages/home").body["streams"]
    assert [channel["user"]["username"] for channel in home] == [ann.username]

    record_event(ann.id, RoomSeen(is_publishing=True), "reconciler")
    assert last_start(ann) == first + timedelta(hours=2, seconds=20)


def last_start(person: Person) -> datetime:
    item = get(last_broadcast(person.id), consistent=True)
    assert item is not None
    return item.started_at


def test_a_stop_starts_the_grace_period(api: Api, livekit: LiveKit, ann: Person) -> None:
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 100, 120))
    run_background()

    stream = api.get("/api/pages/channels/ann").body["stream"]
    assert (stream["state"], stream["isLive"]) == ("reconnecting", False)


def test_a_channel_is_offline_after_the_grace_period(
    api: Api, livekit: LiveKit, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_DROP_GRACE_SECONDS", "0")
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 100, 120))
    run_background()

    assert state(api) == "offline"


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([("ingress_started", 100, 110), ("ingress_ended", 100, 120)])),
)
def test_a_start_and_its_stop_end_offline_in_any_order(
    api: Api, livekit: LiveKit, ann: Person, order: tuple[tuple[str, int, int], ...]
) -> None:
    for _ in range(2):
        for kind, started, updated in order:
            assert send(api, event(kind, started, updated)).status == 200
            run_background()

    assert state(api) != "live"


def test_a_second_encoder_that_fails_does_not_stop_the_first(
    api: Api, livekit: LiveKit, ann: Person
) -> None:
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 200, 210))
    run_background()

    assert state(api) == "live"


def test_an_older_start_does_not_make_a_channel_live_again(
    api: Api, livekit: LiveKit, ann: Person
) -> None:
    send(api, event("ingress_started", 200, 210))
    send(api, event("ingress_ended", 200, 220))
    run_background()
    send(api, event("ingress_started", 100, 110))

    assert state(api) != "live"


def test_an_event_without_timestamps_is_ordered_by_its_second(
    api: Api, livekit: LiveKit, ann: Person
) -> None:
    send(api, event("ingress_started", created=100))
    assert state(api) == "live"
    send(api, event("ingress_ended", created=100))
    run_background()
    assert state(api) != "live"
    send(api, event("ingress_started", created=99))
    assert state(api) != "live"
    send(api, event("ingress_started", created=101))
    assert state(api) == "live"


def test_events_of_a_replaced_ingress_are_ignored(api: Api, ann: Person) -> None:
    commit_ingress(ann, "IN_2")

    assert send(api, event("ingress_started", 100, 110)).status == 200
    assert state(api) == "offline"
    assert send(api, event("ingress_started", 100, 110, ingress="IN_2")).status == 200
    assert state(api) == "live"


def test_a_reset_sets_a_live_channel_offline(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", 100, 110))
    commit_ingress(ann, "IN_2")

    assert state(api) == "offline"


@pytest.mark.parametrize("kind", ["room_started", "participant_joined", "something_new"])
def test_other_events_are_ignored(api: Api, ann: Person, kind: str) -> None:
    assert send(api, event(kind)).status == 200
    assert state(api) == "offline"


BODY = event("ingress_started", 100, 110)


FORGERIES: dict[str, Callable[[], str]] = {  # Signed on use, because a signature contains the time.
    "no token": lambda: "x",
    "a prefix": lambda: "Bearer " + signature(BODY),
    "another secret": lambda: signature(BODY, secret="another-secret-that-is-long-enough-too"),
    "another key": lambda: signature(BODY, iss="another"),
    "no end": lambda: signature(BODY, exp=None),
    "no key": lambda: signature(BODY, iss=None),
    "no digest": lambda: signature(BODY, sha256=None),
    "no algorithm": lambda: signature(BODY, algorithm="none"),
    "too old": lambda: signature(BODY, skew=-500),
    "too early": lambda: signature(BODY, skew=100),
    "another body": lambda: signature(BODY + " "),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_webhook_is_refused_and_writes_nothing(
    api: Api, ann: Person, forgery: str
) -> None:
    assert send(api, BODY, FORGERIES[forgery]()).refused_with(401, "unauthorized")
    assert state(api) == "offline"


def test_clocks_may_differ_by_one_minute(api: Api, ann: Person) -> None:
    assert send(api, BODY, signature(BODY, skew=-330)).status == 200
    assert send(api, BODY, signature(BODY, skew=50)).status == 200


def test_both_keys_are_accepted_while_keys_are_rotated(api: Api, ann: Person) -> None:
    put_secret(
        "livekit",
        {
            "LIVEKIT_API_KEY": "newkey",
            "LIVEKIT_API_SECRET": "a-new-secret-that-is-long-enough-for-livekit",
            "LIVEKIT_PREVIOUS_API_KEY": LIVEKIT_KEY,
            "LIVEKIT_PREVIOUS_API_SECRET": LIVEKIT_SECRET,
        },
    )
    forget()

    assert send(api, BODY).status == 200
    assert state(api) == "live"


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "nothing", '{"event": 3}', "[" * 50_000, '{"ingressInfo": "x"}']
)
def test_a_malformed_body_is_refused(api: Api, ann: Person, body: str) -> None:
    assert send(api, body).refused_with(400, "bad_json")


def test_a_body_that_is_too_large_is_refused(api: Api, ann: Person) -> None:
    assert send(api, "x" * 300_000).refused_with(413, "too_large")


def test_an_outage_of_the_table_returns_503_so_that_livekit_retries(api: Api, ann: Person) -> None:
    Item.delete_table()

    assert send(api, BODY).refused_with(503, "unavailable")


def test_the_stream_key_is_not_stored(api: Api, ann: Person) -> None:
    ingress = get(ingress_ref(ann.id))
    assert ingress
    assert ingress.last_four == "-key"
    assert "the-secret-key" not in json.dumps(ingress.to_simple_dict())


def tasks_after(api: Api, body: str) -> list[dict[str, str]]:
    """Return the background tasks that an event starts."""
    BEGUN.clear()
    assert send(api, body).status == 200
    return BEGUN.copy()


def test_a_change_of_the_state_and_each_end_while_live_start_a_check(api: Api, ann: Person) -> None:
    check = {"channel": ann.id, "isReported": True}
    assert tasks_after(api, event("ingress_ended", 50, 60)) == []
    assert tasks_after(api, event("ingress_started", 100, 110)) == [check]
    assert tasks_after(api, event("ingress_started", 100, 111)) == []
    assert tasks_after(api, event("ingress_ended", 100, 120)) == [check]
    assert tasks_after(api, event("ingress_ended", 100, 120)) == [check]
    assert tasks_after(api, event("ingress_ended", 200, 210)) == [check]
    assert state(api) == "live"  # The check decides.


MEDIA_EVENTS = [
    "track_published",
    "track_unpublished",
    "participant_left",
    "participant_connection_aborted",
]


@pytest.mark.parametrize("kind", MEDIA_EVENTS)
def test_media_that_comes_or_goes_starts_a_check_without_a_read(
    api: Api, ann: Person, kind: str
) -> None:
    with watched() as wire:
        tasks = tasks_after(api, of_participant(kind, ann.id, ann.id))
    assert tasks == [{"channel": ann.id, "isReported": True}]
    assert set(wire.made) <= {"GetSecretValue"}


@pytest.mark.parametrize("kind", MEDIA_EVENTS)
def test_viewers_who_leave_start_no_check(api: Api, ann: Person, kind: str) -> None:
    for identity in (f"{GUEST}:{TAB}", f"Host-{ann.id}:{TAB}", "", "x"):
        assert tasks_after(api, of_participant(kind, ann.id, identity)) == []
    assert tasks_after(api, of_participant(kind, "standup", "standup")) == []


@dataclass
class Ingress:
    """LiveKit Ingress as measured: its webhooks, and the media in the room."""

    api: Api
    livekit: LiveKit
    host: Person
    seen: list[str] = field(default_factory=list[str])
    """The states of the channel, one after each webhook and its check."""

    def sends(self, *bodies: str) -> None:
        for body in bodies:
            assert send(self.api, body).status == 200
            run_background()
            self.seen.append(state(self.api))

    def media_comes(self) -> None:
        self.livekit.rooms[self.host.id] = [self.host.id]
        self.sends(*[of_participant("track_published", self.host.id, self.host.id)] * 2)

    def media_goes(self) -> None:
        self.livekit.rooms[self.host.id].clear()
        gone = of_participant("track_unpublished", self.host.id, self.host.id)
        self.sends(gone, gone, of_participant("participant_left", self.host.id, self.host.id))


@pytest.fixture
def ingress(api: Api, livekit: LiveKit, ann: Person, time: Clock) -> Ingress:
    livekit.rooms[ann.id] = []
    return Ingress(api, livekit, ann)


def past_broadcasts_of(person: Person) -> int:
    return len(newest(PastBroadcast, past_broadcasts(person.id), None, 100)[0])


def test_an_orderly_end_shows_when_the_media_is_gone(ingress: Ingress) -> None:
    ingress.sends(event("ingress_started", 100, 110))
    ingress.media_comes()
    ingress.sends(event("ingress_ended", 100, 120))
    ingress.media_goes()
    assert ingress.seen == ["live"] * 4 + ["reconnecting"] * 3


def test_a_change_of_the_pictures_size_interrupts_nothing_until_the_encoder_is_cut_off(
    ingress: Ingress, time: Clock
) -> None:
    ingress.sends(event("ingress_started", 100, 110))
    ingress.media_comes()
    ingress.sends(event("ingress_ended", 100, 120))
    time.moves(seconds=10)
    reconcile()
    ingress.media_goes()  # No webhook reports the end again.
    time.moves(seconds=2)
    ingress.sends(event("ingress_started", 112_000, 112_100))
    ingress.media_comes()
    assert ingress.seen == ["live"] * 4 + ["reconnecting"] * 3 + ["live"] * 3
    assert past_broadcasts_of(ingress.host) == 0


def test_a_session_that_resumes_after_a_restart_of_livekit_continues_the_broadcast(
    ingress: Ingress, livekit: LiveKit, time: Clock
) -> None:
    ingress.sends(event("ingress_started", 100, 110))
    ingress.media_comes()
    time.moves(seconds=60)
    livekit.rooms.clear()
    ingress.sends(event("ingress_ended", 100, 120), event("ingress_started", 100, 130))
    ingress.media_comes()
    assert ingress.seen == ["live"] * 3 + ["reconnecting"] + ["live"] * 3
    assert past_broadcasts_of(ingress.host) == 0


@pytest.mark.parametrize("is_reported_first", [True, False])
def test_a_second_encoder_takes_over_in_one_broadcast(
    ingress: Ingress, time: Clock, is_reported_first: bool
) -> None:
    """The older session's end is never reported. Stopping the loser has no effect."""
    ingress.sends(event("ingress_started", 100, 110))
    ingress.media_comes()
    time.moves(seconds=30)
    second = event("ingress_started", 200, 210)
    if is_reported_first:
        ingress.sends(second)
    ingress.media_goes()
    if not is_reported_first:
        ingress.sends(second)
    ingress.media_comes()
    assert ingress.seen[-1] == "live"
    assert ("reconnecting" in ingress.seen) is not is_reported_first
    ingress.sends(event("ingress_ended", 200, 220))
    ingress.media_goes()
    time.moves(seconds=80)
    reconcile()
    assert past_broadcasts_of(ingress.host) == 1


@pytest.mark.parametrize("has_media", [True, False])
def test_encoders_that_knock_make_one_broadcast(
    ingress: Ingress, time: Clock, has_media: bool
) -> None:
    """Five connections of 0.3 s in two seconds, then one that stays. Only the last has an end."""
    for knock in range(5):
        ingress.sends(event("ingress_started", 100 + knock, 100 + knock))
        if has_media:
            ingress.media_comes()
            ingress.media_goes()
        else:
            aborted = "participant_connection_aborted"
            ingress.sends(of_participant(aborted, ingress.host.id, ingress.host.id))
    ingress.sends(event("ingress_started", 200, 201), event("ingress_started", 200, 202))
    ingress.media_comes()
    assert ingress.seen[-1] == "live"
    if not has_media:
        assert set(ingress.seen) == {"live"}
    assert past_broadcasts_of(ingress.host) == 0
    ingress.sends(event("ingress_ended", 200, 300))
    ingress.media_goes()
    time.moves(seconds=80)
    reconcile()
    assert state(ingress.api) == "offline"
    assert past_broadcasts_of(ingress.host) == 1


def test_a_participant_who_left_is_checked_with_the_time_of_joining(api: Api, ann: Person) -> None:
    tasks = tasks_after(api, of_participant("participant_left", ann.id, ann.id, 1_795_550_400_123))
    assert tasks == [{"channel": ann.id, "isReported": True, "lastJoinedMs": 1_795_550_400_123}]


@pytest.mark.parametrize("kind", ["participant_left", "participant_connection_aborted"])
def test_an_encoder_that_dies_at_its_start_without_an_end_is_noticed(
    ingress: Ingress, kind: str
) -> None:
    """Its participant joined after the start and has left before any media."""
    ingress.sends(event("ingress_started", 5 * SECOND, 5 * SECOND + 1))
    ingress.sends(of_participant(kind, ingress.host.id, ingress.host.id, 5_800))
    assert ingress.seen == ["live", "reconnecting"]


def test_a_late_report_that_the_previous_participant_left_takes_no_start_back(
    ingress: Ingress,
) -> None:
    ingress.sends(event("ingress_started", 5 * SECOND, 5 * SECOND + 1))
    ingress.sends(of_participant("participant_left", ingress.host.id, ingress.host.id, 4_900))
    ingress.media_comes()
    assert ingress.seen == ["live"] * 4


def test_a_lost_check_is_made_up_for_by_the_run_of_the_minute(
    ingress: Ingress, livekit: LiveKit, time: Clock
) -> None:
    ingress.sends(event("ingress_started", 100, 110))
    ingress.media_comes()
    livekit.rooms[ingress.host.id].clear()
    send(ingress.api, event("ingress_ended", 100, 120))  # Lambda doesn't start the check.
    assert state(ingress.api) == "live"
    reconcile()
    assert state(ingress.api) == "reconnecting"


# --- participants who join ---

TAB = "abcd1234"
GUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
ANOTHER_SITES_ROOM = "0" * 32
"""A room in this site's format, of another site on the same LiveKit."""


def tasks_after_join(api: Api, room: str, identity: str) -> list[dict[str, str]]:
    """Return the background tasks that a participant who joins starts."""
    return tasks_after(api, joined(room, identity))


def test_a_blocked_viewer_who_joins_is_removed(api: Api, ann: Person) -> None:
    bob = api.joins("bob")
    identity = f"{bob.id}:{TAB}"
    assert tasks_after_join(api, ann.id, identity) == []

    block(bob.id, by=ann)
    assert tasks_after_join(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]
    assert tasks_after_join(api, bob.id, identity) == []
    assert tasks_after_join(api, ANOTHER_SITES_ROOM, identity) == []

    api.delete("/api/blocks/bob", signed_in_as=ann)
    assert tasks_after_join(api, ann.id, identity) == []


def test_a_blocked_guest_who_joins_is_removed(api: Api, ann: Person) -> None:
    identity, another = f"{GUEST}:{TAB}", f"{GUEST.replace('0', '1')}:{TAB}"
    block(GUEST, by=ann)

    assert tasks_after_join(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]
    assert tasks_after_join(api, ann.id, another) == []


def test_everyone_who_joins_the_room_of_a_suspended_host_is_removed(api: Api, ann: Person) -> None:
    """No token that was minted before the suspension keeps anyone there."""
    viewers = [f"{api.joins('bob').id}:{TAB}", f"{GUEST}:{TAB}"]
    for identity in viewers:
        assert tasks_after_join(api, ann.id, identity) == []
    a_suspension(ann.id)
    for identity in viewers:
        assert tasks_after_join(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]


def test_a_suspended_viewer_who_joins_a_room_is_removed(api: Api, ann: Person) -> None:
    bob = api.joins("bob")
    a_suspension(bob.id)
    identity = f"{bob.id}:{TAB}"
    assert tasks_after_join(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]


@pytest.mark.parametrize("how_long", ["hour", "always"])
def test_a_guest_who_joins_a_channel_for_signed_in_viewers_is_removed(
    api: Api, ann: Person, how_long: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Clock(monkeypatch)
    bob = api.joins("bob")
    guest, person = f"{GUEST}:{TAB}", f"{bob.id}:{TAB}"
    api.patch("/api/stream", {"signedInOnly": how_long}, signed_in_as=ann)

    assert tasks_after_join(api, ann.id, guest) == [{"channel": ann.id, "putOut": guest}]
    assert tasks_after_join(api, ann.id, person) == []

    if how_long == "hour":
        time.moves(minutes=61)
    else:
        api.patch("/api/stream", {"signedInOnly": "off"}, signed_in_as=ann)
    assert tasks_after_join(api, ann.id, guest) == []


@pytest.mark.parametrize(
    ("room", "identity"),
    [
        ("{ann}", "{ann}"),  # the ingress
        ("{ann}", "Host-{ann}:abcd1234"),
        ("{ann}", "{guest}"),  # without a tab
        ("{ann}", ""),
        ("{ann}", ":abcd1234"),
        ("another site's room", "{guest}:abcd1234"),
        ("", "{guest}:abcd1234"),
        ("{ann}\n", "{guest}:abcd1234"),
    ],
)
def test_a_participant_who_is_no_viewer_causes_no_read(
    api: Api, ann: Person, room: str, identity: str
) -> None:
    api.patch("/api/stream", {"signedInOnly": "always"}, signed_in_as=ann)
    names = {"ann": ann.id, "guest": GUEST}
    with watched() as wire:
        assert tasks_after_join(api, room.format(**names), identity.format(**names)) == []
    assert set(wire.made) <= {"GetSecretValue"}


def test_a_join_during_an_outage_of_the_table_returns_503(api: Api, ann: Person) -> None:
    Item.delete_table()
    assert send(api, joined(ann.id, f"{GUEST}:{TAB}")).refused_with(503, "unavailable")
    assert BEGUN == []


def block(viewer_id: str, *, by: Person) -> None:
    """Store a block, without removing the viewer from LiveKit."""
    listing = relations.by_blocker(by.id, viewer_id).attributes()
    ref = relations.block(by.id, viewer_id)
    write(put(ref.new(created_at=clock.now(), name="x", **listing)))


# --- random input ---

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda deeper: (
        st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=10), deeper, max_size=3)
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(
    ["ingress_started", "ingress_ended", "participant_joined", "room_started", *MEDIA_EVENTS]
)
EVENTS = st.fixed_dictionaries(
    {"event": KINDS | ANYTHING},
    optional={
        "id": ANYTHING,
        "createdAt": ANYTHING,
        "ingressInfo": st.fixed_dictionaries(
            {},
            optional={
                "ingressId": st.text() | ANYTHING,
                "state": ANYTHING | st.fixed_dictionaries({"startedAt": ANYTHING}),
            },
        )
        | ANYTHING,
        "room": st.fixed_dictionaries({"name": st.just(ANOTHER_SITES_ROOM) | ANYTHING}) | ANYTHING,
        "participant": st.fixed_dictionaries(
            {"identity": st.just(":") | st.just(f"{GUEST}:{TAB}") | ANYTHING}
        )
        | ANYTHING,
    },
)
BODIES = st.binary(max_size=200) | (EVENTS | ANYTHING).map(lambda event: json.dumps(event).encode())
NAMES = st.sampled_from(["content-type", "content-encoding", "x-forwarded-for", "host", "cookie"])


@settings(
    max_examples=effort.chosen().webhooks,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=BODIES,
    headers=st.dictionaries(NAMES, st.text(max_size=30), max_size=3),
    authorization=st.sampled_from(["signed", "of another body"]) | st.text(max_size=40),
)
def test_random_input_is_refused_or_ignored_and_writes_nothing(
    api: Api, ann: Person, body: bytes, headers: dict[str, str], authorization: str
) -> None:
    tokens = {"signed": signature(body), "of another body": signature(body + b" ")}
    all_headers = headers | {"authorization": tokens.get(authorization, authorization)}
    BEGUN.clear()
    with watched() as wire:
        response = api.post("/api/webhook/livekit", headers=all_headers, raw=body)

    assert response.status in ((200, 400) if authorization == "signed" else (401,))
    assert set(wire.made) <= {"GetSecretValue", "GetItem", "BatchGetItem"}
    assert BEGUN == []


@pytest.mark.parametrize("kind", ["ingress_started", "ingress_ended"])
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("instant", [-(2**63), -1, 0, 1, 2**63 - 1])
def test_extreme_timestamps_are_handled(
    api: Api, ann: Person, kind: str, live: bool, instant: int
) -> None:
    if live:
        send(api, event("ingress_started", 100, 110))
    assert send(api, event(kind, created=instant)).status in (200, 400)
    assert send(api, event(kind, instant, instant)).status in (200, 400)
    assert state(api) in ("live", "reconnecting", "offline")
