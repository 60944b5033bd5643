"""The running stack with production's rate limits."""

from collections.abc import Iterator

import pytest

from tests.stack.support import Stack, stack_with_limits


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Use the running local stack, or start one, with production's rate limits."""
    yield from stack_with_limits("on")
