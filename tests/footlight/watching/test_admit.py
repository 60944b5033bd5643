"""Admission to a room. If it can't be decided, no one is admitted."""

import json
import threading
from collections.abc import Generator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from livekit.api import TokenVerifier
from livekit.protocol.room import RoomConfiguration

from footlight import clock, identities, settings
from footlight.channels.settings import StreamChanges, change_stream
from footlight.errors import (
    Blocked,
    HostNotFound,
    RoomFull,
    SignedInOnly,
    Unavailable,
    UsernameRequired,
)
from footlight.identities import Guest, Person
from footlight.people.callers import Caller
from footlight.people.guests import guest_cookie
from footlight.people.oidc import Claims
from footlight.tables import relations, users
from footlight.watching import admit, viewer_tokens
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.people import START, a_person, caller, goes_live
from tests.support.table import connect_to

pytestmark = pytest.mark.usefixtures("deployed")

GUEST = Guest("0f8fad5b-d9cb-469f-a165-70867728950e")


def as_guest(guest: Guest) -> Caller:
    return Caller(None, {"footlight_guest": guest_cookie(guest)})


def block(host: Person, viewer_id: str) -> None:
    relations.block(host.id, viewer_id).new(created_at=START, name="x").save()


def test_a_signed_in_viewer_is_admitted_with_their_username() -> None:
    ann, bob = a_person("ann"), a_person("bob")
    token = admit.admit(caller(bob), host="ann", tab="abcd1234")
    assert (token.room, token.identity, token.name) == (ann.id, f"{bob.id}:abcd1234", "bob")


def test_a_guest_with_a_cookie_keeps_their_id() -> None:
    a_person("ann")
    token = admit.admit(as_guest(GUEST), host="ann", tab="abcd1234")
    assert (token.identity, token.name) == (f"{GUEST.id}:abcd1234", GUEST.name)


def test_a_guest_without_a_cookie_gets_a_new_id() -> None:
    a_person("ann")
    tokens = [admit.admit(Caller(None, {}), host="ann", tab=None) for _ in range(2)]
    first, second = (identities.parse(token.identity) for token in tokens)
    assert first
    assert second
    assert first.role == second.role == "guest"
    assert first.viewer_id != second.viewer_id


def test_a_full_room_admits_only_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_MAX_VIEWERS", "3")
    ann, bob = a_person("ann"), a_person("bob")
    goes_live(ann, viewers=2)
    assert admit.admit(as_guest(GUEST), host="ann", tab=None)
    goes_live(ann, viewers=3)
    for viewer in (as_guest(GUEST), caller(bob)):
        with pytest.raises(RoomFull) as refused:
            admit.admit(viewer, host="ann", tab=None)
        assert refused.value.retry_after_ms == 30_000
    assert admit.admit(caller(ann), host="ann", tab=None)


def test_livekit_applies_the_maximum_to_a_room_that_a_viewer_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTLIGHT_MAX_VIEWERS", "3")
    a_person("ann")
    token = admit.admit(as_guest(GUEST), host="ann", tab=None).token
    config = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(token).room_config
    assert config == RoomConfiguration(max_participants=3 + viewer_tokens.OTHERS)


def test_each_tab_has_its_own_identity() -> None:
    a_person("ann")
    first, second = (admit.admit(as_guest(GUEST), host="ann", tab=None).identity for _ in range(2))
    assert first != second
    for identity in (first, second):
        parsed = identities.parse(identity)
        assert parsed
        assert parsed.viewer_id == GUEST.id


def test_a_blocked_viewer_is_not_admitted() -> None:
    ann, bob = a_person("ann"), a_person("bob")
    block(ann, bob.id)
    block(ann, GUEST.id)
    for viewer in (caller(bob), as_guest(GUEST)):
        with pytest.raises(Blocked):
            admit.admit(viewer, host="ann", tab=None)
    admit.admit(caller(ann), host="bob", tab=None)
    admit.admit(as_guest(Guest(identities.new_guest_id())), host="ann", tab=None)


