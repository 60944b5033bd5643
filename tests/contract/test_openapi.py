"""The API description matches the code, and names who may call each route."""

import json
import re

import pytest

from footlight import errors
from tests.support.openapi import DOCUMENT, OPERATIONS, ROOT
from tests.support.routes import (
    ANYONE,
    NO_BEARER,
    OPERATOR,
    ROUTES,
    SIGNED_IN,
    VIEWER_TOKEN,
    Route,
    Who,
)
from tools.openapi import FUNCTIONS, text

ACCESS_TOKEN: dict[str, list[str]] = {"accessToken": []}
SECURITY: dict[Who, list[dict[str, list[str]]]] = {
    ANYONE: [{}, ACCESS_TOKEN],
    SIGNED_IN: [ACCESS_TOKEN],
    OPERATOR: [ACCESS_TOKEN],
    VIEWER_TOKEN: [{"viewerToken": []}],
    NO_BEARER: [],
}


def test_the_description_matches_the_code() -> None:
    assert (ROOT / "openapi.json").read_text() == text(), "run `make api`"


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
def test_a_route_names_its_callers(row: Route) -> None:
    """The route table lists the callers too, so that a route can't lose its guard by accident."""
    assert OPERATIONS[row.route]["security"] == SECURITY[row.who]


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


def test_every_error_code_in_the_description_is_defined() -> None:
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
