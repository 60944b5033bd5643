"""Every route refuses in the same way: callers first, then the request, in one shape of errors."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from footlight.edge.http import ErrorBody
from tests.support.api import Answer, Api
from tests.support.openapi import DOCUMENT, OPERATIONS
from tests.support.people import an_operator
from tests.support.routes import (
    ANYONE,
    NO_BEARER,
    OPERATOR,
    SIGNED_IN,
    VIEWER_TOKEN,
    callable_by,
)
from tests.support.world import GUEST, MESSAGE, viewer_token

ROWS = callable_by(ANYONE, SIGNED_IN, OPERATOR, VIEWER_TOKEN, NO_BEARER)
TAKES_A_BEARER = sorted(callable_by(ANYONE, SIGNED_IN, OPERATOR))
WITH_A_BODY = sorted(name for name, op in OPERATIONS.items() if "requestBody" in op)
WITHOUT_A_USERNAME = {"GET /api/me", "PUT /api/me", "DELETE /api/me", "GET /api/me/export"}
NEEDS_A_USERNAME = sorted(callable_by(ANYONE, SIGNED_IN).keys() - WITHOUT_A_USERNAME)
WITH_A_CURSOR = sorted(
    name
    for name, operation in OPERATIONS.items()
    if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", []))
)

PARAMETER = re.compile(r"\{\w+\}")
PARAMETERS = {
    "username": "unknown",
    "guestId": GUEST,
    "viewerId": GUEST,
    "messageId": MESSAGE,
    "id": "x",
}


def good_body(name: str) -> dict[str, Any]:
    row = ROWS.get(name)
    return (row and row.call.body) or {}


def call(api: Api, name: str, body: Any = None, **rest: Any) -> Answer:
    """Make a good call of a route, except for the given arguments. The table may be empty."""
    method, path = name.split(" ")
    row = ROWS.get(name)
    rest.setdefault("query", row and row.call.query)
    body = good_body(name) if body is None else body
    answer = api.call(method, path.format(**PARAMETERS), body, **rest)
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "private, no-store"
        ErrorBody.model_validate_json(answer.text)
    return answer


def refused(answer: Answer, name: str, status: int, code: str) -> None:
    """Expect an error that the route's description lists."""
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
def test_a_caller_with_an_invalid_token_is_never_treated_as_a_guest(
    api: Api, name: str, token: str | dict[str, Any], code: str
) -> None:
    sent = token if isinstance(token, str) else api.provider.token("x", **token)
    refused(call(api, name, token=sent), name, 401, code)


@pytest.mark.parametrize("name", NEEDS_A_USERNAME)
def test_a_user_without_a_username_is_asked_to_choose_one(api: Api, name: str) -> None:
    answer = call(api, name, token=api.provider.token("new"))
    refused(answer, name, 409, "username_required")


@pytest.mark.parametrize("name", ["GET /api/me", "PUT /api/me"])
def test_a_user_without_a_username_may_read_and_set_it(api: Api, name: str) -> None:
    answer = call(api, name, {}, token=api.provider.token("new"))
    assert answer.status == 200
    assert answer.body["username"] is None


