"""`POST /api/token`: whom it admits, and exactly what its token says."""

import time

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from footlight.tables import base
from tests.conftest import LIVEKIT_KEY, LIVEKIT_SECRET, forget, put_secret
from tests.support.api import Api


def claims_of(token: str) -> dict[str, object]:
    return jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"])


def test_a_viewer_gets_exactly_the_grants_of_a_viewer(api: Api) -> None:
    ann, bob = api.joins("ann"), api.joins("bob")
    before = int(time.time())

    answer = api.post("/api/token", {"host": "ann", "tab": "abcd1234"}, signed_in_as=bob)

    assert answer.status == 200
    assert set(answer.body) == {"token", "serverUrl", "room", "identity", "name"}
    claims = claims_of(answer.body["token"])
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
    }
    assert answer.body["serverUrl"] == "wss://livekit.example.com"


def test_the_token_is_what_livekits_own_library_would_make(api: Api) -> None:
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
    theirs = (
        AccessToken(LIVEKIT_KEY, LIVEKIT_SECRET)
        .with_identity(f"{bob.id}:abcd1234")
        .with_name("bob")
        .with_grants(grants)
        .to_jwt()
    )
    verified = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(token)
    assert verified.video == grants
    assert verified.identity == f"{bob.id}:abcd1234"
    assert claims_of(token)["video"] == claims_of(theirs)["video"]


def test_the_creator_watches_their_own_channel_as_host(api: Api) -> None:
    ann = api.joins("ann")

    answer = api.post("/api/token", {"host": "ann", "tab": "abcd1234"}, signed_in_as=ann)

    assert answer.body["identity"] == f"Host-{ann.id}:abcd1234"


def test_a_guest_is_hidden_and_the_same_browser_is_the_same_guest(api: Api) -> None:
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
    who, _, tab = first.body["identity"].rpartition(":")
    assert who == again.body["identity"].rpartition(":")[0]
    assert len(tab) == 8


def test_a_forged_guest_is_a_new_guest(api: Api) -> None:
    api.joins("ann")
    name = api.post("/api/token", {"host": "ann"}).body["name"]
    head, body, _ = api.jar["footlight_guest"].split(".")
    api.jar["footlight_guest"] = f"{head}.{body}.forged"

    assert api.post("/api/token", {"host": "ann"}).body["name"] != name


def test_the_guests_cookie_is_for_the_site_alone(api: Api) -> None:
    api.joins("ann")
    answer = api.post("/api/token", {"host": "ann"}, cookies_in_header=True)
    assert "footlight_guest" in answer.cookies


@pytest.mark.parametrize("host", ["nobody", "..", "ann\u0000", "A" * 64])
def test_an_unknown_host_is_not_found(api: Api, host: str) -> None:
    assert api.post("/api/token", {"host": host}).refused_with(404, "host_not_found")


def test_a_blocked_viewer_gets_no_token_and_a_guest_who_is_blocked_neither(api: Api) -> None:
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
        (None, 422, "invalid_request"),
        ([], 422, "invalid_request"),
        ({"host": 3}, 422, "invalid_request"),
        ({"host": "ann", "tab": "x"}, 422, "invalid_request"),
        ({"host": "ann", "tab": "x:host:y"}, 422, "invalid_request"),
        ({"host": "ann", "room": "x"}, 422, "invalid_request"),
        ({"host": "x" * 20_000}, 413, "too_large"),
    ],
)
def test_a_wrong_body_is_told_what_is_wrong(api: Api, body: object, status: int, code: str) -> None:
    assert api.post("/api/token", body).refused_with(status, code)


def test_a_token_that_is_bad_does_not_make_a_guest(api: Api) -> None:
    api.joins("ann")
    assert api.post("/api/token", {"host": "ann"}, token="x").refused_with(401, "unauthorized")


def test_until_the_operator_has_set_livekits_keys_nobody_is_admitted(api: Api) -> None:
    api.joins("ann")
    put_secret("livekit", {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""})
    forget()

    answer = api.post("/api/token", {"host": "ann"})

    assert answer.refused_with(503, "not_configured")
    assert answer.headers["retry-after"] == "60"


def test_without_a_table_there_is_no_token(api: Api) -> None:
    api.joins("ann")
    base.Item.delete_table()

    answer = api.post("/api/token", {"host": "ann"})

    assert answer.refused_with(503, "unavailable")
    assert answer.headers["retry-after"]
