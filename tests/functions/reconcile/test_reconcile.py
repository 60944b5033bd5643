"""The reconcile function's tasks, and outages of LiveKit."""

from io import StringIO

import pytest

from footlight.identities import Person
from footlight.ingress.reset import reset_ingress
from footlight.live.state import SETTLE_SECONDS
from footlight.tables.items import get
from footlight.tables.live import live_state
from functions.reconcile.handler import handler
from tests.support.clock import Clock
from tests.support.livekit import LiveKit
from tests.support.people import a_person


@pytest.fixture
def ann(livekit: LiveKit, time: Clock) -> Person:
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    time.moves(seconds=SETTLE_SECONDS)
    livekit.rooms[person.id] = [person.id, "c" * 32 + ":abcd1234"]
    return person


def is_live(person: Person) -> bool:
    state = get(live_state(person.id), consistent=True)
    return state is not None and state.live


def test_the_schedule_checks_all_channels(ann: Person) -> None:
    handler({}, None)
    assert is_live(ann)


def test_a_task_with_a_channel_checks_only_that_channel(
    ann: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = a_person("bob")
    reset_ingress(bob, "rtmp")
    handler({"channel": bob.id}, None)
    assert not is_live(ann)
    assert "ReconcileDrift" not in capsys.readouterr().out
    handler({"channel": ann.id}, None)
    assert is_live(ann)
    assert "ReconcileDrift" in capsys.readouterr().out


def test_what_a_webhook_has_reported_is_no_drift(
    ann: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    handler({"channel": ann.id, "isReported": True}, None)
    assert is_live(ann)
    assert "ReconcileDrift" not in capsys.readouterr().out


def test_a_task_with_a_participant_removes_them(livekit: LiveKit, ann: Person) -> None:
    for _ in range(2):  # idempotent
        handler({"channel": ann.id, "putOut": "c" * 32 + ":abcd1234"}, None)
    assert livekit.rooms[ann.id] == [ann.id]
    assert not is_live(ann)


@pytest.mark.parametrize("event", [{}, {"channel": "a" * 32}, {"channel": "a" * 32, "putOut": "b"}])
def test_an_outage_of_livekit_is_counted_and_repaired_by_the_next_run(
    livekit: LiveKit,
    ann: Person,
    logged: StringIO,
    capsys: pytest.CaptureFixture[str],
    event: dict[str, str],
) -> None:
    livekit.before = livekit.breaks
    handler(event, None)
    assert "reconcile task failed" in logged.getvalue()
    assert "ReconcileFaults" in capsys.readouterr().out
    livekit.before = None
    handler({}, None)
    assert is_live(ann)
