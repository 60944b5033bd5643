"""A run checks many channels in parts, each in an execution of its own."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from footlight import clock
from footlight.aws import invocations
from footlight.identities import Person
from footlight.sync import run
from footlight.sync.run import LEASE, LEASE_SECONDS, RunNotFinished, reconcile
from footlight.tables import leases
from footlight.tables.items import get
from footlight.tables.live import live_state
from functions.reconcile.handler import handler
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.people import a_person, goes_live

ARN = "arn:aws:lambda:us-east-1:123456789012:function:reconcile:live"
VIEWER = "c" * 32 + ":abcd1234"


class Context:
    """Lambda's context."""

    invoked_function_arn = ARN


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The parts that a run started, at most two channels each."""
    monkeypatch.setattr(run, "PART_CHANNELS", 2)
    parts: list[dict[str, Any]] = []

    def invoke(function: str, task: dict[str, Any]) -> bool:
        assert function == ARN
        parts.append(task)
        return True

    monkeypatch.setattr(invocations, "invoke", invoke)
    return parts


@pytest.fixture
def people(livekit: LiveKit, time: Clock) -> list[Person]:
    """Five creators who are live with one viewer each."""
    people = [a_person(f"creator{number}") for number in range(5)]
    for person in people:
        goes_live(person, viewers=1)
        livekit.rooms[person.id] = [person.id, VIEWER]
    time.moves(minutes=1)
    return people


def values(output: str, name: str) -> list[float]:
    """Return the values of a metric in a function's log."""
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    return [value for line in lines for value in line.get(name, [])]


def unconfirmed(people: list[Person]) -> set[str]:
    """Return the people whose state no check has confirmed now."""
    items = [get(live_state(person.id), consistent=True) for person in people]
    return {item.user_id for item in items if item and item.verified_at != clock.now()}


def test_a_run_and_its_parts_check_every_channel_once(
    people: list[Person],
    invoked: list[dict[str, Any]],
    livekit: LiveKit,
    capsys: pytest.CaptureFixture[str],
) -> None:
    capsys.readouterr()
    handler({}, Context())
    assert [len(part["channels"]) for part in invoked] == [2, 1]
    assert unconfirmed(people) == {id for part in invoked for id in part["channels"]}
    for part in invoked.copy():
        handler(part, Context())
    assert unconfirmed(people) == set()
    assert len(invoked) == 2  # a part starts no other
    assert livekit.made.count("ListParticipants") == 5
    samples = [item for person in people if (item := get(live_state(person.id)))]
    assert [item.viewer_samples for item in samples] == [1] * 5
    # Once a run, whatever the number of parts.
    output = capsys.readouterr().out
    assert values(output, "LiveChannels") == [5]
    assert values(output, "Viewers") == [5]


def test_a_run_with_parts_keeps_its_lease_until_they_have_ended(
    people: list[Person], invoked: list[dict[str, Any]], time: Clock
) -> None:
    ends_at = clock.ms(clock.now() + timedelta(seconds=LEASE_SECONDS))
    handler({}, Context())
    assert all(part["until"] < ends_at for part in invoked)
    assert reconcile(ARN) is None
    time.moves(seconds=LEASE_SECONDS + 1)
    assert reconcile(ARN)


def test_a_run_of_one_part_releases_its_lease(livekit: LiveKit, time: Clock) -> None:
    assert reconcile(ARN)
    with leases.hold(LEASE, 1):
        pass


def test_a_part_that_starts_after_the_run_has_ended_fails_without_a_change(
    people: list[Person], invoked: list[dict[str, Any]], time: Clock
) -> None:
    handler({}, Context())
    time.moves(seconds=run.RUN_SECONDS + 1)
    before = unconfirmed(people)
    with pytest.raises(RunNotFinished, match="2 channels"):
        handler(invoked[0], Context())
    assert unconfirmed(people) == before


def test_a_part_that_cannot_start_is_a_fault_and_the_rest_is_checked(
    people: list[Person],
    invoked: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fails: Callable[..., bool] = lambda *_: False  # noqa: E731
    monkeypatch.setattr(invocations, "invoke", fails)
    report = reconcile(ARN)
    assert report
    assert (report.channels, report.faults) == (2, 2)
    with leases.hold(LEASE, 1):  # no part is running
        pass


def test_a_part_asks_livekit_only_for_its_own_rooms(
    people: list[Person], livekit: LiveKit, time: Clock
) -> None:
    ids = [person.id for person in people[:2]]
    until = clock.ms(clock.now()) + 40_000
    handler({"channels": ids, "until": until}, Context())
    assert unconfirmed(people) == {person.id for person in people[2:]}
