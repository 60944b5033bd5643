"""Writes: requests, failed conditions, conflicts, and retries."""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from footlight import clock
from footlight.errors import Unavailable
from footlight.tables import transactions, users
from footlight.tables.items import get
from footlight.tables.transactions import (
    ChangedConcurrently,
    Operation,
    absent,
    add,
    check,
    commit,
    delete,
    delete_existing,
    put,
    put_new,
    retry,
    update,
    update_and_return,
    upsert,
    write,
)
from footlight.tables.users import Name, Profile, Skeleton
from tests.support.table import FAULTS, Fault, Wire, watched

pytestmark = pytest.mark.usefixtures("deployed")

TRANSACTION = "TransactWriteItems"
ATTEMPTS = 1 + transactions.RETRIES


@pytest.fixture
def wire(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Generator[Wire]:
    """The calls to DynamoDB, without pauses between retries."""
    monkeypatch.setattr(transactions, "MAX_PAUSE_SECONDS", 0)
    with watched() as wire:
        yield wire


class Refused(Exception):
    """Raised by a test's operation if its condition failed."""


def refused(name: str) -> Callable[[], Exception]:
    return partial(Refused, name)


def rejected(code: str, *reasons: str) -> Fault:
    """Return a rejected call. A transaction has one reason for each operation."""
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return Fault(partial(ClientError, response))


def name_item(username: str) -> Name:
    return users.name(username).new(user_id=username)


def set_user_id(username: str, *, or_raise: Callable[[], Exception] | None = None) -> Operation:
    """Return an update whose condition is that the name exists."""
    return update(
        users.name(username),
        Name.user_id.set("changed"),
        condition=Name.pk.exists(),
        or_raise=or_raise,
    )


def user_id_of(username: str) -> str | None:
    item = get(users.name(username), consistent=True)
    return item.user_id if item else None


# --- requests ---


@pytest.mark.parametrize(
    ("operation", "request_name"),
    [
        (lambda: put(name_item("ann")), "PutItem"),
        (lambda: upsert(users.name("ann"), Name.user_id.set("a")), "UpdateItem"),
        (lambda: delete(users.name("ann")), "DeleteItem"),
    ],
)
def test_one_operation_is_a_plain_request(
    wire: Wire, operation: Callable[[], Operation], request_name: str
) -> None:
    assert commit(operation())
    write(operation())
    assert wire.made == [request_name] * 2


def test_several_operations_are_one_transaction(wire: Wire) -> None:
    assert commit(put_new(name_item("ann")), absent(users.name("bob")), put(name_item("carl")))
    assert wire.made == [TRANSACTION]
    assert (user_id_of("ann"), user_id_of("carl")) == ("ann", "carl")


def test_a_transaction_is_sent_in_the_order_that_its_reasons_are_read_in(wire: Wire) -> None:
    name_item("ann").save()
    commit(
        set_user_id("ann"),
        put(name_item("bob")),
        delete(users.name("carl")),
        absent(users.name("dora")),
    )
    [_, (_, arguments)] = wire.asked
    kinds = [kind for item in arguments["TransactItems"] for kind in item]
    assert kinds == ["ConditionCheck", "Delete", "Put", "Update"]


def test_a_check_alone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="needs a write"):
        commit(absent(users.name("ann")))


# --- operations ---


def test_put_replaces_an_item_and_put_new_does_not() -> None:
    assert commit(put_new(name_item("ann")))
    assert not commit(put_new(users.name("ann").new(user_id="other")))
    assert user_id_of("ann") == "ann"
    assert commit(put(users.name("ann").new(user_id="other")))
    assert user_id_of("ann") == "other"


def test_upsert_creates_an_item_of_its_model() -> None:
    commit(upsert(users.name("ann"), Name.user_id.set("a")))
    assert isinstance(get(users.name("ann")), Name)
    commit(upsert(users.name("ann"), Name.user_id.set("b")))
    assert user_id_of("ann") == "b"


def test_upsert_creates_an_item_of_its_model_in_a_transaction() -> None:
    commit(upsert(users.name("ann"), Name.user_id.set("a")), put(name_item("bob")))
    assert isinstance(get(users.name("ann")), Name)


def test_deleting_a_missing_item_is_a_no_op_unless_it_must_exist() -> None:
    assert commit(delete(users.name("ann")))
    assert not commit(delete_existing(users.name("ann")))
    name_item("ann").save()
    assert commit(delete_existing(users.name("ann")))
    assert user_id_of("ann") is None


def test_add_changes_the_number_of_an_item_that_exists() -> None:
    ref = users.profile("a")
    assert not commit(add(ref, follower_count=1))
    ref.new(user_id="a", username="ann", created_at=clock.now(), follower_count=2).save()
    assert commit(add(ref, follower_count=-1))
    profile = get(ref)
    assert profile
    assert profile.follower_count == 1


def test_check_requires_a_condition_on_another_item() -> None:
    name_item("ann").save()
    is_ann = check(users.name("ann"), Name.user_id == "ann")
    is_bob = check(users.name("ann"), Name.user_id == "bob")
    assert commit(is_ann, put(name_item("carl")))
    assert not commit(is_bob, put(name_item("dora")))
    assert user_id_of("dora") is None


