"""AWS's list prices in us-east-1, and CloudFront's in North America, as published in November 2026.

https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/api-gateway/pricing/,
https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/secrets-manager/pricing/,
https://aws.amazon.com/eventbridge/pricing/, https://aws.amazon.com/waf/pricing/

DynamoDB counts units. A consistent read of 4 KB, or of a missing item, is one unit. A write of 1 KB
in a transaction is two.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

import math
from dataclasses import dataclass
from typing import Any

READ_UNIT = 0.125e-6
WRITE_UNIT = 0.625e-6
HTTP_API_REQUEST = 1.00e-6
LAMBDA_REQUEST = 0.20e-6
LAMBDA_ARM_GB_SECOND = 0.0000133334

SECRET_MONTH = 0.40
SECRET_REQUEST = 0.05 / 10_000
ALARM_METRIC_MONTH = 0.10
"""Of each metric that an alarm watches. https://aws.amazon.com/cloudwatch/pricing/"""
CUSTOM_METRIC_MONTH = 0.30
"""Billed for the hours in which the metric has data."""
LOG_BYTE = 0.50 / 2**30
LOG_EVENT_BYTES = 26
"""What CloudWatch adds to each line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
"""
SCHEDULER_CALL = 1.00e-6
CLOUDFRONT_REQUEST = 0.0100 / 10_000
"""By HTTPS. Europe: 0.0120. https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/"""
CLOUDFRONT_BYTE = 0.085 / 10**9
CLOUDFRONT_FUNCTION = 0.10e-6
WAF_REQUEST = 0.60e-6
"""Only with the setting `waf`, and then for each request to CloudFront, cached or not."""

FREE_ALARM_METRICS = 10
FREE_CUSTOM_METRICS = 10
FREE_LOG_BYTES = 5 * 2**30
FREE_LAMBDA_REQUESTS = 1_000_000
FREE_LAMBDA_GB_SECONDS = 400_000
FREE_SCHEDULER_CALLS = 14_000_000
FREE_CLOUDFRONT_REQUESTS = 10_000_000
FREE_CLOUDFRONT_BYTES = 10**12
FREE_CLOUDFRONT_FUNCTIONS = 2_000_000
"""Always free in an account each month, for all its programs together.

HTTP APIs and DynamoDB's on-demand mode have no such tier.
"""

READ_BYTES, WRITE_BYTES = 4096, 1024
TRANSACTION_FACTOR = 2

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB's JSON format."""


@dataclass(frozen=True)
class Request:
    """The units that one request uses. `bytes_of` is the size of each written item, by kind."""

    read_units: int
    write_units: int
    bytes_of: dict[str, int]

    def of_a_million(self, milliseconds: float, memory_mb: int) -> dict[str, float]:
        """Return the dollars for a million requests, by service.

        `milliseconds` is how long the function runs.
        """
        gb_seconds = memory_mb / 1024 * milliseconds / 1000
        return {
            "reads": 1e6 * self.read_units * READ_UNIT,
            "writes": 1e6 * self.write_units * WRITE_UNIT,
            "HTTP API": 1e6 * HTTP_API_REQUEST,
            "Lambda": 1e6 * (LAMBDA_REQUEST + gb_seconds * LAMBDA_ARM_GB_SECOND),
        }


def consistent_read(item: Item | None) -> int:
    """Return the units for reading an item, or for finding that it doesn't exist."""
    return max(1, math.ceil(item_bytes(item or {}) / READ_BYTES))


def plain_write(item: Item) -> int:
    """Return the units for writing an item outside of a transaction."""
    return math.ceil(item_bytes(item) / WRITE_BYTES)


def transactional_write(item: Item) -> int:
    """Return the units for writing an item in a transaction."""
    return TRANSACTION_FACTOR * plain_write(item)


def item_bytes(item: Item) -> int:
    """Return the size of an item: the names and values of its attributes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":  # two digits per byte, plus one byte
            return 1 + math.ceil(len(content.lstrip("-").replace(".", "")) / 2)
        case "SS":
            return sum(len(text.encode()) for text in content)
        case "BOOL" | "NULL":
            return 1
        case _:
            raise NotImplementedError(kind)
