"""The state machine, one event at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footlight.live.state import (
    EncoderStarted,
    EncoderStopped,
    EndedByCap,
    EndedByCreator,
    IngressReplaced,
    LiveEvent,
    LiveRecord,
    RestEnded,
    RoomSeen,
    Transition,
    reduce,
    state_of,
)

GRACE = 75
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
S = 1_795_550_400_000_000_000
"""NOW in LiveKit's nanoseconds."""


EMPTY = RoomSeen(is_publishing=False)
MEDIA = RoomSeen(is_publishing=True)


def after(*events: LiveEvent | int, ingress: str | None = "IN_1") -> Transition:
    """Return the last transition after some events. A number lets that many seconds pass."""
    now, transition = NOW, Transition(LiveRecord(ingress_id=ingress))
    for event in events:
        if isinstance(event, int):
            now += timedelta(seconds=event)
        else:
            transition = reduce(transition.record, event, now, GRACE)
    return transition


def started(second: int = 0, later: int = 1, ingress: str = "IN_1") -> EncoderStarted:
    at = S + second * 1_000_000_000
    return EncoderStarted(ingress, at, at + later)


def stopped(second: int = 0, later: int = 2, ingress: str = "IN_1") -> EncoderStopped:
    at = S + second * 1_000_000_000
    return EncoderStopped(ingress, at, at + later)


def test_a_start_begins_a_broadcast_at_livekits_instant() -> None:
    record = after(started()).record
    assert record.is_live
    assert record.broadcast
    assert (record.broadcast.id, record.broadcast.started_at) == ("1795550400000", NOW)


def test_a_stop_begins_the_grace_period_when_the_room_is_empty() -> None:
    reported = after(started(), 10, stopped())
    assert reported.needs_check
    assert reported.record.is_live
    record = after(started(), 10, stopped(), EMPTY).record
    assert not record.is_live
    assert record.ended_at == NOW + timedelta(seconds=10)
    assert record.broadcast


@pytest.mark.parametrize("back", [started(20), RoomSeen(is_publishing=True)])
def test_an_encoder_that_reconnects_within_the_grace_period_resumes_its_broadcast(
    back: LiveEvent,
) -> None:
    transition = after(started(), 10, stopped(), EMPTY, GRACE - 1, back)
    assert transition.record.is_live
    assert transition.record.broadcast
    assert transition.record.broadcast.id == "1795550400000"
    assert transition.ended is None


@pytest.mark.parametrize("back", [started(90), RoomSeen(is_publishing=True)])
def test_an_encoder_that_reconnects_later_starts_another_broadcast_and_ends_the_first(
    back: LiveEvent,
) -> None:
    transition = after(started(), 10, stopped(), EMPTY, GRACE, back)
    assert transition.ended
    assert transition.ended.broadcast.id == "1795550400000"
    assert (transition.ended.reason, transition.ended.ended_at) == (
        "stopped",
        NOW + timedelta(seconds=10),
    )
    assert transition.record.broadcast
    assert transition.record.broadcast.id != "1795550400000"


def test_a_check_after_the_grace_period_ends_the_broadcast() -> None:
    transition = after(started(), 10, stopped(), EMPTY, GRACE, RoomSeen(is_publishing=False))
    assert transition.ended
    assert transition.record.broadcast is None
    assert transition.record.ended_at is None


def test_the_creator_ends_a_broadcast_without_a_grace_period() -> None:
    transition = after(started(), 10, EndedByCreator())
    record = transition.record
    assert (record.is_live, record.ended_at, record.broadcast) == (False, None, None)
    assert transition.ended
    assert transition.ended.reason == "ended"


def test_a_broadcast_that_its_creator_ends_in_the_grace_period_ended_with_the_stop() -> None:
    ended = after(started(), 10, stopped(), EMPTY, 5, EndedByCreator()).ended
    assert ended
    assert (ended.reason, ended.ended_at) == ("ended", NOW + timedelta(seconds=10))