# --- failed conditions ---


def test_a_failed_condition_is_false_and_nothing_is_written(wire: Wire) -> None:
    name_item("ann").save()
    assert not commit(put(name_item("bob")), put_new(name_item("ann")))
    assert user_id_of("bob") is None
    assert wire.made.count(TRANSACTION) == 1


def test_a_failed_condition_of_one_operation_raises_its_exception() -> None:
    with pytest.raises(Refused, match="ann"):
        commit(set_user_id("ann", or_raise=refused("ann")))
    name_item("bob").save()
    with pytest.raises(Refused, match="bob"):
        commit(put_new(name_item("bob"), or_raise=refused("bob")))
    with pytest.raises(Refused, match="carl"):
        commit(delete_existing(users.name("carl"), or_raise=refused("carl")))


def operations_by_kind(failing: set[str]) -> dict[str, Operation]:
    """Return an operation of each kind, by kind. Each is on a model of its own.

    All items of `ann` exist, and none of `bob`.
    """

    def username(kind: str, *, exists: bool) -> str:
        return "ann" if exists is not (kind in failing) else "bob"

    return {
        "update": update(
            users.skeleton(username("update", exists=True)),
            Skeleton.user_id.set("changed"),
            condition=Skeleton.pk.exists(),
            or_raise=refused("update"),
        ),
        "put": put_new(name_item(username("put", exists=False)), or_raise=refused("put")),
        "delete": delete_existing(
            users.profile(username("delete", exists=True)), or_raise=refused("delete")
        ),
        "check": absent(
            users.subject("issuer", username("check", exists=False)), or_raise=refused("check")
        ),
    }


KINDS = ("update", "put", "delete", "check")


def write_items_of_each_kind() -> None:
    name_item("ann").save()
    users.skeleton("ann").new(user_id="a").save()
    users.subject("issuer", "ann").new(user_id="a", username="ann").save()
    users.profile("ann").new(user_id="a", username="ann", created_at=clock.now()).save()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shift", range(4))
def test_a_failed_condition_is_that_of_its_operation(kind: str, shift: int) -> None:
    write_items_of_each_kind()
    operations = operations_by_kind({kind})
    order = [*KINDS[shift:], *KINDS[:shift]]
    with pytest.raises(Refused, match=kind):
        commit(*(operations[each] for each in order))


@pytest.mark.parametrize("shift", range(4))
def test_of_several_failed_conditions_the_first_operation_decides(shift: int) -> None:
    write_items_of_each_kind()
    operations = operations_by_kind(set(KINDS))
    order = [*KINDS[shift:], *KINDS[:shift]]
    with pytest.raises(Refused, match=order[0]):
        commit(*(operations[each] for each in order))


def test_an_operation_without_an_exception_leaves_the_decision_to_the_next() -> None:
    with pytest.raises(Refused, match="bob"):
        commit(set_user_id("ann"), set_user_id("bob", or_raise=refused("bob")))


def test_an_exception_is_raised_only_if_its_own_condition_failed() -> None:
    name_item("ann").save()
    operations = set_user_id("ann", or_raise=refused("ann")), set_user_id("bob")
    assert not commit(*operations)
    with pytest.raises(ChangedConcurrently):
        write(*operations)


def test_write_raises_the_exception_of_a_failed_condition() -> None:
    with pytest.raises(Refused, match="ann"):
        write(set_user_id("ann", or_raise=refused("ann")), put(name_item("bob")))


def test_write_raises_that_an_item_changed_concurrently(wire: Wire) -> None:
    with pytest.raises(ChangedConcurrently):
        write(set_user_id("ann"))
    with pytest.raises(ChangedConcurrently):
        write(set_user_id("ann"), put(name_item("bob")))
    assert wire.made == ["UpdateItem", TRANSACTION]


def test_a_failed_condition_and_a_conflict_are_not_retried(wire: Wire) -> None:
    wire.faults[0] = rejected(
        "TransactionCanceledException", "TransactionConflict", "ConditionalCheckFailed"
    )
    assert not commit(put(name_item("ann")), put(name_item("bob")))
    assert wire.made == [TRANSACTION]


# --- conflicts and faults ---


def test_commit_retries_conflicts(wire: Wire) -> None:
    wire.conflicts = transactions.RETRIES
    assert commit(put_new(name_item("ann")), put_new(name_item("bob")))
    assert wire.made == [TRANSACTION] * ATTEMPTS
    assert user_id_of("ann") == "ann"


def test_conflicts_that_persist_are_unavailable(wire: Wire) -> None:
    wire.conflicts = ATTEMPTS
    with pytest.raises(Unavailable):
        commit(put(name_item("ann")), put(name_item("bob")))
    assert wire.made == [TRANSACTION] * ATTEMPTS
    assert user_id_of("ann") is None


