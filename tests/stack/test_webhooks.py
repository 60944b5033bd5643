"""Signed webhooks of the real server, and forged variants of them.

A forged webhook reports a session that starts now, which would be stored if its signature were
valid. Two tests prove that it would.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.stack.support import (
    LIVE_WITHIN_SECONDS,
    Answer,
    Stack,
    Webhook,
    encoder,
    find_webhook,
    is_live,
    stored,
    wait_until,
)

pytestmark = pytest.mark.attack

LEEWAY_SECONDS: Final = 60
OTHER_SECRET: Final = "another-secret-that-is-long-enough-for-hmac"
DEEP: Final = 50_000
Sent = tuple[bytes, str | None]
"""A request: its body, and its Authorization header if it has one."""


@dataclass(frozen=True)
class Forge:
    """A session's real webhooks, and secrets that a forger wouldn't have."""

    key: str
    secret: str
    started: Webhook
    ended: Webhook
    viewer_token: str
    access_token: str

    @property
    def news(self) -> dict[str, Any]:
        """The real `ingress_started`, changed to a session that starts now."""
        event = self.started.event
        now = str(time.time_ns())
        event["ingressInfo"]["state"] |= {"startedAt": now, "updatedAt": now}
        return event | {"id": f"EV_{now}", "createdAt": str(int(time.time()))}

    @property
    def body(self) -> bytes:
        """`news` as bytes."""
        return json.dumps(self.news).encode()

    def sign(
        self,
        body: bytes,
        secret: Any = None,
        *,
        algorithm: str | None = "HS256",
        headers: dict[str, Any] | None = None,
        without: str = "",
        **claims: Any,
    ) -> str:
        """Return a signature like LiveKit's, with the given changes."""
        now = int(time.time())
        all_claims = {
            "iss": self.key,
            "nbf": now,
            "iat": now,
            "exp": now + 300,
            "sha256": digest(body),
        } | claims
        all_claims.pop(without, None)
        key = self.secret if secret is None else secret
        return jwt.encode(all_claims, key, algorithm=algorithm, headers=headers)


def digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.fixture(scope="module")
def forge(stack: Stack) -> Forge:
    """Let bob go live and offline again, and return LiveKit's webhooks about it."""
    bob = stack.api("bob")
    ingress = bob.post("/api/ingress", {"inputType": "rtmp"}).json
    ingress_id = ingress["ingressId"]
    with encoder(stack, ingress["streamKey"]):
        wait_until(lambda: is_live(stack, "bob"), within=LIVE_WITHIN_SECONDS, what="bob to be live")
    wait_until(
        lambda: find_webhook(stack, "ingress_ended", ingress_id) and not is_live(stack, "bob"),
        within=LIVE_WITHIN_SECONDS,
        what="the end of bob's broadcast",
    )
    assert bob.post("/api/stream/end").status == 204
    assert bob.patch("/api/ingress", {"armed": "always"}).status == 200  # The key doesn't rest.
    started = find_webhook(stack, "ingress_started", ingress_id)
    ended = find_webhook(stack, "ingress_ended", ingress_id)
    assert started
    assert ended
    viewer = stack.api("cleo")
    return Forge(
        key=stack.livekit_api_key,
        secret=stack.livekit_api_secret,
        started=started,
        ended=ended,
        viewer_token=viewer.post("/api/token", {"host": "bob"}).json["token"],
        access_token=viewer.token or "",
    )


CONFIRMED = {"version", "verified_at", "source", "reported_at"}


@pytest.fixture
def bob_s_state(stack: Stack, forge: Forge) -> Iterator[Callable[[], dict[str, Any]]]:
    """Return a function that reads bob's live state, without the attributes that a check confirms.

    Bob is offline again after the test.
    """
    bob = stack.api().get("/api/pages/channels/bob").json["user"]["id"]

    def state() -> dict[str, Any]:
        (item,) = [item for item in stored("live") if item["user_id"]["S"] == bob]
        return {name: value for name, value in item.items() if name not in CONFIRMED}

    yield state
    if is_live(stack, "bob"):
        stack.api("bob").post("/api/stream/end")
        stack.api("bob").patch("/api/ingress", {"armed": "always"})


