"""What requests use of AWS, and its price: at list price, and within the always-free tiers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from bench import prices
from bench.prices import Item

MEMORY_GB: Final = 0.5
WARM_SECONDS, SECONDS_PER_CALL = 0.025, 0.012
"""An assumption: how long a warm function takes, and how much longer for each call it makes."""
QUERY_BYTES: Final = 20_000
"""An assumption: what a query reads, such as a page of 51 messages."""


@dataclass(frozen=True)
class Position:
    """One line of a bill. `free` is what each account has free of charge every month."""

    name: str
    amount: float
    price: float
    free: float = 0

    def dollars(self, *, with_free_tier: bool = False) -> float:
        billed = max(0.0, self.amount - self.free) if with_free_tier else self.amount
        return billed * self.price


def dollars(positions: Iterable[Position], *, with_free_tier: bool = False) -> float:
    """Return the sum of a bill."""
    return sum(position.dollars(with_free_tier=with_free_tier) for position in positions)


@dataclass(frozen=True)
class Usage:
    """Billed quantities. `index_units` are write units of the index, `metric_months` of metrics."""

    cloudfront_requests: float = 0
    cloudfront_bytes: float = 0
    cloudfront_functions: float = 0
    api_requests: float = 0
    lambda_requests: float = 0
    lambda_gb_seconds: float = 0
    read_units: float = 0
    write_units: float = 0
    index_units: float = 0
    log_bytes: float = 0
    metric_months: float = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )

    def __rmul__(self, times: float) -> Self:
        return type(self)(*(times * getattr(self, each.name) for each in fields(self)))

    def positions(self) -> list[Position]:
        """Return the bill. The free tiers are those of a month without other use."""
        return [
            Position(
                "CloudFront requests",
                self.cloudfront_requests,
                prices.CLOUDFRONT_REQUEST,
                prices.FREE_CLOUDFRONT_REQUESTS,
            ),
            Position(
                "CloudFront bytes",
                self.cloudfront_bytes,
                prices.CLOUDFRONT_BYTE,
                prices.FREE_CLOUDFRONT_BYTES,
            ),
            Position(
                "CloudFront functions",
                self.cloudfront_functions,
                prices.CLOUDFRONT_FUNCTION,
                prices.FREE_CLOUDFRONT_FUNCTIONS,
            ),
            Position("HTTP API", self.api_requests, prices.HTTP_API_REQUEST),
            Position(
                "Lambda calls",
                self.lambda_requests,
                prices.LAMBDA_REQUEST,
                prices.FREE_LAMBDA_REQUESTS,
            ),
            Position(
                "Lambda time",
                self.lambda_gb_seconds,
                prices.LAMBDA_ARM_GB_SECOND,
                prices.FREE_LAMBDA_GB_SECONDS,
            ),
            Position("table reads", self.read_units, prices.READ_UNIT),
            Position("table writes", self.write_units, prices.WRITE_UNIT),
            Position("index writes", self.index_units, prices.WRITE_UNIT),
            Position("logs", self.log_bytes, prices.LOG_BYTE, prices.FREE_LOG_BYTES),
            Position(
                "custom metrics",
                self.metric_months,
                prices.CUSTOM_METRIC_MONTH,
                prices.FREE_CUSTOM_METRICS,
            ),
        ]

    def dollars(self, *, with_free_tier: bool = False) -> float:
        """Return the price."""
        return dollars(self.positions(), with_free_tier=with_free_tier)


def of_function(calls: int) -> Usage:
    """Return what a warm function uses that makes some calls, one after another."""
    seconds = WARM_SECONDS + SECONDS_PER_CALL * calls
    return Usage(lambda_requests=1, lambda_gb_seconds=seconds * MEMORY_GB)


# --- the table ---

Stored = Mapping[tuple[str, str], Item]
"""Items by key, as they were before the requests."""


def of_table(
    requests: Sequence[tuple[str, Any]], stored: Stored, query_bytes: int = QUERY_BYTES
) -> Usage:
    """Return the units of DynamoDB calls, given with their arguments.

    Each item is at most 4 KB if it is read, and each updated item at most 1 KB. An item in the
    index is written there too, and twice if its place changes. In a transaction, both count twice.
    For the index, this is an assumption.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html

    Raises:
        NotImplementedError: an operation that no request makes.
    """
    total, items = Usage(), dict(stored)
    for operation, arguments in requests:
        match operation:
            case "GetItem":
                total += Usage(read_units=_factor(arguments))
            case "BatchGetItem":
                (table,) = arguments["RequestItems"].values()
                total += Usage(read_units=len(table["Keys"]) * _factor(table))
            case "Query":
                units = max(1, math.ceil(query_bytes / prices.READ_BYTES))
                total += Usage(read_units=units * _factor(arguments))
            case "PutItem" | "UpdateItem" | "DeleteItem":
                total += _write(operation.removesuffix("Item"), arguments, items)
            case "TransactWriteItems":
                for operation_of_it in arguments["TransactItems"]:
                    ((kind, write),) = operation_of_it.items()
                    total += prices.TRANSACTION_FACTOR * _write(kind, write, items)
            case "BatchWriteItem":
                (writes,) = arguments["RequestItems"].values()
                for write in writes:
                    ((kind, inner),) = write.items()
                    total += _write(kind.removesuffix("Request"), inner, items)
            case "GetSecretValue":  # once in five minutes, for all requests
                pass
            case _:
                raise NotImplementedError(operation)
    return total


def _factor(arguments: Mapping[str, Any]) -> float:
    return 1 if arguments.get("ConsistentRead") else 0.5


def _write(kind: str, arguments: Mapping[str, Any], items: dict[tuple[str, str], Item]) -> Usage:
    """Return the units of one write outside of a transaction, and do it in `items`."""
    if kind == "ConditionCheck":
        return Usage(write_units=1)
    key = arguments.get("Item") or arguments["Key"]
    key = key["pk"]["S"], key["sk"]["S"]
    before = items.pop(key, {})
    place = new_place = _place(before)
    after = before
    match kind:
        case "Put":
            after = items[key] = arguments["Item"]
            new_place = _place(after)
        case "Delete":
            new_place = None
        case _:
            items[key] = before
            if "list_sk" in _attribute_names(arguments):
                new_place = "another"
    units = max(1, prices.plain_write(before), prices.plain_write(after))
    return Usage(write_units=units, index_units=units * len({place, new_place} - {None}))


def _attribute_names(arguments: Mapping[str, Any]) -> set[str]:
    """Return the names of the attributes that an update mentions."""
    return set(arguments.get("ExpressionAttributeNames", {}).values())


def _place(item: Item) -> str | None:
    return item["list_sk"]["S"] if "list_sk" in item else None