@pytest.mark.parametrize(
    "operation",
    [
        lambda: put(name_item("ann")),
        lambda: upsert(users.name("ann"), Name.user_id.set("a")),
        lambda: delete(users.name("ann")),
    ],
)
def test_commit_retries_conflicts_of_one_operation(
    wire: Wire, operation: Callable[[], Operation]
) -> None:
    wire.faults[0] = rejected("TransactionConflictException")
    assert commit(operation())
    assert len(wire.made) == 2


def test_commit_retries_a_transaction_whose_first_request_is_in_progress(wire: Wire) -> None:
    wire.faults[0] = rejected("TransactionInProgressException")
    assert commit(put_new(name_item("ann")), put_new(name_item("bob")))
    assert wire.made == [TRANSACTION] * 2


def test_write_leaves_conflicts_to_retry(wire: Wire) -> None:
    wire.conflicts = 1
    with pytest.raises(Unavailable):
        write(put(name_item("ann")), put(name_item("bob")))
    wire.conflicts = transactions.RETRIES
    retry(lambda: write(put(name_item("ann")), put(name_item("bob"))))
    assert wire.made == [TRANSACTION] * (1 + ATTEMPTS)


@pytest.mark.parametrize("fault", ["throttled", "out of reach", "timed out"])
def test_other_faults_are_unavailable_at_once(wire: Wire, fault: str) -> None:
    wire.faults = {0: FAULTS[fault], 1: FAULTS[fault]}
    with pytest.raises(Unavailable):
        commit(put(name_item("ann")))
    with pytest.raises(Unavailable):
        retry(lambda: write(put(name_item("ann")), put(name_item("bob"))))
    assert wire.made == ["PutItem", TRANSACTION]


def test_a_throttled_transaction_is_unavailable_at_once(wire: Wire) -> None:
    wire.faults[0] = FAULTS["cancelled"]
    with pytest.raises(Unavailable):
        commit(put(name_item("ann")), put(name_item("bob")))
    assert wire.made == [TRANSACTION]


@pytest.mark.parametrize("failures", range(ATTEMPTS))
def test_retry_runs_the_attempt_again_if_an_item_changed(wire: Wire, failures: int) -> None:
    seen: list[str | None] = []

    def attempt() -> str | None:
        seen.append(user_id_of("ann"))
        if len(seen) == failures + 1:
            name_item("ann").save()
        write(set_user_id("ann"))
        return user_id_of("ann")

    assert retry(attempt) == "changed"
    assert len(seen) == failures + 1


def test_an_item_that_changes_in_each_attempt_is_unavailable(wire: Wire) -> None:
    attempts: list[None] = []

    def attempt() -> None:
        attempts.append(None)
        write(set_user_id("ann"))

    with pytest.raises(Unavailable) as unavailable:
        retry(attempt)
    assert isinstance(unavailable.value.__cause__, ChangedConcurrently)
    assert len(attempts) == ATTEMPTS


def test_retry_passes_other_exceptions_at_once() -> None:
    attempts: list[None] = []

    def attempt() -> None:
        attempts.append(None)
        raise Refused

    with pytest.raises(Refused):
        retry(attempt)
    assert len(attempts) == 1


@pytest.mark.parametrize(
    ("random_part", "expected"),
    [(0.1, [0.1 / 30, 0.2 / 30, 0.01]), (1.0, [0.1 / 3, 0.2 / 3, 0.1])],
)
def test_the_pauses_between_retries_are_random_and_grow(
    monkeypatch: pytest.MonkeyPatch, random_part: float, expected: list[float]
) -> None:
    pauses: list[float] = []

    def uniform(low: float, high: float) -> float:
        assert (low, high) == (0.1, 1)
        return random_part

    monkeypatch.setattr(transactions.random, "uniform", uniform)
    monkeypatch.setattr(transactions.time, "sleep", pauses.append)

    def attempt() -> None:
        raise ChangedConcurrently

    with pytest.raises(Unavailable):
        retry(attempt)
    assert pauses == pytest.approx(expected)


# --- updates that return the item ---


def test_update_and_return_returns_the_whole_item() -> None:
    ref = users.profile("a")
    ref.new(user_id="a", username="ann", created_at=clock.now(), follower_count=3).save()
    profile = update_and_return(ref, Profile.bio.set("Hi"), condition=Profile.pk.exists())
    assert profile
    assert (profile.bio, profile.username, profile.follower_count) == ("Hi", "ann", 3)


def test_update_and_return_returns_none_if_the_condition_failed(wire: Wire) -> None:
    ref = users.profile("a")
    assert update_and_return(ref, Profile.bio.set("Hi"), condition=Profile.pk.exists()) is None
    assert wire.made == ["UpdateItem"]
    assert get(ref) is None


def test_update_and_return_retries_conflicts(wire: Wire) -> None:
    name_item("ann").save()
    wire.faults[1] = rejected("TransactionConflictException")
    name = update_and_return(users.name("ann"), Name.user_id.set("b"), condition=Name.pk.exists())
    assert name
    assert name.user_id == "b"
    assert wire.made == ["PutItem", "UpdateItem", "UpdateItem"]
