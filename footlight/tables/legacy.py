"""The old retries of writes that meet another write at the same item.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html (conflicts)
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight.errors import Unavailable
from footlight.tables import base

RETRIES = 3
LONGEST_PAUSE_SECONDS = 0.1

T = TypeVar("T")


class Overtaken(Exception):
    """Raised within `retried` where what an attempt had read was changed before it wrote."""


def retried(attempt: Callable[[], T]) -> T:
    """The attempt's result; up to three tries more, at random distances, where another interferes.

    Raises Unavailable where each of them was disturbed.
    """
    for left in range(RETRIES, -1, -1):
        try:
            return attempt()
        except Overtaken as overtaken:
            if not left:
                raise Unavailable from overtaken
        except Unavailable as fault:
            if not left or not _met_another(fault.__cause__):
                raise
        pause = LONGEST_PAUSE_SECONDS * (RETRIES + 1 - left) / RETRIES
        time.sleep(random.uniform(0.1, 1) * pause)  # noqa: S311 - spreads tries, guards nothing
    raise AssertionError


def commit(write: Callable[[TransactWrite], None]) -> None:
    """One transaction, tried again where it meets another.

    Raises TransactWriteError where a condition was lost, Unavailable.
    """

    def attempt() -> None:
        with base.faults(), base.transaction() as transaction:
            write(transaction)

    retried(attempt)


def _met_another(error: BaseException | None) -> bool:
    if isinstance(error, TransactWriteError):
        return "TransactionConflict" in base.cancellation_codes(error)
    return isinstance(error, PynamoDBException) and base.code_of(error) in (
        "TransactionConflictException",
        "TransactionInProgressException",
    )
