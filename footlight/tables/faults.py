"""What DynamoDB's errors mean here."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError

from footlight.aws.logs import log
from footlight.errors import Unavailable


@contextmanager
def unavailable_on_faults() -> Generator[None]:
    """Convert DynamoDB throttling, timeouts, and outages to `Unavailable`.

    A failed condition is a result, not a fault, and passes unchanged.
    """
    try:
        yield
    except PynamoDBException as error:
        if is_failed_condition(error):
            raise
        log.info("table unavailable", reason=code_of(error) or type(error.cause).__name__)
        raise Unavailable from error


def is_failed_condition(error: PynamoDBException) -> bool:
    """Return whether a write was rejected because a condition failed."""
    if isinstance(error, TransactWriteError):
        return "ConditionalCheckFailed" in cancellation_codes(error)
    return code_of(error) == "ConditionalCheckFailedException"


def is_conflict(error: BaseException | None) -> bool:
    """Return whether a write was rejected because of another write to the same item.

    The other write may be an earlier request of the same transaction, which botocore resent.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
    """
    if not isinstance(error, PynamoDBException):
        return False
    if isinstance(error, TransactWriteError) and "TransactionConflict" in cancellation_codes(error):
        return True
    return code_of(error) in ("TransactionConflictException", "TransactionInProgressException")


def code_of(error: PynamoDBException) -> str | None:
    """Return DynamoDB's error code, or None if it did not respond.

    PynamoDB's own `cause_response_code` fails for a timeout, which has no response.
    """
    response: dict[str, Any] = getattr(error.cause, "response", None) or {}
    return response.get("Error", {}).get("Code")


def cancellation_codes(error: TransactWriteError) -> list[str | None]:
    """Return the failure code of each operation in the order sent, or None if it didn't fail."""
    return [reason.code if reason else None for reason in error.cancellation_reasons]
