"""Instants: whole milliseconds, and exact conversions."""

from datetime import UTC, datetime, timedelta, timezone

from footlight import clock

INSTANT = datetime(2026, 11, 30, 2, 5, 7, 89_000, tzinfo=UTC)


def test_the_current_instant_has_whole_milliseconds() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert now.microsecond % 1000 == 0
    assert before - timedelta(milliseconds=1) < now <= datetime.now(UTC)


def test_every_instant_converts_to_milliseconds_and_text_and_back() -> None:
    for milliseconds in range(1000):
        instant = INSTANT.replace(microsecond=milliseconds * 1000)
        assert clock.from_ms(clock.ms(instant)) == instant
        assert clock.parse(clock.iso(instant)) == instant


def test_microseconds_are_cut_off() -> None:
    late = INSTANT.replace(microsecond=89_999)
    assert clock.ms(late) == clock.ms(INSTANT)
    assert clock.iso(late) == clock.iso(INSTANT)


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    assert clock.iso(INSTANT.astimezone(india)) == "2026-11-30T02:05:07.089Z"
    assert clock.iso(INSTANT.replace(microsecond=0)) == "2026-11-30T02:05:07.000Z"


def test_nanoseconds_convert_to_the_same_milliseconds() -> None:
    for milliseconds in range(1000):
        instant = INSTANT.replace(microsecond=milliseconds * 1000)
        nanoseconds = clock.ms(instant) * 1_000_000
        assert clock.iso(clock.from_nanoseconds(nanoseconds)) == clock.iso(instant)
