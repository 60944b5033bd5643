"""The one clock, standing still until a test moves it."""

from datetime import UTC, datetime, timedelta

import pytest

from footlight import clock


class Clock:
    """Stands at an instant in the middle of everything; tokens go by the real time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2026, 11, 24, 20, 0, 4, 500_000, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: self.now)

    @property
    def ms(self) -> int:
        """Milliseconds since 1970."""
        return clock.ms(self.now)

    def after(self, **by: int) -> str:
        """The instant so much later, as the wire has it."""
        return clock.iso(self.now + timedelta(**by))

    def moves(self, **by: int) -> None:
        """Time passes."""
        self.now += timedelta(**by)
