"""Fixtures of the domain's tests."""

import pytest


@pytest.fixture
def no_livekit(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """LiveKit can't be reached."""
    monkeypatch.setenv("FOOTLIGHT_LIVEKIT_URL", "ws://127.0.0.1:9")
