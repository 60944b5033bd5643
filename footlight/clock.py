"""Instants: aware datetimes in UTC inside, ISO 8601 with milliseconds and `Z` on the wire."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the current instant in UTC, to the millisecond, which is what the table stores."""
    return truncated(datetime.now(UTC))


def truncated(instant: datetime) -> datetime:
    """Return an instant without the fraction of a millisecond, which the table doesn't store."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def now_ms() -> int:
    """Return the current time, in milliseconds since 1970."""
    return ms(now())


def ms(instant: datetime) -> int:
    """Return an instant in milliseconds since 1970."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def iso(instant: datetime) -> str:
    """Return an instant as the API writes it, such as `2026-11-24T00:08:14.123Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_nanoseconds(nanoseconds: int) -> datetime:
    """Return the instant of nanoseconds since 1970, such as LiveKit's `startedAt`."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)


def from_ms(milliseconds: int) -> datetime:
    """Return the instant of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def parse(text: str) -> datetime:
    """Return the instant that `iso` wrote."""
    return datetime.fromisoformat(text)
