"""Twenty posts of one person at the same moment in slow mode: one passes, and the others are told.

`FOOTLIGHT_ROUNDS` says how often, each time with a guest who was never there before.
"""

import os
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, broadcast, wait_until

HOST: Final = "dan"
AT_ONCE: Final = 20
STEP: Final = 4
ROUNDS: Final = int(os.environ.get("FOOTLIGHT_ROUNDS") or 10)
DELAY_MS: Final = 60_000
PATIENCE: Final = 30.0
TRIES: Final = 5
PATH: Final = f"/api/chat/{HOST}"


@pytest.fixture
def slow(stack: Stack) -> Iterator[Api]:
    """A creator who is live, in slow mode."""
    with broadcast(stack, HOST) as host:
        settings = {"isChatDelayed": True, "chat": {"delaySeconds": DELAY_MS // 1000}}
        assert host.patch("/api/stream", settings).status == 200
        yield host
        settings = {"isChatDelayed": False, "chat": {"delaySeconds": 3}}
        assert host.patch("/api/stream", settings).status == 200


@pytest.mark.usefixtures("slow")
def test_of_twenty_posts_at_once_exactly_one_passes(stack: Stack) -> None:
    tabs = [Api(stack.site_url, None) for _ in range(AT_ONCE)]

    def new_guest() -> None:
        token = admitted(stack.api(), HOST)["token"]
        for tab in tabs:
            tab.token = token

    def post(tab: Api, together: Barrier) -> list[Answer]:
        """All answers: after a 503 the same id is sent again, as a page does."""
        message = {"text": "me first", "id": str(uuid.uuid4())}
        together.wait()
        answers = [tab.post(PATH, message)]
        while answers[-1].status == 503 and len(answers) < TRIES:
            answers.append(tab.post(PATH, message))
        return answers

    tries = 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # As many functions are warm then; see test_resets.py.
        for count in range(STEP, AT_ONCE + 1, STEP):
            new_guest()
            list(threads.map(post, tabs[:count], [Barrier(count)] * count))
        for _ in range(ROUNDS):
            new_guest()
            all_answers = list(threads.map(post, tabs, [Barrier(AT_ONCE)] * AT_ONCE))
            tries += sum(map(len, all_answers))
            last = [answers[-1] for answers in all_answers]
            passed = [answer.json for answer in last if answer.status in (200, 201)]
            slowed = [answer for answer in last if answer.refused_with(429, "slow_mode")]
            assert (len(passed), len(slowed)) == (1, AT_ONCE - 1), all_answers
            for answer in slowed:
                left_ms = answer.json["error"]["retryAfterMs"]
                assert DELAY_MS - PATIENCE * 1000 < left_ms <= DELAY_MS
                assert answer.headers["Retry-After"]
            history = wait_until(
                lambda: tabs[0].get(PATH).json.get("messages"), within=PATIENCE, what="the history"
            )
            theirs = [message for message in history if message["from"] == passed[0]["from"]]
            assert theirs == passed
    sys.stdout.write(f"{ROUNDS} rounds: {tries - ROUNDS * AT_ONCE} of {tries} answers were 503\n")