@pytest.mark.parametrize("name", sorted(callable_by(SIGNED_IN, OPERATOR)))
@pytest.mark.parametrize("body", [None, "{", {"nonsense": 1}, {"title": 3, "username": 3}])
def test_the_caller_is_checked_before_the_request(api: Api, name: str, body: Any) -> None:
    answer = call(api, name, body, query={"cursor": "x" * 3000})
    refused(answer, name, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", sorted(callable_by(OPERATOR)))
@pytest.mark.parametrize("body", [None, "{", {"nonsense": 1}])
def test_a_route_for_operators_is_closed_to_all_others(api: Api, name: str, body: Any) -> None:
    """Whatever they send, with a username or without."""
    for token in (api.provider.token("new"), api.provider.token(api.joins("someone").subject)):
        refused(call(api, name, body, token=token), name, 403, "forbidden")


@pytest.mark.parametrize("name", sorted(callable_by(ANYONE, NO_BEARER)))
def test_a_guest_may_call_a_route_for_anyone(api: Api, name: str) -> None:
    assert call(api, name).status == ROWS[name].empty


@pytest.mark.parametrize("name", sorted(callable_by(NO_BEARER)))
def test_a_route_without_access_tokens_ignores_them(api: Api, name: str) -> None:
    assert call(api, name, token="nonsense").status == ROWS[name].empty


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_huge_body_is_rejected_unread(api: Api, name: str) -> None:
    assert call(api, name, "x" * 300_000).refused_with(413, "too_large")


@pytest.mark.parametrize("name", WITH_A_BODY)
@pytest.mark.parametrize("body", ["{", "", "{'host': 1}", '{"host": "x"} x'])
def test_an_invalid_json_body_is_rejected(api: Api, name: str, body: str) -> None:
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
def test_an_unreadable_body_is_rejected(api: Api, name: str, raw: bytes, kind: str) -> None:
    answer = call(api, name, raw=raw, headers={"content-type": kind}, **signed_in(api, name))
    refused(answer, name, 400, "bad_json")
    assert call(api, name, raw=raw, token="x").refused_with(401, "unauthorized")


VALID = (
    ("PATCH /api/stream", "chat", {}),  # nothing to change
    ("POST /api/chat/{username}", "text", "x" * 5000),  # has its own error code
)


def invalid_fields() -> Iterator[tuple[str, str, Any]]:
    """Yield every field of every body with invalid values, and a field that doesn't exist."""
    for name in WITH_A_BODY:
        yield name, "nonsense", 1
        schema = OPERATIONS[name]["requestBody"]["content"]["application/json"]["schema"]
        reference = schema.get("$ref") or schema["anyOf"][0]["$ref"]
        model = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        for field in model["properties"]:
            for value in (7, [], {}, ["x"], "x" * 5000):
                if (name, field, value) not in VALID:
                    yield name, field, value


@pytest.mark.parametrize(("name", "field", "value"), list(invalid_fields()))
def test_an_error_names_each_invalid_field(api: Api, name: str, field: str, value: Any) -> None:
    body = good_body(name) | {field: value}
    answer = call(api, name, body, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert field in answer.body["error"]["fields"], answer.text


@pytest.mark.parametrize("name", WITH_A_BODY)
@pytest.mark.parametrize("body", ["[]", '"x"', "3", "true"])
def test_a_body_that_is_not_an_object_is_rejected(api: Api, name: str, body: str) -> None:
    answer = call(api, name, body, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert answer.body["error"]["fields"]


@pytest.mark.parametrize("name", WITH_A_CURSOR)
@pytest.mark.parametrize("cursor", ["x", "e30", "x" * 3000, "\u2603"])
def test_an_invalid_cursor_is_rejected(api: Api, name: str, cursor: str) -> None:
    query = (ROWS[name].call.query or {}) | {"cursor": cursor}
    answer = call(api, name, query=query, **signed_in(api, name))
    refused(answer, name, 422, "invalid_request")
    assert "cursor" in answer.body["error"]["fields"]


def missing_methods() -> Iterator[str]:
    """Yield every method that a path of the description doesn't have, as `METHOD /path`."""
    for path in sorted(DOCUMENT["paths"]):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            name = f"{method} {path}"
            if not any(re.fullmatch(PARAMETER.sub("[^/]+", route), name) for route in OPERATIONS):
                yield name


@pytest.mark.parametrize("name", list(missing_methods()))
def test_a_wrong_method_is_rejected_with_the_allowed_ones(api: Api, name: str) -> None:
    answer = call(api, name)
    assert answer.refused_with(405, "method_not_allowed")
    path = name.partition(" ")[2]
    allowed = {route.partition(" ")[0] for route in OPERATIONS if route.endswith(f" {path}")}
    assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/api/tokens", "/api/token/", "/api/pages", "/api/blocks/a/b/c", "/api/%00"],
)
def test_an_unknown_path_is_not_found(api: Api, path: str) -> None:
    assert api.get(path).refused_with(404, "not_found")


def signed_in(api: Api, name: str) -> dict[str, Any]:
    """Return the credentials that a good call of this route needs."""
    match ROWS[name].who:
        case "signed in":
            return {"signed_in_as": api.joins("someone")}
        case "operator":
            operator = api.joins("someone")
            an_operator(operator.id)
            return {"signed_in_as": operator}
        case "viewer token":
            return {"token": viewer_token_of_another_host(api)}
        case _:
            return {}


def viewer_token_of_another_host(api: Api) -> str:
    return viewer_token(api.joins("host"), api.joins("viewer"))


@pytest.mark.parametrize("name", sorted(callable_by(VIEWER_TOKEN)))
def test_a_chat_requires_a_viewer_token_of_its_host(api: Api, name: str) -> None:
    refused(call(api, name), name, 401, "unauthorized")
    for token in ("", "nonsense", api.provider.token("x")):
        refused(call(api, name, token=token), name, 401, "unauthorized")
    refused(call(api, name, token=viewer_token_of_another_host(api)), name, 401, "unauthorized")