def test_events_of_a_broadcast_that_its_creator_ended_are_late() -> None:
    record = after(started(), 10, EndedByCreator()).record
    for late in (started(0, 5), stopped(0, 5)):
        assert reduce(record, late, NOW, GRACE).record.is_live is False
    rested = reduce(record, RestEnded(is_early=True), NOW, GRACE).record
    for late in (started(0, 5), stopped(0, 5)):
        assert reduce(rested, late, NOW, GRACE).record.is_live is False
    assert reduce(rested, started(12), NOW, GRACE).record.is_live


ENDED = (started(), 10, MEDIA, EndedByCreator())


@pytest.mark.parametrize("back", [started(12), MEDIA])
def test_neither_an_encoder_nor_media_bring_a_channel_back_while_its_key_rests(
    back: LiveEvent,
) -> None:
    assert not after(*ENDED, 2, back).record.is_live
    assert not after(*ENDED, 59, back).record.is_live
    assert not after(*ENDED, 59, RestEnded(), back).record.is_live
    assert not after(*ENDED, 600, back).record.is_live  # LiveKit has not turned the key on.
    assert after(*ENDED, 60, RestEnded(), back).record.is_live
    assert after(*ENDED, 15, RestEnded(is_early=True), back).record.is_live
    assert after(*ENDED, IngressReplaced("IN_2"), 15, MEDIA).record.is_live


def test_a_channel_without_a_key_has_nothing_to_end() -> None:
    assert after(EndedByCreator(), ingress=None).record == LiveRecord()


CAPPED = (started(), 10, MEDIA, EndedByCap("1795550400000", "live_channels"))


def test_a_broadcast_over_a_cap_ends_and_its_key_rests() -> None:
    transition = after(*CAPPED)
    record = transition.record
    assert transition.ended
    assert transition.ended.reason == "capped"
    assert (record.is_live, record.broadcast, record.ended_at) == (False, None, None)
    assert record.resting_for == "live_channels"
    for back in (started(12), MEDIA):
        assert not after(*CAPPED, 59, RestEnded(), back).record.is_live
        assert after(*CAPPED, 60, RestEnded(), back).record.is_live
    assert after(*CAPPED, 60, RestEnded()).record.resting_for is None


def test_a_cap_does_not_end_another_broadcast() -> None:
    other = EndedByCap("1795550399999", "live_channels")
    live = after(started(), 10, MEDIA).record
    assert reduce(live, other, NOW, GRACE).record == live
    offline = after(started(), 10, EMPTY, GRACE, EMPTY).record
    assert reduce(offline, CAPPED[-1], NOW, GRACE).record == offline


def test_a_rest_for_a_cap_stays_one_until_it_ends() -> None:
    rest = NOW + timedelta(seconds=10 + 60)
    for event in (IngressReplaced("IN_2"), IngressReplaced(None), started(40), MEDIA, EMPTY):
        record = after(*CAPPED, 40, event).record
        assert (record.resting_until, record.resting_for) == (rest, "live_channels")
    for seconds, end in ((40, RestEnded(is_early=True)), (60, RestEnded())):
        ended = after(*CAPPED, seconds, end).record
        assert (ended.resting_until, ended.resting_for) == (None, None)


def test_an_end_by_the_creator_during_a_rest_for_a_cap_starts_another_minute() -> None:
    ended = after(*CAPPED, 40, EndedByCreator())
    assert ended.record.resting_for == "live_channels"
    assert ended.record.resting_until == NOW + timedelta(seconds=10 + 40 + 60)
    assert after(*CAPPED, 40, EndedByCreator(), 59, RestEnded()).record == ended.record


HOUR = 3_600


def streamed(*events: LiveEvent | int) -> int:
    return after(*events).record.streamed_seconds


def test_all_broadcasts_of_a_day_count_whatever_ended_them() -> None:
    assert streamed(started(), HOUR) == 0  # It is counted when it ends.
    one = (started(), HOUR, EndedByCreator())
    assert streamed(*one) == HOUR
    another = (*one, RestEnded(is_early=True), started(HOUR), 600, IngressReplaced("IN_2"))
    assert streamed(*another) == HOUR + 600
    third = (*another, started(HOUR + 600, ingress="IN_2"), 60, EMPTY, GRACE, EMPTY)
    assert streamed(*third) == HOUR + 660


