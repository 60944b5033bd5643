"""Every route refuses alike: who may call, what was wrong, and the one shape of errors."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from footlight.edge.http import ErrorBody
from tests.contract.test_openapi import (
    BY_A_SEAT,
    DOCUMENT,
    FOR_ANYONE,
    OPERATIONS,
    SIGNED_IN,
    WITHOUT_A_BEARER,
)
from tests.support.api import Answer, Api

TAKES_A_BEARER = sorted(FOR_ANYONE | SIGNED_IN)
WITH_A_BODY = sorted(name for name, op in OPERATIONS.items() if "requestBody" in op)
NEEDS_A_USERNAME = sorted((FOR_ANYONE | SIGNED_IN) - {"GET /api/me", "PUT /api/me"})

GUEST_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
PLACE = re.compile(r"\{\w+\}")
NAMES = {
    "{username}": "nobody",
    "{guestId}": GUEST_ID,
    "{viewerId}": GUEST_ID,
    "{messageId}": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
GOOD_BODY: dict[str, Any] = {
    "POST /api/token": {"host": "nobody"},
    "POST /api/chat/{username}": {"text": "hello", "id": GUEST_ID},
    "PUT /api/chat/{username}/timeouts/{viewerId}": {"seconds": 60},
}
GOOD_QUERY = {"GET /api/pages/search": {"term": "x"}}
WHILE_NOBODY_IS_THERE = {
    "POST /api/token": 404,
    "GET /api/pages/home": 200,
    "GET /api/pages/search": 200,
    "GET /api/pages/channels/{username}": 404,
    "GET /api/session/login": 302,
    "GET /api/session/callback": 302,
    "POST /api/session/token": 401,
    "DELETE /api/session": 204,
    "POST /api/webhook/livekit": 401,
    "GET /api/openapi.json": 200,
}


def call(api: Api, name: str, body: Any = None, **rest: Any) -> Answer:
    """As the route wants it, but for what is given."""
    method, path = name.split(" ")
    for written, meant in NAMES.items():
        path = path.replace(written, meant)
    rest.setdefault("query", GOOD_QUERY.get(name))
    answer = api.call(method, path, GOOD_BODY.get(name, {}) if body is None else body, **rest)
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "private, no-store"
        ErrorBody.model_validate_json(answer.text)
    return answer


def refused(answer: Answer, name: str, status: int, code: str) -> None:
    """With this, in the one shape, as the description of the route has it."""
    assert answer.refused_with(status, code)
    assert f"`{code}`" in OPERATIONS[name]["responses"][str(status)]["description"]


@pytest.mark.parametrize("name", TAKES_A_BEARER)
@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", "unauthorized"),
        ("nonsense", "unauthorized"),
        ({"exp": 1}, "token_expired"),
        ({"client_id": "another"}, "unauthorized"),
        ({"aud": "another"}, "unauthorized"),
        ({"iss": "https://evil.example"}, "unauthorized"),
        ({"token_use": "id"}, "unauthorized"),
    ],
)
def test_a_bearer_that_is_wrong_is_never_taken_for_a_guest(
    api: Api, name: str, token: str | dict[str, Any], code: str
) -> None:
    sent = token if isinstance(token, str) else api.provider.token("x", **token)
    refused(call(api, name, token=sent), name, 401, code)


@pytest.mark.parametrize("name", NEEDS_A_USERNAME)
def test_who_has_no_username_yet_is_told_to_choose_one(api: Api, name: str) -> None:
    answer = call(api, name, token=api.provider.token("new"))
    refused(answer, name, 409, "username_required")


@pytest.mark.parametrize("name", ["GET /api/me", "PUT /api/me"])
def test_who_has_no_username_yet_may_see_that(api: Api, name: str) -> None:
    answer = call(api, name, token=api.provider.token("new"))
    assert answer.status == 200
    assert answer.body["username"] is None


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
@pytest.mark.parametrize("body", [None, "{", {"nonsense": 1}, {"title": 3, "username": 3}])
def test_who_may_call_comes_before_what_was_wrong(api: Api, name: str, body: Any) -> None:
    answer = call(api, name, body, query={"cursor": "x" * 3000})
    refused(answer, name, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", sorted(FOR_ANYONE | WITHOUT_A_BEARER))
def test_anyone_may_call_what_is_for_anyone(api: Api, name: str) -> None:
    assert call(api, name).status == WHILE_NOBODY_IS_THERE[name]


@pytest.mark.parametrize("name", sorted(WITHOUT_A_BEARER))
def test_where_nobody_signs_in_a_bearer_changes_nothing(api: Api, name: str) -> None:
    assert call(api, name, token="nonsense").status == WHILE_NOBODY_IS_THERE[name]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_huge_body_is_refused_unread(api: Api, name: str) -> None:
    assert call(api, name, "x" * 300_000).refused_with(413, "too_large")


@pytest.mark.parametrize("name", WITH_A_BODY)
@pytest.mark.parametrize("body", ["{", "", "{'host': 1}", '{"host": "x"} x'])
def test_a_body_that_is_no_json_is_told_so(api: Api, name: str, body: str) -> None:
    answer = call(api, name, body, **signed_in(api, name))
    if body or name == "POST /api/token":
        expected = (400, "bad_json") if body else (422, "invalid_request")
        refused(answer, name, *expected)


@pytest.mark.parametrize("name", WITH_A_BODY)
@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xfe", "application/json"),
        (b"[" * 9000, "application/json"),
        (b"host=x", "text/plain"),
        (b"<x/>", "application/xml"),
    ],
)
def test_a_body_that_can_not_be_read_is_told_so(api: Api, name: str, raw: bytes, kind: str) -> None:
    answer = call(api, name, raw=raw, headers={"content-type": kind}, **signed_in(api, name))
    refused(answer, name, 400, "bad_json")
    assert call(api, name, raw=raw, token="x").refused_with(401, "unauthorized")


NOT_WRONG = (
    ("PATCH /api/stream", "chat", {}),  # nothing to change
    ("POST /api/chat/{username}", "text", "x" * 5000),  # has a code of its own
)


def wrong_fields() -> Iterator[tuple[str, str, Any]]:
    """Each field of each body with what it can't be, and one that is not there at all."""
    for name in WITH_A_BODY:
        yield name, "nonsense", 1
        schema = OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"]
        reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
        model = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        for field in model["properties"]:
            for wrong in (7, [], {}, ["x"], "x" * 5000):
                if (name, field, wrong) not in NOT_WRONG:
                    yield name, field, wrong


