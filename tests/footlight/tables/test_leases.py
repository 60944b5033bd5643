"""Leases: one holder at a time, and marks of unfinished work."""

from collections.abc import Generator
from io import StringIO

import pytest

from footlight.tables.items import get
from footlight.tables.leases import Held, hold, lease, unfinished
from footlight.tables.transactions import ChangedConcurrently, Operation, put, write
from footlight.tables.users import name
from tests.support.clock import Clock
from tests.support.table import FAULTS, Wire, watched

pytestmark = pytest.mark.usefixtures("deployed")


class Refused(Exception):
    """Raised if a lease has been lost."""


@pytest.fixture
def clock(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def wire(deployed: None) -> Generator[Wire]:
    with watched() as wire:
        yield wire


def any_write() -> Operation:
    return put(name("ann").new(user_id="a"))


def test_a_lease_is_held_by_one_process_at_a_time() -> None:
    with hold("work", 30), pytest.raises(Held), hold("work", 30):
        pass


def test_leases_of_other_names_are_free() -> None:
    with hold("work", 30), hold("other", 30):
        pass


def test_a_released_lease_is_deleted(clock: Clock) -> None:
    with hold("work", 30):
        pass
    assert get(lease("work")) is None
    clock.moves(hours=1)
    assert unfinished("") == []


def test_an_expired_lease_passes_to_another_process(clock: Clock) -> None:
    with hold("work", 30) as lost:
        clock.moves(seconds=30)
        with pytest.raises(Held), hold("work", 30):
            pass
        clock.moves(milliseconds=1)
        with hold("work", 30) as held:
            write(held.still_held(or_raise=Refused), any_write())
            with pytest.raises(Refused):
                write(lost.still_held(or_raise=Refused), any_write())


def test_a_lost_lease_is_not_released_for_its_new_holder(clock: Clock, logged: StringIO) -> None:
    with hold("work", 30):
        clock.moves(seconds=31)
        held = hold("work", 30)
        new_holder = held.__enter__()
    assert "lease not released" in logged.getvalue()
    item = get(lease("work"))
    assert item
    assert item.holder == new_holder.holder
    held.__exit__(None, None, None)
    assert get(lease("work")) is None


def test_a_block_that_raises_frees_the_lease_and_marks_unfinished_work(clock: Clock) -> None:
    with pytest.raises(Refused), hold("a#work", 30):
        raise Refused
    clock.moves(seconds=30)
    assert unfinished("a#") == []
    clock.moves(milliseconds=1)
    assert unfinished("a#") == ["work"]
    assert unfinished("b#") == []
    with hold("a#work", 30):
        assert unfinished("a#") == []
    assert unfinished("a#") == []


def test_a_freed_lease_can_be_held_at_once(clock: Clock) -> None:
    with pytest.raises(Refused), hold("work", 30):
        raise Refused
    with hold("work", 30):
        pass


def test_a_holder_may_leave_the_rest_of_the_work(clock: Clock) -> None:
    with hold("work", 30) as held:
        held.is_finished = False
    clock.moves(seconds=31)
    assert unfinished("") == ["work"]


def test_a_process_that_died_leaves_unfinished_work(clock: Clock) -> None:
    died = hold("work", 30)
    died.__enter__()
    clock.moves(seconds=31)
    assert unfinished("") == ["work"]
    died.__exit__(None, None, None)


def test_a_resent_request_still_gets_the_lease(wire: Wire) -> None:
    wire.faults[0] = FAULTS["sent twice"]
    with hold("work", 30) as held:
        write(held.still_held(or_raise=Refused), any_write())


def test_an_exception_of_the_block_is_never_taken_for_a_held_lease() -> None:
    with pytest.raises(ChangedConcurrently), hold("work", 30):
        raise ChangedConcurrently
