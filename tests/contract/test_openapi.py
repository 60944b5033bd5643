"""The API's description is what the code does, and every route refuses in the one shape."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.make_openapi import text
from tests.support.api import Api, Person

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]
TAKE_A_BEARER = [operation for operation in OPERATIONS if operation[2]["security"]]
TAKE_A_BODY = [operation for operation in OPERATIONS if "requestBody" in operation[2]]
NEEDS_SIGN_IN = [{"accessToken": []}]


def filled(path: str) -> str:
    return path.replace("{username}", "nobody").replace(
        "{guest_id}", "0f8fad5b-d9cb-469f-a165-70867728950e"
    )


def query_of(operation: dict[str, Any]) -> dict[str, str]:
    return {"term": "x"} if operation["operationId"] == "search" else {}


def test_the_description_is_fresh() -> None:
    assert (ROOT / "openapi.json").read_text() == text(), "run `make api`"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_who_may_call_comes_before_what_was_wrong(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    answer = api.call(method, filled(path), {"nonsense": 1}, query=query_of(operation))
    if operation["security"] == NEEDS_SIGN_IN:
        assert answer.refused_with(401, "unauthorized")
    else:
        assert answer.status in (200, 204, 302, 400, 401, 404, 422), answer


@pytest.mark.parametrize(("method", "path", "operation"), TAKE_A_BEARER)
@pytest.mark.parametrize(
    ("subject", "changes", "status", "code"),
    [
        ("x", {"exp": 1}, 401, "token_expired"),
        ("x", {"client_id": "another"}, 401, "unauthorized"),
        ("x", {"iss": "https://evil.example"}, 401, "unauthorized"),
        ("nobody-yet", {}, 409, "username_required"),
    ],
)
def test_a_bearer_that_is_wrong_is_never_taken_for_a_guest(
    api: Api,
    method: str,
    path: str,
    operation: dict[str, Any],
    subject: str,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    if code == "username_required" and path == "/api/me":
        code, status = "", 200  # where a username is chosen, and which says that there is none
    token = api.provider.token(subject, **changes)
    body = {"host": "nobody"} if path == "/api/token" else {}
    answer = api.call(method, filled(path), body, token=token, query=query_of(operation))
    if not code:
        assert answer.body["username"] is None
        return
    assert answer.refused_with(status, code)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_a_huge_body_is_refused_unread(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    assert api.call(method, filled(path), "x" * 300_000).refused_with(413, "too_large")


@pytest.mark.parametrize(("method", "path", "operation"), TAKE_A_BODY)
def test_a_body_that_is_no_json_is_told_so(
    api: Api, method: str, path: str, operation: dict[str, Any]
) -> None:
    someone = Person("subject") if operation["security"] == NEEDS_SIGN_IN else None
    if someone and path != "/api/me":
        someone = api.joins("someone")
    answer = api.call(method, filled(path), "{", signed_in_as=someone)
    assert answer.refused_with(400, "bad_json")


def test_settings_are_documented() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text()
    settings = (ROOT / "footlight" / "settings.py").read_text()
    named = {word for word in settings.replace('"', " ").split() if word.startswith("FOOTLIGHT_")}
    for name in named - {"FOOTLIGHT_*`,"}:
        assert name.strip(",)") in operating, name
