"""`POST /api/token`: which viewers it admits, and the exact claims of its token."""

import time
from io import StringIO

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from footlight.people import site_keys
from footlight.tables import items
from tests.support.api import Api
from tests.support.deployment import COOKIE_KEY, LIVEKIT_KEY, LIVEKIT_SECRET, forget, put_secret
from tests.support.table import connect_to


def claims_of(token: str) -> dict[str, object]:
    return jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"])


def test_a_viewer_gets_exactly_the_viewer_grants(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    before = int(time.time())

    response = api.post("/api/token", {"host": "ann", "tab": "abcd1234"}, signed_in_as=bob)

    assert response.status == 200
    assert set(response.body) == {"token", "serverUrl", "room", "identity", "name"}
    claims = claims_of(response.body["token"])
    issued = claims["nbf"]
    assert isinstance(issued, int)
    assert before <= issued <= time.time()
    assert claims == {
        "iss": LIVEKIT_KEY,
        "sub": f"{bob.id}:abcd1234",
        "name": "bob",
        "nbf": issued,
        "exp": issued + 600,
        "video": {
            "roomJoin": True,
            "room": ann.id,
            "canSubscribe": True,
            "canPublish": False,
            "canPublishData": False,
            "hidden": False,
        },
        "roomConfig": {"maxParticipants": 10_020},
    }
    assert response.body["serverUrl"] == "wss://livekit.example.com"


def test_the_token_equals_one_of_livekits_own_library(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")

    token = api.post("/api/token", {"host": "ann", "tab": "abcd1234"}, signed_in_as=bob).body[
        "token"
    ]

    grants = VideoGrants(
        room_join=True,
        room=ann.id,
        can_publish=False,
        can_subscribe=True,
        can_publish_data=False,
        hidden=False,
    )
    library_token = (
        AccessToken(LIVEKIT_KEY, LIVEKIT_SECRET)
        .with_identity(f"{bob.id}:abcd1234")
        .with_name("bob")
        .with_grants(grants)
        .to_jwt()
    )
    verified = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(token)
    assert verified.video == grants
    assert verified.identity == f"{bob.id}:abcd1234"
    assert claims_of(token)["video"] == claims_of(library_token)["video"]


def test_the_creator_watches_their_own_channel_as_host(api: Api) -> None:
    ann = api.joins("ann")

    response = api.post("/api/token", {"host": "ann", "tab": "abcd1234"}, signed_in_as=ann)

    assert response.body["identity"] == f"Host-{ann.id}:abcd1234"


def test_a_guest_is_hidden_and_keeps_their_name_in_one_browser(api: Api) -> None:
    api.joins("ann")

    first = api.post("/api/token", {"host": "ann"})
    again = api.post("/api/token", {"host": "ann"})
    other = Api(api.provider).post("/api/token", {"host": "ann"})

    video = claims_of(first.body["token"])["video"]
    assert isinstance(video, dict)
    assert video["hidden"] is True
    assert first.body["name"].startswith("guest-")
    assert first.body["name"].removeprefix("guest-").isdigit()
    assert first.body["name"] == again.body["name"] != other.body["name"]
    guest_id, _, tab = first.body["identity"].rpartition(":")
    assert guest_id == again.body["identity"].rpartition(":")[0]
    assert len(tab) == 8


def test_a_forged_guest_cookie_makes_a_new_guest(api: Api) -> None:
    api.joins("ann")
    name = api.post("/api/token", {"host": "ann"}).body["name"]
    head, body, _ = api.jar["__Host-footlight_guest"].split(".")
    api.jar["__Host-footlight_guest"] = f"{head}.{body}.forged"

    assert api.post("/api/token", {"host": "ann"}).body["name"] != name


def test_a_cookie_of_another_kind_does_not_identify_a_guest(api: Api) -> None:
    api.joins("ann")
    guest = api.post("/api/token", {"host": "ann"}).body["identity"].rpartition(":")[0]
    api.jar["__Host-footlight_guest"] = site_keys.sign("login", {"sub": guest})

    response = api.post("/api/token", {"host": "ann"})

    assert response.body["identity"].rpartition(":")[0] != guest


@pytest.mark.parametrize("in_header", [False, True])
def test_the_guest_cookie_is_read_from_the_event_and_from_the_header(
    api: Api, in_header: bool
) -> None:
    api.joins("ann")
    first, second = (
        api.post("/api/token", {"host": "ann"}, cookies_in_header=in_header) for _ in range(2)
    )
    assert first.body["name"] == second.body["name"]


def test_only_guests_get_a_guest_cookie_that_scripts_can_not_read(api: Api) -> None:
    ann = api.joins("ann")

    (line,) = api.post("/api/token", {"host": "ann"}).set_cookies

    assert line.startswith("__Host-footlight_guest=")
    assert line.endswith("; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Strict")
    assert api.post("/api/token", {"host": "ann"}, signed_in_as=ann).set_cookies == []


def test_each_tab_of_a_guest_has_its_own_identity(api: Api) -> None:
    api.joins("ann")
    first, second = (api.post("/api/token", {"host": "ann"}).body["identity"] for _ in range(2))
    assert first != second
    repeated = api.post("/api/token", {"host": "ann", "tab": first[-8:]}).body["identity"]
    assert repeated == first


def test_the_case_of_the_host_is_ignored(api: Api) -> None:
    ann = api.joins("ann")
    assert api.post("/api/token", {"host": "ANN"}).body["room"] == ann.id


@pytest.mark.parametrize("role", ["host", "guest"])
def test_livekits_own_library_accepts_the_token(api: Api, role: str) -> None:
    ann = api.joins("ann")
    signed_in_as = ann if role == "host" else None

    response = api.post("/api/token", {"host": "ann"}, signed_in_as=signed_in_as)

    verified = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(response.body["token"])
    assert verified.identity == response.body["identity"]
    assert verified.name == response.body["name"]
    assert verified.video == VideoGrants(
        room_join=True,
        room=ann.id,
        can_publish=False,
        can_subscribe=True,
        can_publish_data=False,
        hidden=role == "guest",
    )


@pytest.mark.parametrize("host", ["nobody", "..", "ann\u0000", "A" * 64])
def test_an_unknown_host_is_not_found(api: Api, host: str) -> None:
    assert api.post("/api/token", {"host": host}).refused_with(404, "host_not_found")


def test_blocked_users_and_blocked_guests_get_no_token(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    guest = api.post("/api/token", {"host": "ann"}).body["identity"].rpartition(":")[0]
    api.put("/api/blocks/bob", signed_in_as=ann)
    api.put(f"/api/blocks/guests/{guest}", signed_in_as=ann)

    assert api.post("/api/token", {"host": "ann"}, signed_in_as=bob).refused_with(403, "blocked")
    assert api.post("/api/token", {"host": "ann"}).refused_with(403, "blocked")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "bad_json"),
        ({}, 422, "invalid_request"),
        ({"host": None}, 422, "invalid_request"),
        ({"host": "ann", "tab": "ABCD1234"}, 422, "invalid_request"),
        ({"host": "ann", "tab": "abcd1234\n"}, 422, "invalid_request"),
        (None, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ({"host": 3}, 422, "invalid_request"),
        ({"host": "ann", "tab": "x"}, 422, "invalid_request"),
        ({"host": "ann", "tab": "x:host:y"}, 422, "invalid_request"),
        ({"host": "ann", "room": "x"}, 422, "invalid_request"),
        ({"host": "x" * 20_000}, 413, "too_large"),
    ],
)
def test_an_invalid_body_is_rejected_with_its_error_code(
    api: Api, body: object, status: int, code: str
) -> None:
    assert api.post("/api/token", body).refused_with(status, code)


def test_an_invalid_access_token_is_rejected_and_not_treated_as_a_guest(api: Api) -> None:
    api.joins("ann")
    assert api.post("/api/token", {"host": "ann"}, token="x").refused_with(401, "unauthorized")


def test_without_livekit_keys_no_one_is_admitted(api: Api) -> None:
    api.joins("ann")
    put_secret("livekit", {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""})
    forget()

    response = api.post("/api/token", {"host": "ann"})

    assert response.refused_with(503, "not_configured")
    assert response.headers["retry-after"] == "60"


@pytest.mark.parametrize("fault", ["no table", "no response"])
def test_a_table_outage_admits_no_one(
    api: Api, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    api.joins("ann")
    if fault == "no table":
        items.Item.delete_table()
    else:
        connect_to(monkeypatch, "http://127.0.0.1:9")

    response = api.post("/api/token", {"host": "ann"})

    assert response.refused_with(503, "unavailable")
    assert response.headers["retry-after"]
    assert response.set_cookies == []


def test_logs_contain_no_tokens_or_secrets(api: Api, logged: StringIO) -> None:
    api.joins("ann")
    token = api.post("/api/token", {"host": "ann"}).body["token"]
    cookie = api.jar["__Host-footlight_guest"]
    items.Item.delete_table()
    api.post("/api/token", {"host": "ann"})
    api.post("/api/token", {"host": "ann"}, token="x.y.z")

    for secret in (token, cookie, LIVEKIT_SECRET, COOKIE_KEY):
        assert secret not in logged.getvalue()