def test_a_drop_within_the_grace_period_counts() -> None:
    assert streamed(started(), 10, EMPTY, GRACE - 1, MEDIA, 10, EndedByCreator()) == 94


def test_a_day_starts_at_midnight_in_utc() -> None:
    """The broadcast starts at 20:00."""
    over_midnight = (started(), 5 * HOUR, EndedByCreator())
    assert streamed(*over_midnight) == HOUR
    yesterday = (started(), HOUR, EndedByCreator(), RestEnded(is_early=True))
    assert streamed(*yesterday, 4 * HOUR, MEDIA, 60, EndedByCreator()) == 60


def test_an_encoder_whose_clock_is_ahead_has_not_streamed() -> None:
    assert streamed(started(5), 3, EndedByCreator()) == 0


def test_another_ingress_ends_the_broadcast_and_ignores_events_of_the_old_ingress() -> None:
    transition = after(started(), 10, IngressReplaced("IN_2"))
    assert transition.ended
    assert transition.ended.reason == "reset"
    record = transition.record
    at = NOW + timedelta(seconds=10)
    assert record == LiveRecord(
        ingress_id="IN_2",
        verified_at=at,
        reported_at=at,
        streamed_until=at,
        streamed_seconds=10,
    )
    assert not reduce(record, started(20), NOW, GRACE).record.is_live
    assert reduce(record, started(20, ingress="IN_2"), NOW, GRACE).record.is_live


@pytest.mark.parametrize(
    "late",
    [started(), started(-5), stopped(-5), stopped(0, 1)],
    ids=["repeat", "older start", "older stop", "stop as old as the start"],
)
def test_an_event_that_is_not_newer_changes_nothing(late: LiveEvent) -> None:
    before = after(started()).record
    assert reduce(before, late, NOW + timedelta(seconds=9), GRACE).record == before


def test_a_repeated_start_after_a_check_of_an_empty_room_is_ignored() -> None:
    assert not after(started(), 10, RoomSeen(is_publishing=False), started()).record.is_live


def test_a_start_that_arrives_after_its_stop_is_late() -> None:
    assert not after(stopped(0, 2), started(0, 1)).record.is_live


def test_a_stop_while_the_media_continues_does_not_interrupt_the_broadcast() -> None:
    """The size of the picture changes. LiveKit disconnects the encoder ten seconds later."""
    live = after(started(), 20, MEDIA).record
    changed = (started(), 20, MEDIA, stopped(), MEDIA)
    record = after(*changed).record
    assert (record.is_live, record.broadcast) == (True, live.broadcast)
    gone = after(*changed, 10, EMPTY).record
    assert gone.ended_at == NOW + timedelta(seconds=30)
    back = after(*changed, 10, EMPTY, 2, started(32)).record
    assert (back.is_live, back.broadcast) == (True, live.broadcast)


def test_an_empty_room_counts_at_once_after_the_sessions_own_stop() -> None:
    assert not after(started(), 1, stopped(), EMPTY).record.is_live


def test_an_encoder_that_was_refused_does_not_end_a_broadcast_whose_media_is_on_its_way() -> None:
    refused = after(started(), stopped(1))
    assert refused.needs_check
    assert after(started(), stopped(1), EMPTY).record.is_live
    assert not after(started(), stopped(1), 10, EMPTY).record.is_live


def test_an_empty_room_counts_at_once_after_it_has_shown_the_media() -> None:
    assert after(started(), 1, EMPTY).record.is_live
    assert not after(started(), 1, MEDIA, 1, EMPTY).record.is_live


@pytest.mark.parametrize(
    ("joined", "is_live"), [(-1, True), (0, True), (1, False)], ids=["before", "unknown", "after"]
)
def test_an_empty_room_counts_at_once_after_the_starts_own_participant_left(
    joined: int, is_live: bool
) -> None:
    gone = replace(EMPTY, last_joined=S + joined if joined else 0)
    assert after(started(), gone).record.is_live is is_live


def test_a_participant_who_left_does_not_bring_a_channel_back_after_its_end() -> None:
    seen = replace(MEDIA, last_joined=S + 1)
    assert not after(started(), MEDIA, EndedByCreator(), seen).record.is_live


