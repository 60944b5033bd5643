"""A run of the reconciler with more channels than one function checks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import pytest

from footlight import clock
from footlight.sync.run import PART_CHANNELS
from footlight.tables import live
from tests.stack.support import Stack, aws, stored, table_name, wait_until

CHANNELS: Final = PART_CHANNELS + 50
CHECKED_WITHIN_SECONDS: Final = 90.0
"""The next run starts within a minute. The one after it has the same channels in its own part."""


def channel(number: int) -> dict[str, Any]:
    """Return the item of a channel that has been live for an hour, but has no room in LiveKit."""
    user_id = f"{number:032x}"
    start = clock.now() - timedelta(hours=1)
    state = live.live_state(user_id).new(
        user_id=user_id,
        live=True,
        session_id=f"{clock.ms(start):013d}",
        session_started_at=start,
        verified_at=start,
        **live.by_viewers(user_id, 0).attributes(),
    )
    return state.serialize()


@pytest.fixture
def channels(stack: Stack) -> Iterator[set[str]]:
    """Write the channels, and delete what is left of them at the end."""
    items = [channel(number) for number in range(CHANNELS)]
    _write([{"PutRequest": {"Item": item}} for item in items])
    user_ids = {item["user_id"]["S"] for item in items}
    yield user_ids
    _write(
        [
            {"DeleteRequest": {"Key": {"pk": item["pk"], "sk": item["sk"]}}}
            for item in stored()
            if item["pk"]["S"].partition("#")[2] in user_ids
        ]
    )


def _write(requests: list[dict[str, Any]]) -> None:
    table = table_name()
    for first in range(0, len(requests), 25):
        batch = requests[first : first + 25]
        answer = aws("dynamodb").batch_write_item(RequestItems={table: batch})
        assert not answer["UnprocessedItems"]


def test_a_run_hands_the_channels_beyond_its_own_part_to_another_invocation(
    channels: set[str],
) -> None:
    def all_checked() -> bool:
        states = [item for item in stored("live") if item["user_id"]["S"] in channels]
        return len(states) == CHANNELS and not any(item["live"]["BOOL"] for item in states)

    wait_until(
        all_checked,
        within=CHECKED_WITHIN_SECONDS,
        what="the check of every channel in LiveKit",
        every=2.0,
    )
