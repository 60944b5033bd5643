"""Of 20 concurrent posts by one person in slow mode, one succeeds and the others get `slow_mode`.

Each round has a new guest.
"""

import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Final

import pytest

from tests.stack.rooms import admitted
from tests.stack.support import Answer, Api, Stack, broadcast, wait_until
from tests.support import effort

pytestmark = pytest.mark.attack

HOST: Final = "dan"
AT_ONCE: Final = 20
STEP: Final = 4
DELAY_MS: Final = 60_000
MAX_ROUND_SECONDS: Final = 30.0
MAX_ATTEMPTS: Final = 5
PATH: Final = f"/api/chat/{HOST}"


@pytest.fixture
def slow(stack: Stack) -> Iterator[Api]:
    """A live creator in slow mode."""
    with broadcast(stack, HOST) as host:
        settings = {"isChatDelayed": True, "chat": {"delaySeconds": DELAY_MS // 1000}}
        assert host.patch("/api/stream", settings).status == 200
        yield host
        settings = {"isChatDelayed": False, "chat": {"delaySeconds": 3}}
        assert host.patch("/api/stream", settings).status == 200


@pytest.mark.usefixtures("slow")
def test_exactly_one_of_twenty_concurrent_posts_succeeds(stack: Stack) -> None:
    tabs = [Api(stack.site_url, None) for _ in range(AT_ONCE)]

    def new_guest() -> None:
        token = admitted(stack.api(), HOST)["token"]
        for tab in tabs:
            tab.token = token

    def post(tab: Api, together: Barrier) -> list[Answer]:
        """Return all responses. Like the site, retry a 503 with the same id."""
        message = {"text": "me first", "id": str(uuid.uuid4())}
        together.wait()
        answers = [tab.post(PATH, message)]
        while answers[-1].status == 503 and len(answers) < MAX_ATTEMPTS:
            answers.append(tab.post(PATH, message))
        return answers

    attempts, rounds = 0, effort.chosen().rounds
    with ThreadPoolExecutor(AT_ONCE) as threads:
        # Warm up enough functions (see test_resets.py).
        for count in range(STEP, AT_ONCE + 1, STEP):
            new_guest()
            list(threads.map(post, tabs[:count], [Barrier(count)] * count))
        for _ in range(rounds):
            new_guest()
            all_answers = list(threads.map(post, tabs, [Barrier(AT_ONCE)] * AT_ONCE))
            attempts += sum(map(len, all_answers))
            last = [answers[-1] for answers in all_answers]
            passed = [answer.json for answer in last if answer.status in (200, 201)]
            slowed = [answer for answer in last if answer.refused_with(429, "slow_mode")]
            assert (len(passed), len(slowed)) == (1, AT_ONCE - 1), all_answers
            for answer in slowed:
                remaining_ms = answer.json["error"]["retryAfterMs"]
                assert DELAY_MS - MAX_ROUND_SECONDS * 1000 < remaining_ms <= DELAY_MS
                assert answer.headers["Retry-After"]
            history = wait_until(
                lambda: tabs[0].get(PATH).json.get("messages"),
                within=MAX_ROUND_SECONDS,
                what="the history",
            )
            theirs = [message for message in history if message["from"] == passed[0]["from"]]
            assert theirs == passed
    sys.stdout.write(
        f"{rounds} rounds: {attempts - rounds * AT_ONCE} of {attempts} answers were 503\n"
    )
