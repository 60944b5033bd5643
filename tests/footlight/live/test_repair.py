"""Reads of stale live state schedule a check, at most one per interval."""

from datetime import timedelta

import pytest

from footlight import clock
from footlight.channels.page import channel_page
from footlight.identities import Person
from footlight.literals import Cap
from footlight.live.record import record_event
from footlight.live.state import (
    REST_SECONDS,
    EncoderStarted,
    EndedByCap,
    EndedByCreator,
    IngressReplaced,
)
from footlight.tables.items import get
from footlight.tables.live import LiveState, live_state
from footlight.watching import admit
from footlight.watching.live_status import live_status
from tests.support.deployment import BEGUN
from tests.support.people import a_person, caller

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def ann(deployed: None) -> Person:
    person = a_person("ann")
    record_event(person.id, IngressReplaced("IN_1"), "creator")
    return person


def current(person: Person) -> LiveState:
    item = get(live_state(person.id), consistent=True)
    assert item
    return item


def advance_clock(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    then = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: then)


@pytest.mark.parametrize("read", ["page", "token", "live status"])
def test_reads_of_a_state_unconfirmed_for_half_a_minute_schedule_one_check(
    ann: Person, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    def read_channel() -> None:
        if read == "page":
            channel_page(caller(None), "ann")
        elif read == "live status":
            live_status("ann")
        else:
            admit.admit(caller(None), host="ann", tab=None)

    read_channel()
    assert BEGUN == []
    advance_clock(monkeypatch, 31)
    read_channel()
    read_channel()
    assert [{"channel": ann.id}] == BEGUN


@pytest.mark.parametrize("seconds", [REST_SECONDS - 5, REST_SECONDS + 1])
def test_reads_by_anyone_end_a_rest_that_has_passed_once(
    ann: Person, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    record_event(ann.id, EndedByCreator(), "creator")
    advance_clock(monkeypatch, seconds)
    live_status("ann")
    channel_page(caller(None), "ann")
    has_rested = seconds > REST_SECONDS
    assert [task for task in BEGUN if "finishes" in task] == (
        [{"channel": ann.id, "finishes": True}] if has_rested else []
    )


@pytest.mark.parametrize("cap", ["live_channels", "daily_hours"])
def test_reads_leave_a_rest_for_the_daily_hours_to_the_reconciler(
    ann: Person, monkeypatch: pytest.MonkeyPatch, cap: Cap
) -> None:
    """It lasts for hours, and a place among the live channels may be free at any time."""
    record_event(ann.id, EncoderStarted("IN_1", 1, 1), "webhook")
    broadcast_id = current(ann).session_id
    assert broadcast_id
    record_event(ann.id, EndedByCap(broadcast_id, cap), "reconciler")
    advance_clock(monkeypatch, REST_SECONDS + 1)
    live_status("ann")
    assert ({"channel": ann.id, "finishes": True} in BEGUN) == (cap == "live_channels")


def test_a_state_that_a_webhook_just_wrote_is_trusted(
    ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance_clock(monkeypatch, 60)
    record_event(ann.id, EncoderStarted("IN_1", 1, 1), "webhook")
    channel_page(caller(None), "ann")
    assert BEGUN == []


def test_a_channel_without_an_ingress_is_never_checked(
    deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person("bob")
    advance_clock(monkeypatch, 99)
    channel_page(caller(None), "bob")
    assert BEGUN == []