def send(stack: Stack, sent: Sent) -> Answer:
    body, token = sent
    headers = {"Content-Type": "application/webhook+json"}
    if token is not None:
        headers["Authorization"] = token
    return stack.api().call("POST", "/api/webhook/livekit", content=body, headers=headers)


def test_both_webhooks_of_a_session_have_livekit_s_times_in_nanoseconds(forge: Forge) -> None:
    first, last = (
        webhook.event["ingressInfo"]["state"] for webhook in (forge.started, forge.ended)
    )
    assert first["startedAt"] == last["startedAt"]
    assert int(first["updatedAt"]) < int(last["updatedAt"])
    nanoseconds = int(first["startedAt"])
    assert abs(nanoseconds / 1e9 - int(forge.started.event["createdAt"])) < LIVE_WITHIN_SECONDS
    assert nanoseconds % 1000  # more precise than microseconds


def test_each_webhook_is_signed_over_its_bytes_by_a_token_without_bearer(forge: Forge) -> None:
    for webhook in (forge.started, forge.ended):
        assert webhook.content_type == "application/webhook+json"
        claims = jwt.decode(
            webhook.token,
            forge.secret,
            algorithms=["HS256"],
            options={"verify_exp": False},
        )
        assert claims["iss"] == forge.key
        assert claims["sha256"] == digest(webhook.body)
        assert claims["exp"] - claims["nbf"] == 300


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"exp": -LEEWAY_SECONDS + 10},
        {"nbf": LEEWAY_SECONDS - 10, "iat": LEEWAY_SECONDS - 10},
    ],
    ids=["now", "ended 50 s ago", "begins in 50 s"],
)
def test_a_new_signed_event_is_stored(
    stack: Stack,
    forge: Forge,
    bob_s_state: Callable[[], dict[str, Any]],
    claims: dict[str, Any],
) -> None:
    before, body, now = bob_s_state(), forge.body, int(time.time())
    token = forge.sign(body, **{name: now + skew for name, skew in claims.items()})

    assert send(stack, (body, token)).status == 200

    assert bob_s_state() != before
    # Bob is live only in the table, not in a room. After an end of the session, the room decides.
    event = json.loads(body)
    event["event"] = "ingress_ended"
    event["ingressInfo"]["state"]["updatedAt"] = str(time.time_ns())
    body = json.dumps(event).encode()
    assert send(stack, (body, forge.sign(body))).status == 200
    wait_until(
        lambda: not is_live(stack, "bob"),
        within=LIVE_WITHIN_SECONDS,
        what="the check of bob's room",
    )


def resigned(change: Callable[[dict[str, Any]], object]) -> Callable[[Forge], Sent]:
    """Change the event and sign it again."""

    def make(forge: Forge) -> Sent:
        event = forge.news
        change(event)
        body = json.dumps(event).encode()
        return body, forge.sign(body)

    return make


def of_body(change: Callable[[bytes], bytes]) -> Callable[[Forge], Sent]:
    """Change the bytes of the event, but keep the signature of the original."""

    def make(forge: Forge) -> Sent:
        body = forge.body
        changed = change(body)
        assert changed != body
        return changed, forge.sign(body)

    return make


def of_any(body: bytes) -> Callable[[Forge], Sent]:
    """Sign other bytes correctly."""
    return lambda forge: (body, forge.sign(body))


def by(sign: Callable[[Forge, bytes], str | None]) -> Callable[[Forge], Sent]:
    """Sign the event in another way."""

    def make(forge: Forge) -> Sent:
        body = forge.body
        return body, sign(forge, body)

    return make


def flipped(body: bytes, at: int) -> bytes:
    """Flip one bit of a byte."""
    changed = bytearray(body)
    changed[at] ^= 1
    return bytes(changed)


def with_header(token: str, **header: str) -> str:
    """Replace the header of a token, but keep its signature."""
    _, rest = token.split(".", 1)
    head = base64.urlsafe_b64encode(json.dumps({"typ": "JWT"} | header).encode()).rstrip(b"=")
    return f"{head.decode()}.{rest}"


def in_state(**state: object) -> Callable[[Forge], Sent]:
    """Change the ingress state of the event."""
    return resigned(lambda event: event["ingressInfo"]["state"].update(state))


