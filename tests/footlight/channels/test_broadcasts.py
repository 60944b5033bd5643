"""The list of a creator's past broadcasts on the dashboard."""

import pytest

from footlight import clock
from footlight.channels.broadcasts import PAGE, past_broadcasts
from footlight.errors import InvalidRequest
from footlight.identities import Person
from footlight.live.record import record_event
from footlight.live.state import (
    EncoderStarted,
    EndedByCreator,
    IngressReplaced,
    RestEnded,
    RoomSeen,
)
from tests.support.people import a_person

pytestmark = pytest.mark.usefixtures("deployed")

SECOND = 1_000_000_000
BEGINNING = 1_795_550_400 * SECOND


@pytest.fixture
def ann(deployed: None) -> Person:
    person = a_person("ann")
    record_event(person.id, IngressReplaced("IN_1"), "creator")
    return person


def record_broadcast(person: Person, number: int = 0, *viewers: int) -> None:
    at = BEGINNING + number * 100 * SECOND
    record_event(person.id, EncoderStarted("IN_1", at, at), "webhook")
    for count in viewers:
        record_event(
            person.id, RoomSeen(is_publishing=True, viewers=count, is_sample=True), "reconciler"
        )
    record_event(person.id, EndedByCreator(), "creator")
    record_event(person.id, RestEnded(is_early=True), "creator")


def test_a_past_broadcast_lists_its_times_and_viewer_counts(ann: Person) -> None:
    record_broadcast(ann, 0, 3, 8, 4)
    (session,) = past_broadcasts(ann, None).sessions
    assert clock.iso(session.started_at) == "2026-11-24T20:00:00.000Z"
    assert session.ended_at >= session.started_at
    assert (session.reason, session.peak_viewers, session.average_viewers) == ("ended", 8, 5)


def test_past_broadcasts_are_listed_newest_first_in_pages(ann: Person) -> None:
    for number in range(PAGE + 3):
        record_broadcast(ann, number)
    first = past_broadcasts(ann, None)
    assert first.next
    second = past_broadcasts(ann, first.next)
    starts = [session.started_at for session in [*first.sessions, *second.sessions]]
    assert starts == sorted(starts, reverse=True)
    assert (len(first.sessions), len(second.sessions), second.next) == (PAGE, 3, None)


def test_a_creator_sees_only_their_own_broadcasts(ann: Person) -> None:
    record_broadcast(ann)
    assert past_broadcasts(a_person("bob"), None).sessions == []


def test_a_cursor_of_another_list_is_rejected(ann: Person) -> None:
    with pytest.raises(InvalidRequest):
        past_broadcasts(ann, "WyJsaXZlIiwieCJd")
