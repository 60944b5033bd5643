"""Instants: aware datetimes in UTC inside, ISO 8601 with milliseconds and `Z` on the wire."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the current instant in UTC, to the millisecond, which is what the table stores."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def now_ms() -> int:
    """The present instant, in milliseconds since 1970."""
    return ms(now())


def ms(instant: datetime) -> int:
    """An instant in milliseconds since 1970."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def iso(instant: datetime) -> str:
    """`2026-11-24T00:08:14.123Z`"""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_nanoseconds(nanoseconds: int) -> datetime:
    """LiveKit's `startedAt` and `updatedAt` are nanoseconds since 1970."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def from_ms(milliseconds: int) -> datetime:
    """An instant that `now_ms` gave."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def parse(text: str) -> datetime:
    """An instant as `iso` wrote it."""
    return datetime.fromisoformat(text)
