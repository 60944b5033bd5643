"""LiveKit's webhook: who is believed, and in which order events count."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit.api import TokenVerifier, WebhookReceiver
from livekit.protocol.ingress import IngressInfo

from footlight import clock
from footlight.ingress import reset
from footlight.ingress.key import key_of
from footlight.ingress.lease import lease
from footlight.tables import base, relations
from footlight.tables.ingress import Key, key_key
from tests.support.api import Api, Person
from tests.support.deployment import BEGUN, LIVEKIT_KEY, LIVEKIT_SECRET, forget, put_secret
from tests.support.table import watched
from tests.support.webhook import event, joined, send, signature


def has_ingress(person: Person, ingress_id: str) -> None:
    """What a reset commits, without a LiveKit to make the ingress."""
    made = IngressInfo(ingress_id=ingress_id, stream_key="the-secret-key")
    with lease(person.id) as held:
        reset._commit(held, key_of(person.id), made, "rtmp")  # pyright: ignore[reportPrivateUsage]


def state(api: Api, username: str = "ann") -> str:
    return api.get(f"/api/pages/channels/{username}").body["stream"]["state"]


@pytest.fixture
def ann(api: Api) -> Person:
    person = api.joins("ann")
    has_ingress(person, "IN_1")
    return person


@pytest.mark.parametrize("plain", [True, False])
def test_an_encoder_that_starts_makes_the_channel_live(api: Api, ann: Person, plain: bool) -> None:
    assert send(api, event("ingress_started", 100, 110), plain=plain).status == 200

    stream = api.get("/api/pages/channels/ann").body["stream"]
    assert (stream["state"], stream["isLive"]) == ("live", True)
    home = api.get("/api/pages/home").body["streams"]
    assert [channel["user"]["username"] for channel in home] == [ann.username]


def test_the_signature_is_one_that_livekits_own_library_takes() -> None:
    body = event("ingress_started", 100, 110)
    receiver = WebhookReceiver(TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET))
    assert receiver.receive(body, signature(body)).ingress_info.ingress_id == "IN_1"


def test_an_end_begins_the_drop_grace_and_is_not_live_at_once(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 100, 120))

    stream = api.get("/api/pages/channels/ann").body["stream"]
    assert (stream["state"], stream["isLive"]) == ("reconnecting", False)


def test_after_the_drop_grace_the_channel_is_offline(
    api: Api, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_DROP_GRACE_SECONDS", "0")
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 100, 120))

    assert state(api) == "offline"


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([("ingress_started", 100, 110), ("ingress_ended", 100, 120)])),
)
def test_one_session_ends_offline_in_whatever_order_its_events_come(
    api: Api, ann: Person, order: tuple[tuple[str, int, int], ...]
) -> None:
    for _ in range(2):
        for kind, started, updated in order:
            assert send(api, event(kind, started, updated)).status == 200

    assert state(api) != "live"


def test_a_second_encoder_that_fails_does_not_end_the_first(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", 100, 110))
    send(api, event("ingress_ended", 200, 210))

    assert state(api) == "live"


def test_an_old_start_does_not_bring_an_ended_channel_back(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", 200, 210))
    send(api, event("ingress_ended", 200, 220))
    send(api, event("ingress_started", 100, 110))

    assert state(api) != "live"


def test_an_event_without_a_state_is_ordered_by_its_second(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", created=100))
    assert state(api) == "live"
    send(api, event("ingress_ended", created=100))
    assert state(api) != "live"
    send(api, event("ingress_started", created=99))
    assert state(api) != "live"
    send(api, event("ingress_started", created=101))
    assert state(api) == "live"


def test_an_ingress_that_was_replaced_says_nothing_any_more(api: Api, ann: Person) -> None:
    has_ingress(ann, "IN_2")

    assert send(api, event("ingress_started", 100, 110)).status == 200
    assert state(api) == "offline"
    assert send(api, event("ingress_started", 100, 110, ingress="IN_2")).status == 200
    assert state(api) == "live"


def test_a_reset_sets_a_live_channel_offline_by_itself(api: Api, ann: Person) -> None:
    send(api, event("ingress_started", 100, 110))
    has_ingress(ann, "IN_2")

    assert state(api) == "offline"


@pytest.mark.parametrize("kind", ["room_started", "participant_joined", "something_new"])
def test_any_other_event_is_taken_without_work(api: Api, ann: Person, kind: str) -> None:
    assert send(api, event(kind)).status == 200
    assert state(api) == "offline"


BODY = event("ingress_started", 100, 110)


FORGERIES: dict[str, Callable[[], str]] = {  # signed when they are sent: their times are part
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


def test_clocks_may_differ_by_a_minute(api: Api, ann: Person) -> None:
    assert send(api, BODY, signature(BODY, skew=-330)).status == 200
    assert send(api, BODY, signature(BODY, skew=50)).status == 200


def test_while_keys_are_changed_both_are_believed(api: Api, ann: Person) -> None:
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
def test_a_mangled_body_is_refused_for_good(api: Api, ann: Person, body: str) -> None:
    assert send(api, body).refused_with(400, "bad_json")


def test_a_huge_body_is_refused_unread(api: Api, ann: Person) -> None:
    assert send(api, "x" * 300_000).refused_with(413, "too_large")


def test_a_fault_of_ours_is_answered_so_that_livekit_tries_again(api: Api, ann: Person) -> None:
    base.Item.delete_table()

    assert send(api, BODY).refused_with(503, "unavailable")


def test_no_key_is_stored(api: Api, ann: Person) -> None:
    key = base.get(key_key(ann.id))
    assert isinstance(key, Key)
    assert key.last_four == "-key"
    assert "the-secret-key" not in json.dumps(key.to_simple_dict())


# --- who joins ---

TAB = "abcd1234"
GUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
A_ROOM = "0" * 32
"""Such as this site's are, but nobody's here: of another site on the same LiveKit, perhaps."""


def put_out(api: Api, room: str, identity: str) -> list[dict[str, str]]:
    """What is begun when somebody joins."""
    BEGUN.clear()
    assert send(api, joined(room, identity)).status == 200
    return BEGUN.copy()


def test_a_blocked_person_who_joins_is_put_out(api: Api, ann: Person) -> None:
    bob = api.joins("bob")
    identity = f"{bob.id}:{TAB}"
    assert put_out(api, ann.id, identity) == []

    block(bob.id, by=ann)
    assert put_out(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]
    assert put_out(api, bob.id, identity) == []
    assert put_out(api, A_ROOM, identity) == []

    api.delete("/api/blocks/bob", signed_in_as=ann)
    assert put_out(api, ann.id, identity) == []


def test_a_blocked_guest_who_joins_is_put_out(api: Api, ann: Person) -> None:
    identity, another = f"{GUEST}:{TAB}", f"{GUEST.replace('0', '1')}:{TAB}"
    block(GUEST, by=ann)

    assert put_out(api, ann.id, identity) == [{"channel": ann.id, "putOut": identity}]
    assert put_out(api, ann.id, another) == []


@pytest.mark.parametrize("how_long", ["hour", "always"])
def test_a_guest_who_joins_where_only_those_signed_in_may_watch_is_put_out(
    api: Api, ann: Person, how_long: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = api.joins("bob")
    guest, person = f"{GUEST}:{TAB}", f"{bob.id}:{TAB}"
    api.patch("/api/stream", {"signedInOnly": how_long}, signed_in_as=ann)

    assert put_out(api, ann.id, guest) == [{"channel": ann.id, "putOut": guest}]
    assert put_out(api, ann.id, person) == []

    if how_long == "hour":
        now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    else:
        api.patch("/api/stream", {"signedInOnly": "off"}, signed_in_as=ann)
    assert put_out(api, ann.id, guest) == []


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
def test_who_can_not_be_kept_out_costs_no_read(
    api: Api, ann: Person, room: str, identity: str
) -> None:
    api.patch("/api/stream", {"signedInOnly": "always"}, signed_in_as=ann)
    names = {"ann": ann.id, "guest": GUEST}
    with watched() as wire:
        assert put_out(api, room.format(**names), identity.format(**names)) == []
    assert set(wire.made) <= {"GetSecretValue"}


def test_whether_somebody_may_stay_is_asked_again_where_it_can_not_be_read(
    api: Api, ann: Person
) -> None:
    base.Item.delete_table()
    assert send(api, joined(ann.id, f"{GUEST}:{TAB}")).refused_with(503, "unavailable")
    assert BEGUN == []


def block(who: str, *, by: Person) -> None:
    """Without a LiveKit to put them out."""
    key = relations.block_key(by.id, who)
    list_pk, list_sk = relations.listed_blocker(by.id, who)
    relations.Block(*key, created_at=clock.now(), name="x", list_pk=list_pk, list_sk=list_sk).save()


# --- anything at all ---

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda deeper: (
        st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=10), deeper, max_size=3)
    ),
    max_leaves=6,
)
KINDS = st.sampled_from(["ingress_started", "ingress_ended", "participant_joined", "room_started"])
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
        "room": st.fixed_dictionaries({"name": st.just(A_ROOM) | ANYTHING}) | ANYTHING,
        "participant": st.fixed_dictionaries(
            {"identity": st.just(":") | st.just(f"{GUEST}:{TAB}") | ANYTHING}
        )
        | ANYTHING,
    },
)
BODIES = st.binary(max_size=200) | (EVENTS | ANYTHING).map(lambda event: json.dumps(event).encode())
NAMES = st.sampled_from(["content-type", "content-encoding", "x-forwarded-for", "host", "cookie"])


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=BODIES,
    headers=st.dictionaries(NAMES, st.text(max_size=30), max_size=3),
    authorization=st.sampled_from(["signed", "of another body"]) | st.text(max_size=40),
)
def test_whatever_is_sent_is_refused_or_taken_and_writes_nothing(
    api: Api, ann: Person, body: bytes, headers: dict[str, str], authorization: str
) -> None:
    tokens = {"signed": signature(body), "of another body": signature(body + b" ")}
    sent = headers | {"authorization": tokens.get(authorization, authorization)}
    BEGUN.clear()
    with watched() as wire:
        answer = api.post("/api/webhook/livekit", headers=sent, raw=body)

    assert answer.status in ((200, 400) if authorization == "signed" else (401,))
    assert set(wire.made) <= {"GetSecretValue", "GetItem", "BatchGetItem"}
    assert BEGUN == []


@pytest.mark.parametrize("kind", ["ingress_started", "ingress_ended"])
@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("instant", [-(2**63), -1, 0, 1, 2**63 - 1])
def test_no_instant_is_too_much(api: Api, ann: Person, kind: str, live: bool, instant: int) -> None:
    if live:
        send(api, event("ingress_started", 100, 110))
    assert send(api, event(kind, created=instant)).status in (200, 400)
    assert send(api, event(kind, instant, instant)).status in (200, 400)
    assert state(api) in ("live", "reconnecting", "offline")
