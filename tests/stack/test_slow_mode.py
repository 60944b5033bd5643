"""Twenty posts of one person at the same moment in slow mode: one passes, and the others are told.

`FOOTLIGHT_ROUNDS` says how often, each time with a guest who was never there before.
"""

import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, broadcast

HOST: Final = "dan"
AT_ONCE: Final = 20
STEP: Final = 4
ROUNDS: Final = int(os.environ.get("FOOTLIGHT_ROUNDS") or 10)
DELAY_SECONDS: Final = 60


@pytest.fixture
def slow(stack: Stack) -> Iterator[Api]:
    """A creator who is live, in slow mode."""
    with broadcast(stack, HOST) as host:
        settings = {"isChatDelayed": True, "chat": {"delaySeconds": DELAY_SECONDS}}
        assert host.patch("/api/stream", settings).status == 200
        yield host
        settings = {"isChatDelayed": False, "chat": {"delaySeconds": 3}}
        assert host.patch("/api/stream", settings).status == 200


@pytest.mark.usefixtures("slow")
def test_of_twenty_posts_at_once_exactly_one_passes(stack: Stack) -> None:
    def seat() -> Api:
        return Api(stack.site_url, admitted(stack.api(), HOST)["token"])

    def post(of: Api, together: Barrier) -> Answer:
        together.wait()
        text = {"text": "me first", "id": str(uuid.uuid4())}
        return of.post(f"/api/chat/{HOST}", text)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        # As many functions are warm then; see test_resets.py.
        for count in range(STEP, AT_ONCE + 1, STEP):
            list(threads.map(post, [seat()] * count, [Barrier(count)] * count))
        for _ in range(ROUNDS):
            guest = seat()
            answers = list(threads.map(post, [guest] * AT_ONCE, [Barrier(AT_ONCE)] * AT_ONCE))
            passed = [answer for answer in answers if answer.status == 201]
            slowed = [answer for answer in answers if answer.refused_with(429, "slow_mode")]
            assert (len(passed), len(slowed)) == (1, AT_ONCE - 1), answers
            for answer in slowed:
                left_ms = answer.json["error"]["retryAfterMs"]
                assert 0 < left_ms <= DELAY_SECONDS * 1000
                assert answer.headers["Retry-After"]
            history = guest.get(f"/api/chat/{HOST}").json["messages"]
            theirs = [m for m in history if m["from"] == passed[0].json["from"]]
            assert theirs == [passed[0].json]