def test_an_unknown_host_is_not_found() -> None:
    bob = a_person("bob")
    for host in ("ann", "", "NAME#bob"):
        with pytest.raises(HostNotFound):
            admit.admit(caller(bob), host=host, tab=None)


def test_a_user_without_a_username_must_choose_one() -> None:
    a_person("ann")
    with pytest.raises(UsernameRequired):
        admit.admit(Caller(Claims("https://issuer.example.com", "new"), {}), host="ann", tab=None)


def test_an_unreachable_table_admits_no_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_person("ann")
    connect_to(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        admit.admit(as_guest(GUEST), host="ann", tab=None)


class Throttled:
    """A DynamoDB with one host. It throttles every read of a block."""

    def __init__(self, host: Person) -> None:
        self.calls: list[str] = []
        throttled = self
        name = users.name(host.username)
        item = {"pk": name.pk, "sk": name.sk, "kind": "name", "user_id": host.id}
        typed = {name: {"S": value} for name, value in item.items()}
        success = {"Responses": {settings.table(): [typed]}, "UnprocessedKeys": {}}
        failure = {
            "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
            "message": "The level of configured provisioned throughput was exceeded",
        }

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                throttled.calls.append(operation)
                is_throttled = b"BLOCK#" in body
                result = success if operation == "BatchGetItem" else {"Attributes": {}}
                response = json.dumps(failure if is_throttled else result).encode()
                self.send_response(400 if is_throttled else 200)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(response)))
                self.end_headers()
                self.wfile.write(response)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def throttled(monkeypatch: pytest.MonkeyPatch) -> Generator[Throttled]:
    table = Throttled(Person("a" * 32, "ann"))
    connect_to(monkeypatch, table.url)
    yield table
    table.server.shutdown()
    table.server.server_close()


def test_an_unreadable_block_admits_no_one(throttled: Throttled) -> None:
    with pytest.raises(Unavailable):
        admit.admit(as_guest(GUEST), host="ann", tab=None)
    # The limit, the host, and two failed reads of the block.
    assert throttled.calls == ["UpdateItem", *["BatchGetItem"] * 3]


@pytest.mark.parametrize("seconds", [viewer_tokens.VALID_SECONDS])
def test_a_token_is_valid_for_exactly_ten_minutes(seconds: int) -> None:
    token = viewer_tokens.mint(GUEST, host_id="a" * 32, tab="abcd1234", hidden=True).token
    claims = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"])
    assert claims["exp"] - claims["nbf"] == seconds == 600
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


def test_a_signed_in_only_channel_admits_no_guests() -> None:
    ann, bob = a_person("ann"), a_person("bob")
    for limit in ("hour", "always"):
        change_stream(ann, StreamChanges(signed_in_only=limit))
        with pytest.raises(SignedInOnly):
            admit.admit(as_guest(GUEST), host="ann", tab=None)
        admit.admit(caller(bob), host="ann", tab=None)
        admit.admit(caller(ann), host="ann", tab=None)
    change_stream(ann, StreamChanges(signed_in_only="off"))
    admit.admit(as_guest(GUEST), host="ann", tab=None)


def test_guests_are_admitted_again_when_the_signed_in_only_hour_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change_stream(a_person("ann"), StreamChanges(signed_in_only="hour"))
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    admit.admit(as_guest(GUEST), host="ann", tab=None)


@pytest.mark.parametrize(("viewers", "hidden"), [(199, False), (200, True)])
def test_signed_in_viewers_are_hidden_in_a_large_room(viewers: int, hidden: bool) -> None:
    ann, bob = a_person("ann"), a_person("bob")
    goes_live(ann, viewers=viewers)
    for viewer, is_hidden in ((caller(bob), hidden), (caller(ann), False), (as_guest(GUEST), True)):
        token = admit.admit(viewer, host="ann", tab=None).token
        claims = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"])
        assert claims["video"]["hidden"] is is_hidden
