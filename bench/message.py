"""The list price of a chat message, from the calls that it makes."""

from collections.abc import Sequence
from typing import Any, Final

from bench import prices

SECONDS: Final = 0.05
"""An assumption: a warm function, most of whose time is the wait for LiveKit."""
MEMORY_GB: Final = 0.5
LOG_BYTES: Final = 1000
"""An assumption: the line of the API's access log, and Lambda's own lines for each call."""


def units(requests: Sequence[tuple[str, Any]]) -> tuple[int, int]:
    """Return the read and write units of DynamoDB calls with their arguments.

    Each item is one unit: at most 4 KB to read, and at most 1 KB to write. None is in the index.

    Raises:
        NotImplementedError: a call that a message doesn't make.
    """
    reads = writes = 0
    for operation, arguments in requests:
        match operation:
            case "BatchGetItem":
                (table,) = arguments["RequestItems"].values()
                assert table["ConsistentRead"]
                reads += len(table["Keys"])
            case "UpdateItem":
                writes += 1
            case "TransactWriteItems":
                writes += prices.TRANSACTION_FACTOR * len(arguments["TransactItems"])
            case _:
                raise NotImplementedError(operation)
    return reads, writes


def dollars(requests: Sequence[tuple[str, Any]]) -> dict[str, float]:
    """Return the list price of one message by service, without traffic to viewers."""
    reads, writes = units(requests)
    return {
        "table reads": reads * prices.READ_UNIT,
        "table writes": writes * prices.WRITE_UNIT,
        "HTTP API": prices.HTTP_API_REQUEST,
        "Lambda": prices.LAMBDA_REQUEST + SECONDS * MEMORY_GB * prices.LAMBDA_ARM_GB_SECOND,
        "CloudFront": prices.CLOUDFRONT_REQUEST,
        "logs": LOG_BYTES * prices.LOG_BYTE,
    }
