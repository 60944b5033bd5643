"""The reconciler's entry: a run, one channel, somebody put out, and a LiveKit that is down."""

from io import StringIO

import pytest

from footlight.identities import Person
from footlight.ingress.reset import reset_ingress
from footlight.tables import base
from footlight.tables.live import Live, live_key
from functions.reconcile.handler import handler
from tests.support.livekit import LiveKit
from tests.support.people import a_person


@pytest.fixture
def ann(livekit: LiveKit, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr("footlight.sync.check.CONFIRM_SECONDS", 0)
    person = a_person("ann")
    reset_ingress(person, "rtmp")
    livekit.rooms[person.id] = [person.id, "c" * 32 + ":abcd1234"]
    return person


def is_live(person: Person) -> bool:
    item = base.get(live_key(person.id), consistent=True)
    return isinstance(item, Live) and bool(item.live)


def test_the_schedule_has_all_channels_looked_at(ann: Person) -> None:
    handler({}, None)
    assert is_live(ann)


def test_one_channel_is_looked_at_where_it_is_named(
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


def test_a_participant_is_put_out_where_one_is_named(livekit: LiveKit, ann: Person) -> None:
    for _ in range(2):  # who is gone is as good
        handler({"channel": ann.id, "putOut": "c" * 32 + ":abcd1234"}, None)
    assert livekit.rooms[ann.id] == [ann.id]
    assert not is_live(ann)


@pytest.mark.parametrize("event", [{}, {"channel": "a" * 32}, {"channel": "a" * 32, "putOut": "b"}])
def test_a_livekit_that_is_down_is_counted_and_left_to_the_next_minute(
    livekit: LiveKit,
    ann: Person,
    logged: StringIO,
    capsys: pytest.CaptureFixture[str],
    event: dict[str, str],
) -> None:
    livekit.before = livekit.breaks
    handler(event, None)
    assert "could_not_look" in logged.getvalue()
    assert "ReconcileFaults" in capsys.readouterr().out
    livekit.before = None
    handler({}, None)
    assert is_live(ann)
