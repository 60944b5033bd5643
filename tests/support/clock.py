"""The clock of `footlight`, stopped until a test moves it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import jwt.api_jwt
import pytest

from footlight import clock


class _StoppedDatetime(datetime):
    """PyJWT's `datetime`: it checks `exp`, `nbf` and `iat` by the stopped clock too."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(clock.now().timestamp(), tz)


class Clock:
    """Stands still, 4.5 s into a minute, also for tokens that are signed or verified."""

    START = datetime(2026, 11, 24, 20, 0, 4, 500_000, tzinfo=UTC)

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.START
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(jwt.api_jwt, "datetime", _StoppedDatetime)

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
