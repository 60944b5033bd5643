"""Every route for suspended callers, and for callers of a suspended host."""

from datetime import timedelta
from typing import Any

import pytest

from footlight import clock
from tests.support.api import Answer, Person
from tests.support.clock import Clock
from tests.support.openapi import OPERATIONS
from tests.support.people import a_suspension
from tests.support.routes import NO_BEARER, OPERATOR, ROUTES, Route
from tests.support.stored import stored, without_limits
from tests.support.world import TAB, World

MAY_CHANGE = {"DELETE /api/me"}
"""Changes that suspended people may make."""
ABOUT_THE_TARGET = {
    "/api/blocks/{username}",
    "DELETE /api/moderators/{username}",
    "/api/admin/suspensions/{username}",
    "/api/admin/streamers/{username}",
}
"""Routes whose `username` is no host. A suspended viewer can be blocked, and dismissed."""


def caller_of(row: Route, world: World) -> Person | None:
    """Return the user who makes the call, or None if no user does."""
    if row.who == "viewer token":
        return world.people.bob
    caller = getattr(world.people, row.call.person) if row.call.person else None
    return caller if caller and caller.id else None


def named_host(row: Route, world: World) -> Person | None:
    """Return the host whom another person's call names, or None if it names none."""
    if any(each in row.route for each in ABOUT_THE_TARGET):
        return None
    if "{username}" not in row.path and row.path != "/api/token":
        return None
    host: Person = getattr(world.people, row.call.username)
    return host if caller_of(row, world) != host else None


BY_USERS = [row for row in ROUTES if row.who != NO_BEARER and row.call.person not in ("", "dora")]
BY_VIEWERS = [row for row in ROUTES if row.who == "viewer token"]
CHANGES = [
    row for row in (*BY_USERS, *BY_VIEWERS) if row.method != "GET" and row.route not in MAY_CHANGE
]
READS = [row for row in (*BY_USERS, *BY_VIEWERS) if row.method == "GET" and row.who != OPERATOR]
OF_HOSTS = [
    row
    for row in ROUTES
    if ("{username}" in row.path or row.path == "/api/token")
    and not any(each in row.route for each in ABOUT_THE_TARGET)
]


OF_OPERATORS = [row for row in ROUTES if row.who == OPERATOR]


def is_refused(answer: Answer, until: str | None) -> bool:
    assert answer.refused_with(403, "suspended")
    error = answer.body["error"]
    return (error["reason"], error["until"]) == ("many reports", until)


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row.name)
@pytest.mark.parametrize("hours", [1, None])
def test_a_suspended_person_changes_nothing_and_reads_why(
    world: World, time: Clock, row: Route, hours: int | None
) -> None:
    caller = caller_of(row, world)
    assert caller
    until = time.now + timedelta(hours=hours) if hours else None
    a_suspension(caller.id, reason="many reports", until=until)
    before = without_limits(stored())

    assert is_refused(row.called(world), clock.iso(until) if until else None)
    assert without_limits(stored()) == before
    assert world.livekit.made == []
    assert "`suspended`" in OPERATIONS[row.route]["responses"]["403"]["description"]


@pytest.mark.parametrize("row", READS, ids=lambda row: row.name)
def test_a_suspended_person_may_read(world: World, row: Route) -> None:
    caller = caller_of(row, world)
    assert caller
    a_suspension(caller.id)
    assert row.called(world).status == 200


@pytest.mark.parametrize("row", [*CHANGES, *READS], ids=lambda row: row.name)
def test_a_person_whose_suspension_has_ended_may_do_everything(
    world: World, time: Clock, row: Route
) -> None:
    caller = caller_of(row, world)
    assert caller
    a_suspension(caller.id, until=time.now)
    assert row.called(world).status < 400


@pytest.mark.parametrize("row", OF_HOSTS, ids=lambda row: row.name)
def test_a_suspended_host_does_not_exist_for_others(world: World, time: Clock, row: Route) -> None:
    """Not even for a function that has just answered the same call, and has cached the name."""
    host = named_host(row, world)
    assert host
    call: dict[str, Any] = row.call.arguments(world, row.method, row.path)
    world.api.call(**call)
    a_suspension(host.id, until=time.now + timedelta(minutes=5))

    answer = world.api.call(**call)
    is_of_room = row.path in ("/api/token", "/api/chat/{username}")
    assert answer.refused_with(404, "host_not_found" if is_of_room else "not_found")
    description = OPERATIONS[row.route]["responses"]["404"]["description"]
    assert f"`{answer.body['error']['code']}`" in description

    time.moves(minutes=5)
    assert world.api.call(**call).status < 400


@pytest.mark.parametrize("row", OF_OPERATORS, ids=lambda row: row.name)
def test_a_suspended_operator_has_no_role(world: World, row: Route) -> None:
    a_suspension(world.people.olga.id)
    code = "forbidden" if row.method == "GET" else "suspended"
    assert row.called(world).refused_with(403, code)


@pytest.mark.parametrize("row", OF_OPERATORS, ids=lambda row: row.name)
def test_a_suspended_person_is_no_operator(world: World, row: Route) -> None:
    call: dict[str, Any] = row.call.arguments(world, row.method, row.path)
    call["signed_in_as"] = world.people.sam
    code = "forbidden" if row.method == "GET" else "suspended"
    assert world.api.call(**call).refused_with(403, code)


def test_a_suspended_channel_is_in_no_list(world: World) -> None:
    def shown() -> str:
        home = world.api.get("/api/pages/home", signed_in_as=world.people.bob)
        later = world.api.get("/api/pages/home", signed_in_as=world.people.mia)
        found = world.api.get("/api/pages/search", query={"term": "ann"})
        moderators = world.api.get("/api/moderators", signed_in_as=world.people.ann)
        return home.text + later.text + found.text + moderators.text

    assert shown().count('"ann"') == 5  # two lists, followed, recommended, and found
    assert shown().count('"mia"') == 4  # two lists, recommended, and a moderator
    a_suspension(world.people.ann.id)
    a_suspension(world.people.mia.id)
    assert '"ann"' not in shown()
    assert '"mia"' not in shown()


def test_a_suspended_person_sees_the_reason_and_the_end(world: World, time: Clock) -> None:
    bob = world.people.bob
    assert world.api.get("/api/me", signed_in_as=bob).body["suspension"] is None
    until = time.now + timedelta(days=7)
    a_suspension(bob.id, reason="many reports", until=until)
    assert world.api.get("/api/me", signed_in_as=bob).body["suspension"] == {
        "reason": "many reports",
        "until": clock.iso(until),
        "at": clock.iso(time.now),
    }


def test_a_suspended_host_gets_no_token_for_their_own_room(world: World) -> None:
    ann = world.people.ann
    a_suspension(ann.id)
    answer = world.api.post("/api/token", {"host": "ann", "tab": TAB}, signed_in_as=ann)
    assert answer.refused_with(403, "suspended")
