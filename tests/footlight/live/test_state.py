"""What each piece of news makes of a channel: the state machine, read aloud."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from footlight.live.state import (
    Change,
    EndedByCreator,
    IngressReplaced,
    Known,
    News,
    Seen,
    Started,
    Stopped,
    reduce,
    state_of,
)

GRACE = 75
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
S = 1_795_550_400_000_000_000
"""NOW in LiveKit's nanoseconds."""


def after(*news: News | int, ingress: str | None = "IN_1") -> Change:
    """What becomes of a channel by these, one after another; a number lets seconds pass."""
    now, change = NOW, Change(Known(ingress_id=ingress))
    for each in news:
        if isinstance(each, int):
            now += timedelta(seconds=each)
        else:
            change = reduce(change.known, each, now, GRACE)
    return change


def started(second: int = 0, later: int = 1, ingress: str = "IN_1") -> Started:
    at = S + second * 1_000_000_000
    return Started(ingress, at, at + later)


def stopped(second: int = 0, later: int = 2, ingress: str = "IN_1") -> Stopped:
    at = S + second * 1_000_000_000
    return Stopped(ingress, at, at + later)


def test_an_encoder_that_comes_begins_a_broadcast_at_livekits_instant() -> None:
    known = after(started()).known
    assert known.is_live
    assert known.session
    assert (known.session.id, known.session.started_at) == ("1795550400000", NOW)


def test_an_encoder_that_goes_begins_the_grace() -> None:
    known = after(started(), 10, stopped()).known
    assert not known.is_live
    assert known.ended_at == NOW + timedelta(seconds=10)
    assert known.session


@pytest.mark.parametrize("back", [started(20), Seen(is_publishing=True)])
def test_one_that_comes_back_within_the_grace_goes_on_with_its_broadcast(back: News) -> None:
    change = after(started(), 10, stopped(), GRACE - 1, back)
    assert change.known.is_live
    assert change.known.session
    assert change.known.session.id == "1795550400000"
    assert change.closed is None


@pytest.mark.parametrize("back", [started(90), Seen(is_publishing=True)])
def test_one_that_comes_back_later_begins_another_and_closes_the_first(back: News) -> None:
    change = after(started(), 10, stopped(), GRACE, back)
    assert change.closed
    assert change.closed.session.id == "1795550400000"
    assert (change.closed.reason, change.closed.ended_at) == (
        "stopped",
        NOW + timedelta(seconds=10),
    )
    assert change.known.session
    assert change.known.session.id != "1795550400000"


def test_a_look_after_the_grace_closes_the_broadcast() -> None:
    change = after(started(), 10, stopped(), GRACE, Seen(is_publishing=False))
    assert change.closed
    assert change.known.session is None
    assert change.known.ended_at is None


def test_a_creator_ends_it_without_a_grace() -> None:
    change = after(started(), 10, EndedByCreator())
    assert (change.known.is_live, change.known.ended_at, change.known.session) == (
        False,
        None,
        None,
    )
    assert change.closed
    assert change.closed.reason == "ended"


def test_a_creator_who_ends_it_in_its_grace_ends_it_when_the_encoder_went() -> None:
    change = after(started(), 10, stopped(), 5, EndedByCreator())
    assert change.closed
    assert (change.closed.reason, change.closed.ended_at) == ("ended", NOW + timedelta(seconds=10))


def test_what_livekit_told_of_a_broadcast_that_its_creator_ended_is_late() -> None:
    known = after(started(), 10, EndedByCreator()).known
    for late in (started(0, 5), stopped(0, 5)):
        assert reduce(known, late, NOW, GRACE).known.is_live is False
    assert reduce(known, started(12), NOW, GRACE).known.is_live


def test_another_ingress_ends_it_and_forgets_what_was_told_of_the_old_one() -> None:
    change = after(started(), 10, IngressReplaced("IN_2"))
    assert change.closed
    assert change.closed.reason == "reset"
    assert change.known == Known(ingress_id="IN_2", verified_at=NOW + timedelta(seconds=10))
    assert not reduce(change.known, started(20), NOW, GRACE).known.is_live  # the old key's
    assert reduce(change.known, started(20, ingress="IN_2"), NOW, GRACE).known.is_live


@pytest.mark.parametrize(
    "late",
    [started(), started(-5), stopped(-5), stopped(0, 1)],
    ids=["repeat", "older start", "older end", "end as old as the start"],
)
def test_what_is_not_newer_changes_nothing(late: News) -> None:
    before = after(started()).known
    assert reduce(before, late, NOW + timedelta(seconds=9), GRACE) == Change(before)


def test_a_start_that_is_told_again_after_a_look_found_nobody_is_no_news() -> None:
    assert not after(started(), Seen(is_publishing=False), started()).known.is_live


def test_an_end_that_comes_before_its_start_makes_the_start_late() -> None:
    assert not after(stopped(0, 2), started(0, 1)).known.is_live


def test_the_end_of_another_session_is_a_question() -> None:
    change = after(started(), stopped(10))
    assert change.is_unsure
    assert change.known == after(started()).known


def test_a_look_says_how_many_watch_and_the_minutes_ones_are_averaged() -> None:
    looks = [
        Seen(is_publishing=True, viewers=4, is_sample=True),
        Seen(is_publishing=True, viewers=90),
        Seen(is_publishing=True, viewers=7, is_sample=True),
    ]
    change = after(started(), *looks, EndedByCreator())
    assert after(started(), *looks).known.viewers == 7
    assert change.closed
    assert (change.closed.session.peak_viewers, change.closed.average_viewers) == (90, 6)


def test_a_broadcast_that_nobody_looked_at_has_no_average() -> None:
    change = after(started(), EndedByCreator())
    assert change.closed
    assert change.closed.average_viewers is None


def test_a_look_that_agrees_confirms_and_no_more() -> None:
    before = after(started()).known
    at = NOW + timedelta(seconds=40)
    seen = reduce(before, Seen(is_publishing=True), at, GRACE).known
    assert replace(seen, verified_at=before.verified_at) == before
    assert seen.verified_at == at


@pytest.mark.parametrize(
    ("live", "ended_seconds_ago", "state"),
    [
        (True, None, "live"),
        (False, None, "offline"),
        (False, 74, "reconnecting"),
        (False, 75, "offline"),
    ],
)
def test_the_grace_is_a_matter_of_reading(
    live: bool, ended_seconds_ago: int | None, state: str
) -> None:
    ended = None if ended_seconds_ago is None else NOW - timedelta(seconds=ended_seconds_ago)
    assert state_of(live, ended, NOW, GRACE) == state
