"""The API's description is what the code does, and what the contract says of each route."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from footlight import errors
from tools.openapi import FUNCTIONS, text

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}

FOR_ANYONE = {
    "POST /api/token",
    "GET /api/pages/home",
    "GET /api/pages/search",
    "GET /api/pages/channels/{username}",
}
WITHOUT_A_BEARER = {
    "GET /api/session/login",
    "GET /api/session/callback",
    "POST /api/session/token",
    "DELETE /api/session",
    "POST /api/webhook/livekit",  # LiveKit's own signature
    "GET /api/openapi.json",
}
BY_A_SEAT = {"POST /api/chat/{username}", "GET /api/chat/{username}"}
"""By a viewer token."""
SIGNED_IN = {
    "GET /api/ingress",
    "POST /api/ingress",
    "PATCH /api/ingress",
    "DELETE /api/ingress",
    "POST /api/stream/end",
    "GET /api/pages/dashboard",
    "GET /api/pages/sessions",
    "GET /api/me",
    "PUT /api/me",
    "PATCH /api/stream",
    "PUT /api/follows/{username}",
    "DELETE /api/follows/{username}",
    "PUT /api/blocks/{username}",
    "DELETE /api/blocks/{username}",
    "PUT /api/blocks/guests/{guestId}",
    "DELETE /api/blocks/guests/{guestId}",
    "GET /api/blocks",
    "DELETE /api/chat/{username}/{messageId}",
    "POST /api/chat/{username}/clear",
    "GET /api/chat/{username}/timeouts",
    "PUT /api/chat/{username}/timeouts/{viewerId}",
    "DELETE /api/chat/{username}/timeouts/{viewerId}",
    "PUT /api/chat/{username}/blocks/{viewerId}",
    "DELETE /api/chat/{username}/blocks/{viewerId}",
    "GET /api/moderators",
    "PUT /api/moderators/{username}",
    "DELETE /api/moderators/{username}",
    "GET /api/moderation/log",
}


def test_the_description_is_fresh() -> None:
    assert (ROOT / "openapi.json").read_text() == text(), "run `make api`"


def test_every_route_of_the_contract_is_there_and_says_who_may_call() -> None:
    """Written down here as well, so that a route which loses its guard is noticed."""
    security = {name: operation["security"] for name, operation in OPERATIONS.items()}
    bearer: dict[str, list[str]] = {"accessToken": []}
    assert {name for name, who in security.items() if who == [{}, bearer]} == FOR_ANYONE
    assert {name for name, who in security.items() if who == []} == WITHOUT_A_BEARER
    assert {name for name, who in security.items() if who == [bearer]} == SIGNED_IN
    seat: dict[str, list[str]] = {"viewerToken": []}
    assert {name for name, who in security.items() if who == [seat]} == BY_A_SEAT


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_is_described(name: str) -> None:
    operation = OPERATIONS[name]
    assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    good = [status for status in operation["responses"] if status < "400"]
    assert len(good) == 1
    for status, answer in operation["responses"].items():
        assert answer["description"]
        if status >= "400":
            schema = answer["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorBody"}


def test_every_code_that_is_named_is_one_of_ours() -> None:
    known = {kind.code for kind in vars(errors).values() if isinstance(kind, type)}
    for name, operation in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert set(re.findall("`([a-z_]+)`", answer["description"])) <= known, name


def test_every_schema_is_used() -> None:
    referred = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DOCUMENT)))
    assert referred == set(DOCUMENT["components"]["schemas"])


def test_names_on_the_wire_are_camel_case() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", field), f"{name}.{field}"


def test_each_function_has_a_route() -> None:
    assert {"token", "ingress", "webhook", "pages"} <= set(FUNCTIONS)


def test_settings_are_documented() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text()
    settings = (ROOT / "footlight" / "settings.py").read_text()
    for name in set(re.findall(r"FOOTLIGHT_[A-Z_]+[A-Z]", settings)):
        assert f"`{name}`" in operating, name
