"""Writes: a plain request for one operation, a transaction for several. All or nothing.

    commit(
        absent(relations.block(host.id, me.id), or_raise=NotFound),
        put_new(follow),                      # already following: nothing is written
        add(users.profile(host.id), follower_count=1),
    )

Each operation defines what its failed condition raises. A plain request costs half the price of a
transaction. botocore resends requests that got no response.
DynamoDB recognizes a resent transaction, but it runs a resent plain request twice.

`commit` decides nothing. Code that reads, decides, and writes runs inside `retry` and calls
`write`, whose conditions state what must be unchanged since the read (an optimistic lock).
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeVar

from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from footlight.errors import Unavailable
from footlight.tables import _pynamodb
from footlight.tables.faults import cancellation_codes, is_conflict, unavailable_on_faults
from footlight.tables.items import Item, Ref

RETRIES = 3
MAX_PAUSE_SECONDS = 0.1

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=Item)

Failure = Callable[[], Exception]
"""Makes the exception that a failed condition raises: an exception class, or a function."""


class ChangedConcurrently(Exception):
    """Raised by `write` if an item changed after it was read. `retry` reads and decides again."""


@dataclass(frozen=True)
class Operation:
    """One part of a write. Made by the functions below."""

    kind: Literal["condition_check", "delete", "put", "update"]
    item: Item
    condition: Condition | None = None
    actions: list[Action] = field(default_factory=list[Action])
    or_raise: Failure | None = None


def check(ref: Ref[Any], condition: Condition, *, or_raise: Failure | None = None) -> Operation:
    """Require a condition on an item that is not written."""
    return Operation("condition_check", ref.new(), condition, or_raise=or_raise)


def absent(ref: Ref[Any], *, or_raise: Failure | None = None) -> Operation:
    """Require that an item does not exist."""
    return check(ref, Item.pk.does_not_exist(), or_raise=or_raise)


def put(
    item: Item, *, condition: Condition | None = None, or_raise: Failure | None = None
) -> Operation:
    """Write an item, replacing the one that exists."""
    return Operation("put", item, condition, or_raise=or_raise)


def put_new(item: Item, *, or_raise: Failure | None = None) -> Operation:
    """Write an item that must not exist yet."""
    return put(item, condition=Item.pk.does_not_exist(), or_raise=or_raise)


def update(
    ref: Ref[Any],
    *actions: Action,
    condition: Condition | None = None,
    or_raise: Failure | None = None,
) -> Operation:
    """Change attributes of an item. An item that does not exist is created without its `kind`.

    Give a condition that requires the item, or use `upsert`.
    """
    return Operation("update", ref.new(), condition, list(actions), or_raise)


def upsert(
    ref: Ref[Any],
    *actions: Action,
    condition: Condition | None = None,
    or_raise: Failure | None = None,
) -> Operation:
    """Change attributes of an item, or create it with them."""
    return update(
        ref, ref.model.kind.set(ref.model), *actions, condition=condition, or_raise=or_raise
    )


def delete(
    ref: Ref[Any], *, condition: Condition | None = None, or_raise: Failure | None = None
) -> Operation:
    """Delete an item. Without a condition, no-op if it does not exist."""
    return Operation("delete", ref.new(), condition, or_raise=or_raise)


def delete_existing(ref: Ref[Any], *, or_raise: Failure | None = None) -> Operation:
    """Delete an item that must exist."""
    return delete(ref, condition=Item.pk.exists(), or_raise=or_raise)


def add(ref: Ref[Any], **amounts: int) -> Operation:
    """Add amounts to numbers of an item that must exist: `add(profile, follower_count=1)`."""
    actions = [getattr(ref.model, name).add(amount) for name, amount in amounts.items()]
    return update(ref, *actions, condition=Item.pk.exists())


def commit(*operations: Operation) -> bool:
    """Write all operations, or none. Return False if a condition without `or_raise` failed.

    Conflicts with other writes are retried, up to three times at random intervals. If several
    conditions failed, the first operation with `or_raise` decides.

    Raises:
        Unavailable: DynamoDB throttles, fails, or times out, or conflicts persist.
    """
    failed = _with_retries(lambda: _attempt(operations))
    return _settle(failed)


def write(*operations: Operation) -> None:
    """Write all operations, or none, once. Call it inside `retry`.

    Raises:
        ChangedConcurrently: a condition without `or_raise` failed.
        Unavailable: DynamoDB throttles, fails, or times out, or another write conflicts.
    """
    if not _settle(_attempt(operations)):
        raise ChangedConcurrently


def write_independent(*operations: Operation) -> list[Operation]:
    """Write operations that don't depend on each other. Return those whose condition failed.

    One transaction of up to 100 operations takes a tenth of the processor time of as many requests.
    DynamoDB bills it twice. The others are written again without the failed ones.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

    Raises:
        Unavailable: DynamoDB throttles, fails, or times out, or conflicts persist.
    """
    failed: dict[int, Operation] = {}
    remaining = operations
    while remaining:
        lost = _with_retries(partial(_attempt, remaining))
        if not lost:
            break
        failed |= {id(operation): operation for operation in lost}
        remaining = tuple(operation for operation in remaining if id(operation) not in failed)
    return list(failed.values())


def retry(attempt: Callable[[], T]) -> T:
    """Run an attempt that reads, decides, and writes; again if another write interferes.

    At most three retries, at random intervals.

    Raises:
        Unavailable: each attempt met another write.
    """
    return _with_retries(attempt)


def update_and_return(ref: Ref[ItemT], *actions: Action, condition: Condition) -> ItemT | None:
    """Change attributes of one item and return it, or None if the condition failed."""
    item = ref.new()

    def attempt() -> bool:
        try:
            with unavailable_on_faults():
                item.update(actions=list(actions), condition=condition)
        except UpdateError:
            return False
        return True

    return item if _with_retries(attempt) else None


def _attempt(operations: tuple[Operation, ...]) -> list[Operation]:
    """Write the operations and return those whose condition failed."""
    if len(operations) == 1:
        return _attempt_one(operations[0])
    ordered = sorted(operations, key=lambda op: _pynamodb.TRANSACTION_ORDER.index(op.kind))
    connection = _pynamodb.shared_connection(Item).connection
    try:
        with unavailable_on_faults(), TransactWrite(connection=connection) as transaction:
            for operation in ordered:
                _add_to(transaction, operation)
    except TransactWriteError as error:
        codes = cancellation_codes(error)
        failed = {
            id(operation)
            for operation, code in zip(ordered, codes, strict=True)
            if code == "ConditionalCheckFailed"
        }
        return [operation for operation in operations if id(operation) in failed]
    return []


def _attempt_one(operation: Operation) -> list[Operation]:
    item, condition = operation.item, operation.condition
    try:
        with unavailable_on_faults():
            match operation.kind:
                case "put":
                    item.save(condition=condition)
                case "update":
                    item.update(actions=operation.actions, condition=condition)
                case "delete":
                    item.delete(condition=condition)
                case "condition_check":
                    raise ValueError("A check needs a write in the same transaction")
    except (PutError, UpdateError, DeleteError):
        return [operation]
    return []


def _add_to(transaction: TransactWrite, operation: Operation) -> None:
    item, condition = operation.item, operation.condition
    match operation.kind:
        case "condition_check":
            transaction.condition_check(type(item), item.pk, item.sk, condition=condition)
        case "delete":
            transaction.delete(item, condition=condition)
        case "put":
            transaction.save(item, condition=condition)
        case "update":
            transaction.update(item, actions=operation.actions, condition=condition)


def _settle(failed: list[Operation]) -> bool:
    """Return True if no condition failed. Raise the `or_raise` of the first failed operation."""
    for operation in failed:
        if operation.or_raise:
            raise operation.or_raise()
    return not failed


def _with_retries(attempt: Callable[[], T]) -> T:
    for number in range(1, RETRIES + 1):
        try:
            return attempt()
        except ChangedConcurrently:
            pass
        except Unavailable as error:
            if not is_conflict(error.__cause__):
                raise
        pause = MAX_PAUSE_SECONDS * number / RETRIES
        time.sleep(random.uniform(0.1, 1) * pause)  # noqa: S311 - spreads retries, guards nothing
    try:
        return attempt()
    except ChangedConcurrently as error:
        raise Unavailable from error
