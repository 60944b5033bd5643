"""The clock of `footlight`, stopped until a test moves it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from footlight import clock


class Clock:
    """Stands still, 4.5 s into a minute. Access tokens and webhooks still use the real time."""

    START = datetime(2026, 11, 24, 20, 0, 4, 500_000, tzinfo=UTC)

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.START
        monkeypatch.setattr(clock, "now", lambda: self.now)

    @classmethod
    @contextmanager
    def stopped(cls) -> Generator["Clock"]:
        with pytest.MonkeyPatch.context() as patch:
            yield cls(patch)

    @property
    def ms(self) -> int:
        """Milliseconds since 1970."""
        return clock.ms(self.now)

    def after(self, **duration: int) -> str:
        """Return the instant after a duration, in ISO 8601."""
        return clock.iso(self.now + timedelta(**duration))

    def moves(self, **duration: int) -> None:
        """Move the clock forward, or back if the duration is negative."""
        self.now += timedelta(**duration)
