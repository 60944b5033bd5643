"""A drop of each flood of `make attack`: the running stack answers every route as described."""

import uuid
from collections.abc import Iterator

import pytest

from tests.stack.floods import HOST, ROWS, flood_of
from tests.stack.support import Api, Stack, new_login, sign_in
from tests.support.openapi import OPERATIONS

TURNS = 2


@pytest.fixture(scope="module")
def account(stack: Stack) -> Iterator[Api]:
    """A new person. What the requests have left in the stack is removed after the tests."""
    name = f"flood_{uuid.uuid4().hex[:8]}"
    person = sign_in(stack, new_login(name, f"{name}@example.com"))
    assert person.put("/api/me", {"username": name}).status == 200
    yield person
    for path in (f"/api/follows/{HOST}", f"/api/blocks/{HOST}", "/api/ingress"):
        assert person.delete(path).status == 204
    operator = stack.api(stack.operator.username)
    assert operator.delete("/api/admin/notice").status == 204
    for report in operator.get("/api/admin/reports").json["reports"]:
        if report["text"] == ROWS["POST /api/reports"].call.body["text"]:
            decision = {"decision": "dismissed"}
            assert operator.patch(f"/api/admin/reports/{report['id']}", decision).status == 200


@pytest.mark.parametrize("route", sorted(OPERATIONS))
def test_a_few_requests_to_a_route_get_described_answers(
    stack: Stack, account: Api, route: str
) -> None:
    flood = flood_of(route, stack, account)
    for number in range(TURNS):
        for caller in flood.attackers:
            answer = flood.send(caller, number)
            is_described = str(answer.status) in OPERATIONS[route]["responses"]
            # A report that is repeated is answered with 200, not 201.
            assert answer.status < 300 or (is_described and answer.status < 500), answer
