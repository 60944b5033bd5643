"""Rate limits of every route: a call over the limit is refused until the window ends."""

import re
from pathlib import Path

import pytest

import infra.routes
from footlight import limits
from tests.support.api import Answer
from tests.support.clock import Clock
from tests.support.openapi import OPERATIONS
from tests.support.recorded import Recorded
from tests.support.routes import ROUTES, Route
from tests.support.stored import stored, without_limits
from tests.support.world import World

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"
REMAINING_MS = 55_500
"""Of the clock's minute."""
LIMITED = [row for row in ROUTES if row.limit]
CHAT_LIMITS = {"chat", "guest_chat"}
"""The chat counts its messages itself."""
SENDS_MESSAGES = "POST /api/chat/{username}"


def test_the_route_table_names_every_limit_and_every_limited_route() -> None:
    assert {row.limit for row in LIMITED} | CHAT_LIMITS == set(limits.names())
    assert set(limits.names()) == set(limits.LIMITS)
    documented = {name for name, operation in OPERATIONS.items() if "429" in operation["responses"]}
    assert {row.route for row in LIMITED} == documented - {SENDS_MESSAGES}


def test_every_change_and_every_call_of_livekit_is_limited() -> None:
    """Reads of the table alone are limited by the gateway, and guests' reads are cached."""
    costly = {row.route for row in ROUTES if row.method != "GET" or row.calls_livekit}
    assert costly - {row.route for row in LIMITED} == {SENDS_MESSAGES, infra.routes.WEBHOOK}


def test_the_operators_guide_has_every_limit_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| .+ \| ([\d,]+) in ([\d,]+) s \|$", GUIDE.read_text(), re.MULTILINE
    )
    documented = {
        name: (int(times.replace(",", "")), int(seconds.replace(",", "")))
        for name, times, seconds in rows
    }
    assert documented == limits.LIMITS


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
def test_a_call_counts_toward_exactly_its_limit(recorded: Recorded, row: Route) -> None:
    keys = [
        arguments["Key"]["pk"]["S"].split("#")
        for operation, arguments in recorded[row.name].cold.requests
        if operation == "UpdateItem"
    ]
    counted = [limit for kind, limit, *_ in keys if kind == "LIMIT" and limit not in CHAT_LIMITS]
    assert counted == ([row.limit] if row.limit else [])


@pytest.mark.parametrize("row", LIMITED, ids=lambda row: row.name)
def test_a_call_over_the_limit_is_refused_until_the_window_ends(
    world: World, time: Clock, row: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIMITS", f"{row.limit}=2/60")
    for _ in range(2):
        assert row.called(world).status < 400
    world.livekit.made.clear()
    before = without_limits(stored())

    assert is_limited(row.called(world), REMAINING_MS)
    time.moves(milliseconds=REMAINING_MS - 1)
    assert is_limited(row.called(world), 1)
    assert world.livekit.made == []
    assert without_limits(stored()) == before

    time.moves(milliseconds=1)
    assert row.called(world).status < 400


def is_limited(answer: Answer, retry_after_ms: int) -> bool:
    assert answer.refused_with(429, "rate_limited")
    assert answer.body["error"]["retryAfterMs"] == retry_after_ms
    return answer.headers["retry-after"] == str(-(-retry_after_ms // 1000))