@pytest.mark.parametrize(("name", "field", "wrong"), list(wrong_fields()))
def test_what_was_wrong_is_told_field_by_field(api: Api, name: str, field: str, wrong: Any) -> None:
    body = GOOD_BODY.get(name, {}) | {field: wrong}
    answer = call(api, name, body, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert field in answer.body["error"]["fields"], answer.text


@pytest.mark.parametrize("name", WITH_A_BODY)
@pytest.mark.parametrize("body", ["[]", '"x"', "3", "true"])
def test_a_body_that_is_no_object_is_told_so(api: Api, name: str, body: str) -> None:
    answer = call(api, name, body, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert answer.body["error"]["fields"]


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, operation in OPERATIONS.items()
        if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", []))
    ),
)
@pytest.mark.parametrize("cursor", ["x", "e30", "x" * 3000, "\u2603"])
def test_a_cursor_that_is_none_of_ours(api: Api, name: str, cursor: str) -> None:
    query = GOOD_QUERY.get(name, {}) | {"cursor": cursor}
    answer = call(api, name, query=query, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert "cursor" in answer.body["error"]["fields"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
def test_a_method_that_a_path_has_not_is_told_so(api: Api, method: str, path: str) -> None:
    name = f"{method} {path}"
    if any(re.fullmatch(PLACE.sub("[^/]+", known), name) for known in OPERATIONS):
        return
    answer = call(api, name)
    assert answer.refused_with(405, "method_not_allowed")
    has = {known.partition(" ")[0] for known in OPERATIONS if known.endswith(f" {path}")}
    assert set(answer.headers["allow"].split(", ")) == has


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/tokens", "/api/token/", "/api/pages", "/api/blocks/a/b/c", "/api/%00"],
)
def test_a_path_that_is_not_there(api: Api, path: str) -> None:
    assert api.get(path).refused_with(404, "not_found")


def signed_in(api: Api, name: str) -> dict[str, Any]:
    """What a good call of this route needs to get past who may call."""
    if name in SIGNED_IN:
        return {"signed_in_as": api.joins("someone")}
    if name in BY_A_SEAT:
        return {"token": seat_of(api)}
    return {}


def seat_of(api: Api) -> str:
    """A viewer token."""
    api.joins("nobody2")
    token: str = api.post("/api/token", {"host": "nobody2"}).body["token"]
    return token


@pytest.mark.parametrize("name", sorted(BY_A_SEAT))
def test_a_chat_is_for_who_has_a_viewer_token(api: Api, name: str) -> None:
    refused(call(api, name), name, 401, "unauthorized")
    for token in ("", "nonsense", api.provider.token("x")):
        refused(call(api, name, token=token), name, 401, "unauthorized")
    refused(call(api, name, token=seat_of(api)), name, 401, "unauthorized")  # of another host