def ago(seconds: float) -> int:
    return int(time.time() - seconds)


RSA_KEY: Final = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY: Final = ec.generate_private_key(ec.SECP256R1())

NOT_SIGNED: Final[dict[str, Callable[[Forge], Sent]]] = {
    "no signature": by(lambda forge, body: None),
    "an empty signature": by(lambda forge, body: ""),
    "a word": by(lambda forge, body: "LiveKit"),
    "Bearer before it": by(lambda forge, body: f"Bearer {forge.sign(body)}"),
    "bearer before it": by(lambda forge, body: f"bearer {forge.sign(body)}"),
    "quotes around it": by(lambda forge, body: f'"{forge.sign(body)}"'),
    "two of them": by(lambda forge, body: f"{forge.sign(body)}, {forge.sign(body)}"),
    "without its last part": by(lambda forge, body: forge.sign(body).rpartition(".")[0]),
    "with an empty last part": by(lambda forge, body: forge.sign(body).rpartition(".")[0] + "."),
    "with a fourth part": by(lambda forge, body: forge.sign(body) + ".x"),
    "cut short": by(lambda forge, body: forge.sign(body)[:-4]),
    "the signature of other claims": by(
        lambda forge, body: (
            forge.sign(body).rpartition(".")[0] + "." + forge.started.token.rpartition(".")[2]
        )
    ),
    # ---- by whom
    "another secret": by(lambda forge, body: forge.sign(body, OTHER_SECRET)),
    "the API key for a secret": by(lambda forge, body: forge.sign(body, forge.key * 6)),
    "the secret with a line's end": by(lambda forge, body: forge.sign(body, forge.secret + "\n")),
    "another issuer": by(lambda forge, body: forge.sign(body, iss="APIother")),
    "another issuer and its secret": by(
        lambda forge, body: forge.sign(body, OTHER_SECRET, iss="APIother")
    ),
    "an empty issuer": by(lambda forge, body: forge.sign(body, iss="")),
    "the issuer in capitals": by(lambda forge, body: forge.sign(body, iss=forge.key.upper())),
    "no issuer": by(lambda forge, body: forge.sign(body, without="iss")),
    "a viewer token": by(lambda forge, body: forge.viewer_token),
    "an access token": by(lambda forge, body: forge.access_token),
    "a viewer's grants and no digest": by(
        lambda forge, body: forge.sign(body, without="sha256", video={"roomJoin": True})
    ),
    # ---- by which algorithm
    "none": by(lambda forge, body: forge.sign(body, "", algorithm=None)),
    "HS256 that says none": by(lambda forge, body: with_header(forge.sign(body), alg="none")),
    "HS256 that says None": by(lambda forge, body: with_header(forge.sign(body), alg="None")),
    "HS384": by(lambda forge, body: forge.sign(body, algorithm="HS384")),
    "HS512": by(lambda forge, body: forge.sign(body, algorithm="HS512")),
    "HS256 that says RS256": by(lambda forge, body: with_header(forge.sign(body), alg="RS256")),
    "HS256 that says nothing": by(lambda forge, body: with_header(forge.sign(body))),
    "RS256 by a key of their own": by(
        lambda forge, body: forge.sign(body, RSA_KEY, algorithm="RS256")
    ),
    "ES256 by a key of their own": by(
        lambda forge, body: forge.sign(body, EC_KEY, algorithm="ES256")
    ),
    "the secret brought along": by(
        lambda forge, body: forge.sign(
            body,
            OTHER_SECRET,
            headers={"jwk": {"kty": "oct", "k": base64.b64encode(OTHER_SECRET.encode()).decode()}},
        )
    ),
    "a secret that is a file's": by(
        lambda forge, body: forge.sign(body, OTHER_SECRET, headers={"kid": "../../../dev/null"})
    ),
    # ---- when
    "no end": by(lambda forge, body: forge.sign(body, without="exp")),
    "an end that is no time": by(lambda forge, body: forge.sign(body, exp="never")),
    "ended 70 s ago": by(lambda forge, body: forge.sign(body, exp=ago(LEEWAY_SECONDS + 10))),
    "ended a day ago": by(lambda forge, body: forge.sign(body, exp=ago(86_400))),
    "begins in 70 s": by(lambda forge, body: forge.sign(body, nbf=ago(-LEEWAY_SECONDS - 10))),
    "made in 70 s": by(lambda forge, body: forge.sign(body, iat=ago(-LEEWAY_SECONDS - 10))),
    # ---- over what
    "no digest": by(lambda forge, body: forge.sign(body, without="sha256")),
    "an empty digest": by(lambda forge, body: forge.sign(body, sha256="")),
    "null for a digest": by(lambda forge, body: forge.sign(body, sha256=None)),
    "a list of digests": by(lambda forge, body: forge.sign(body, sha256=[digest(body)])),
    "a digest that is no text": by(lambda forge, body: forge.sign(body, sha256="\ud800")),
    "a digest in hexadecimals": by(
        lambda forge, body: forge.sign(body, sha256=hashlib.sha256(body).hexdigest())
    ),
    "a digest of the body in base64": by(
        lambda forge, body: forge.sign(body, sha256=digest(base64.b64encode(body)))
    ),
    "a digest of another algorithm": by(
        lambda forge, body: forge.sign(
            body, sha256=base64.b64encode(hashlib.sha512(body).digest()).decode()
        )
    ),
    "the real signature of another body": by(lambda forge, body: forge.started.token),
    "the signature of the start over the end": lambda forge: (
        forge.ended.body,
        forge.started.token,
    ),
    "the first byte changed": of_body(lambda body: flipped(body, 0)),
    "a byte near the front changed": of_body(lambda body: flipped(body, 12)),
    "a byte in the middle changed": of_body(lambda body: flipped(body, len(body) // 2)),
    "the last byte changed": of_body(lambda body: flipped(body, -1)),
    "the start for an end": of_body(lambda body: body.replace(b"_started", b"_ended")),
    "a byte less": of_body(lambda body: body[:-1]),
    "half of it": of_body(lambda body: body[: len(body) // 2]),
    "nothing of it": of_body(lambda body: b""),
    "all of it twice": of_body(lambda body: body + body),
    "a line's end more": of_body(lambda body: body + b"\n"),
    "a blank before it": of_body(lambda body: b" " + body),
    "a byte-order mark before it": of_body(lambda body: b"\xef\xbb\xbf" + body),
    "in base64": of_body(base64.b64encode),
    "in other words for the same": of_body(
        lambda body: json.dumps(json.loads(body), indent=1).encode()
    ),
}

NO_EVENT: Final[dict[str, Callable[[Forge], Sent]]] = {
    "nothing": of_any(b""),
    "no JSON": of_any(b"ingress_started"),
    "half an object": of_any(b'{"event": "ingress_started"'),
    "no UTF-8": of_any(b'{"event": "ingress_\xff"}'),
    "UTF-16": of_any('{"event": "ingress_started"}'.encode("utf-16")),
    "a list": of_any(b"[]"),
    "a text": of_any(b'"ingress_started"'),
    "a number": of_any(b"1e999"),
    "null": of_any(b"null"),
    "no name": of_any(b"{}"),
    "null for a name": resigned(lambda event: event.update(event=None)),
    "a number for a name": resigned(lambda event: event.update(event=1)),
    "a list for a name": resigned(lambda event: event.update(event=["ingress_started"])),
    "two names": of_any(b'{"event": "ingress_ended", "event": "ingress_started"}'),
    "a name that is no text": of_any(b'{"event": "\\ud800"}'),
    "a number for an id": resigned(lambda event: event.update(id=float("inf"))),
    "a list for an ingress": resigned(lambda event: event.update(ingressInfo=[])),
    "no ingress": resigned(lambda event: event.pop("ingressInfo")),
    "an ingress without an id": resigned(lambda event: event["ingressInfo"].pop("ingressId")),
    "an ingress with an empty id": resigned(
        lambda event: event["ingressInfo"].update(ingressId="")
    ),
    "an ingress with a number for an id": resigned(
        lambda event: event["ingressInfo"].update(ingressId=7)
    ),
    "a number for a state": resigned(lambda event: event["ingressInfo"].update(state=2)),
    "a list for a state": resigned(lambda event: event["ingressInfo"].update(state=[2])),
    "a start that is no time": in_state(startedAt="soon"),
    "a start that is no whole number": in_state(startedAt=1.5),
    "a start past all numbers": in_state(startedAt="9" * 30),
    "an endless start": in_state(startedAt=float("inf")),
    "lists in lists without end": of_any(
        b'{"event": "ingress_started", "ingressInfo": ' + b"[" * DEEP + b"]" * DEEP + b"}"
    ),
    "objects in objects without end": of_any(
        b'{"event": "ingress_started", "x": '
        + b'{"x":' * (DEEP // 2)
        + b"1"
        + b"}" * (DEEP // 2)
        + b"}"
    ),
}

TOO_LARGE: Final[dict[str, Callable[[Forge], Sent]]] = {
    "300 KiB, signed": resigned(lambda event: event.update(padding="x" * 300 * 1024)),
    "a MiB, signed": resigned(lambda event: event.update(padding="x" * 1024 * 1024)),
    "a MiB of nothing, unsigned": lambda forge: (b"\0" * 1024 * 1024, None),
}

IGNORED: Final[dict[str, Callable[[Forge], Sent]]] = {
    "an event with an unknown name": resigned(lambda event: event.update(event="egress_ended")),
    "an event of LiveKit's future": resigned(lambda event: event.update(event="ingress_paused")),
    "a name in capitals": resigned(lambda event: event.update(event="INGRESS_STARTED")),
    "a track": resigned(lambda event: event.update(event="track_published")),
    "a participant who joined an unknown room": resigned(
        lambda event: event.update(
            event="participant_joined", room={"name": "lobby"}, participant={"identity": "x:y"}
        )
    ),
    "a participant without an identity": resigned(
        lambda event: event.update(event="participant_joined", participant={"identity": ""})
    ),
    "an unknown ingress": resigned(
        lambda event: event["ingressInfo"].update(ingressId="IN_nobodys")
    ),
    "the end of an unknown ingress": resigned(
        lambda event: (
            event.update(event="ingress_ended"),
            event["ingressInfo"].update(ingressId="IN_nobodys"),
        )
    ),
    "an ingress whose id is a table key": resigned(
        lambda event: event["ingressInfo"].update(ingressId="x#INGRESS")
    ),
    "the start again": lambda forge: (forge.started.body, forge.started.token),
    "the end again": lambda forge: (forge.ended.body, forge.ended.token),
    "the start again, with a new signature": lambda forge: (
        forge.started.body,
        forge.sign(forge.started.body),
    ),
    "the start again under another id": lambda forge: of_any(
        json.dumps(forge.started.event | {"id": "EV_other", "createdAt": str(ago(0))}).encode()
    )(forge),
    "an old session": in_state(startedAt="1600000000000000000", updatedAt="1600000000000000000"),
    "a session before 1970": in_state(startedAt="-5", updatedAt="-5"),
}

VARIANTS: Final = [
    pytest.param(make, status, code, id=f"{status}: {what}")
    for status, code, variants in (
        (401, "unauthorized", NOT_SIGNED),
        (400, "bad_json", NO_EVENT),
        (413, "too_large", TOO_LARGE),
        (200, None, IGNORED),
    )
    for what, make in variants.items()
]


# LiveKit's secret is shorter than HS384 and HS512 recommend.
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(("make", "status", "code"), VARIANTS)
def test_any_other_webhook_gets_the_right_status_and_stores_nothing(
    stack: Stack,
    forge: Forge,
    bob_s_state: Callable[[], dict[str, Any]],
    make: Callable[[Forge], Sent],
    status: int,
    code: str | None,
) -> None:
    before = bob_s_state()

    answer = send(stack, make(forge))

    assert answer.refused_with(status, code) if code else answer.status == status, answer
    assert bob_s_state() == before


def test_a_session_stays_ended_if_its_webhooks_are_repeated_in_any_order(
    stack: Stack, forge: Forge, bob_s_state: Callable[[], dict[str, Any]]
) -> None:
    before = bob_s_state()
    for webhook in (forge.ended, forge.started, forge.started, forge.ended) * 5:
        assert send(stack, (webhook.body, webhook.token)).status == 200
    assert bob_s_state() == before
    assert not is_live(stack, "bob")
