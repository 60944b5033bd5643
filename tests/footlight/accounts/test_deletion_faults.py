"""A fault at each call of a deletion: it ends in the same table, and deletes nothing of others."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from footlight.accounts import deletion, erasure
from footlight.errors import Unavailable
from footlight.people.oidc import Claims
from footlight.tables import deletions
from footlight.tables.items import get
from tests.footlight.accounts.test_deletion import fill
from tests.support.clock import Clock
from tests.support.deployment import forget
from tests.support.process import FAULTS, Killed, process
from tests.support.stored import stored
from tests.support.world import World

Minutes = Callable[[], int]
Drawn = Callable[[Sequence[Any]], Sequence[Any]]

NONE = "none"


class Attempts:
    """Deletions of ann's account, each from the same beginning."""

    def __init__(self, world: World, minutes: Minutes, time: Clock) -> None:
        self._world, self._minutes, self._time = world, minutes, time
        self.request_calls = self._calls_of_request()
        self.run_calls = self._calls_of_run()
        self._begin()
        self._request(0, NONE)
        minutes()
        self._clean = world.meaning()

    def cases(self) -> list[tuple[str, int, str]]:
        """Return each call of the request and of both passes, with each fault."""
        parts = {"request": self.request_calls, "first": self.run_calls, "second": self.run_calls}
        return [
            (part, nth, fault)
            for part, calls in parts.items()
            for nth in range(1, calls + 1)
            for fault in FAULTS
        ]

    def check(self, part: str, nth: int, fault: str) -> None:
        """Meet a fault in one part. Then let the reconciler run each minute."""
        self._begin()
        if part == "request":
            self._request(nth, fault)
            self._check_all_or_nothing()
        if get(deletions.deletion(self._world.people.ann.id), consistent=True) is None:
            self._request(0, NONE)
        if part == "first":
            self._run(nth, fault)
        if part == "second":
            self._run(0, NONE)
            self._time.moves(seconds=31)
            self._run(nth, fault)
        self._minutes()
        assert self._world.meaning() == self._clean
        assert self._world.livekit.ingresses == {}

    def _begin(self) -> None:
        self._time.now = Clock.START
        self._world.as_begun()
        fill(self._world)
        forget()

    def _request(self, nth: int, fault: str) -> int:
        ann, issuer = self._world.people.ann, self._world.api.provider.issuer
        with process(nth, fault) as running, suppress(Unavailable, Killed):
            deletion.delete_account(Claims(issuer, ann.subject))
        return running.calls

    def _run(self, nth: int, fault: str) -> int:
        with process(nth, fault) as running, suppress(Unavailable, Killed):
            erasure.continue_deletion(self._world.people.ann.id)
        return running.calls

    def _calls_of_request(self) -> int:
        self._begin()
        return self._request(0, NONE)

    def _calls_of_run(self) -> int:
        self._begin()
        self._request(0, NONE)
        return self._run(0, NONE)

    def _check_all_or_nothing(self) -> None:
        """The account is as visible as before, or it is invisible and will be erased."""
        ann = self._world.people.ann
        items = stored()
        is_begun = (f"DELETION#{ann.id}", "DELETION") in items
        visible = {
            key in items
            for key in (
                ("NAME#ann", "NAME"),
                (f"USER#{ann.id}", "PROFILE"),
                (f"USER#{ann.id}", "STREAM"),
                ("WORD#a", f"ann#{ann.id}"),
            )
        }
        assert visible == {not is_begun}
        page = self._world.api.get("/api/pages/channels/ann")
        assert page.status == (404 if is_begun else 200)


@pytest.fixture
def attempts(world: World, minutes: Minutes, time: Clock) -> Attempts:
    return Attempts(world, minutes, time)


def test_one_call_of_a_deletion_may_fail(
    attempts: Attempts, drawn: Drawn, subtests: pytest.Subtests
) -> None:
    for case in drawn(attempts.cases()):
        with subtests.test(str(case)):
            attempts.check(*case)


@pytest.mark.faults
def test_each_call_of_a_deletion_may_fail(attempts: Attempts, subtests: pytest.Subtests) -> None:
    assert attempts.request_calls > 3
    assert attempts.run_calls > 40
    for case in attempts.cases():
        with subtests.test(str(case)):
            attempts.check(*case)