def test_a_start_that_is_reported_twice_changes_nothing() -> None:
    once, twice = after(started()).record, after(started(), started(later=30_000_000)).record
    assert replace(twice, last_updated=once.last_updated) == once


def test_a_session_that_resumes_continues_its_broadcast() -> None:
    """LiveKit restarts: the session's end, and half a second later its start, as at first."""
    resumed = started(later=9)
    assert after(started(), 60, MEDIA, stopped(), resumed).record.is_live
    record = after(started(), 60, MEDIA, stopped(), EMPTY, resumed).record
    assert (record.is_live, record.broadcast) == (True, after(started()).record.broadcast)


def test_a_session_that_resumes_after_its_broadcast_has_ended_starts_another() -> None:
    transition = after(started(), 10, MEDIA, EMPTY, GRACE, started(later=9))
    assert transition.ended
    assert transition.record.broadcast
    assert transition.record.broadcast.id > transition.ended.broadcast.id


def test_encoders_that_knock_make_one_broadcast() -> None:
    """Five connections of 0.3 s, then one that stays. Only the last start has an end."""
    knocks = [event for second in range(6) for event in (started(second), EMPTY)]
    transition = after(*knocks, MEDIA, 600, stopped(5), EMPTY, GRACE, EMPTY)
    assert transition.ended
    assert transition.ended.broadcast.id == "1795550400000"
    assert after(*knocks, MEDIA).record.broadcast == after(started()).record.broadcast


def test_checks_record_viewers_and_samples_are_averaged() -> None:
    checks = [
        RoomSeen(is_publishing=True, viewers=4, is_sample=True),
        RoomSeen(is_publishing=True, viewers=90),
        RoomSeen(is_publishing=True, viewers=7, is_sample=True),
    ]
    ended = after(started(), *checks, EndedByCreator()).ended
    assert after(started(), *checks).record.viewers == 7
    assert ended
    assert (ended.broadcast.peak_viewers, ended.average_viewers) == (90, 6)


def test_a_broadcast_without_a_sample_has_no_average() -> None:
    ended = after(started(), EndedByCreator()).ended
    assert ended
    assert ended.average_viewers is None


def test_a_check_that_agrees_changes_only_the_time_of_confirmation() -> None:
    before = after(started(), MEDIA).record
    at = NOW + timedelta(seconds=40)
    confirmed = reduce(before, RoomSeen(is_publishing=True), at, GRACE).record
    assert replace(confirmed, verified_at=before.verified_at) == before
    assert confirmed.verified_at == at


def test_a_state_that_was_confirmed_recently_is_not_written_again() -> None:
    before = after(started(), MEDIA).record
    at = NOW + timedelta(seconds=29)
    assert reduce(before, RoomSeen(is_publishing=True), at, GRACE) == Transition(before)


REPORTS: list[tuple[LiveEvent | int, ...]] = [
    (started(),),
    (started(), 20, EndedByCreator(), RestEnded(is_early=True)),
    (started(), 20, IngressReplaced("IN_2")),
]


@pytest.mark.parametrize("events", REPORTS, ids=["start", "end", "reset"])
def test_a_room_overrules_a_report_only_after_ten_seconds(
    events: tuple[LiveEvent | int, ...],
) -> None:
    reported = after(*events).record
    contradiction = RoomSeen(is_publishing=not reported.is_live)
    assert after(*events, 9, contradiction).record == reported
    assert after(*events, 10, contradiction).record.is_live != reported.is_live


def test_a_room_that_agrees_counts_at_once() -> None:
    event = RoomSeen(is_publishing=True, viewers=3, is_sample=True)
    assert after(started(), event).record.viewers == 3


@pytest.mark.parametrize(
    ("live", "ended_seconds_ago", "state"),
    [
        (True, None, "live"),
        (False, None, "offline"),
        (False, 74, "reconnecting"),
        (False, 75, "offline"),
    ],
)
def test_the_state_is_computed_on_read(
    live: bool, ended_seconds_ago: int | None, state: str
) -> None:
    ended = None if ended_seconds_ago is None else NOW - timedelta(seconds=ended_seconds_ago)
    assert state_of(live, ended, NOW, GRACE) == state
