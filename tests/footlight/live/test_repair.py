"""A read of an old state has it looked at, and not too often."""

from datetime import timedelta

import pytest

from footlight import clock
from footlight.channels.page import channel_page
from footlight.identities import Person
from footlight.live.record import record
from footlight.live.state import IngressReplaced, Started
from footlight.watching import admit
from tests.support.deployment import BEGUN
from tests.support.people import a_person, caller

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def ann(deployed: None) -> Person:
    person = a_person("ann")
    record(person.id, IngressReplaced("IN_1"), "creator")
    return person


def pass_by(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    then = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: then)


@pytest.mark.parametrize("read", ["page", "token"])
def test_a_state_that_nobody_confirmed_for_half_a_minute_is_looked_at_once(
    ann: Person, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    def reads() -> None:
        if read == "page":
            channel_page(caller(None), "ann")
        else:
            admit.admit(caller(None), host="ann", tab=None)

    reads()
    assert BEGUN == []
    pass_by(monkeypatch, 31)
    reads()
    reads()
    assert [{"channel": ann.id}] == BEGUN


def test_what_a_webhook_wrote_is_believed_for_a_while(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_by(monkeypatch, 60)
    record(ann.id, Started("IN_1", 1, 1), "webhook")
    channel_page(caller(None), "ann")
    assert BEGUN == []


def test_a_channel_without_an_ingress_can_not_be_live(
    deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("bob")
    pass_by(monkeypatch, 99)
    channel_page(caller(None), "bob")
    assert BEGUN == []
