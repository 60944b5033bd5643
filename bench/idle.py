"""The monthly bill of a site without visitors: at list price, and within the always-free tiers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench import prices

HOURS: Final = 730
"""Of a month, as AWS's price calculator counts them."""
RUNS: Final = HOURS * 60
RUN_SECONDS: Final = 0.3
"""An assumption: a warm run asks LiveKit once and the table seven times, one after another."""
SECRET_READS: Final = HOURS * 12
"""The container of the runs reads LiveKit's secret every five minutes."""
MEMORY_GB: Final = 0.5

ALARM: Final = "AWS::CloudWatch::Alarm"


@dataclass(frozen=True)
class Run:
    """What one run of the reconciler uses if no channel is live."""

    read_units: float
    write_units: float
    log_bytes: int
    metrics: int


@dataclass(frozen=True)
class Position:
    """One line of the bill. `free` is what each account has free of charge every month."""

    name: str
    amount: float
    price: float
    free: float = 0

    def dollars(self, *, with_free_tier: bool) -> float:
        billed = max(0.0, self.amount - self.free) if with_free_tier else self.amount
        return billed * self.price


def bill(resources: Mapping[str, Any], run: Run) -> list[Position]:
    """Return the bill for a template's resources and the runs of a month.

    Storage is left out: less than a megabyte. So are S3, CloudFront, Cognito, and the API, which
    are billed by use.
    """
    kinds = [resource["Type"] for resource in resources.values()]
    gb_seconds = RUNS * RUN_SECONDS * MEMORY_GB
    return [
        Position("secrets", kinds.count("AWS::SecretsManager::Secret"), prices.SECRET_MONTH),
        Position("reads of secrets", SECRET_READS, prices.SECRET_REQUEST),
        Position(
            "metrics of alarms",
            _alarm_metrics(resources),
            prices.ALARM_METRIC_MONTH,
            prices.FREE_ALARM_METRICS,
        ),
        Position(
            "custom metrics", run.metrics, prices.CUSTOM_METRIC_MONTH, prices.FREE_CUSTOM_METRICS
        ),
        Position("logs", RUNS * run.log_bytes, prices.LOG_BYTE, prices.FREE_LOG_BYTES),
        Position("schedule", RUNS, prices.SCHEDULER_CALL, prices.FREE_SCHEDULER_CALLS),
        Position("Lambda calls", RUNS, prices.LAMBDA_REQUEST, prices.FREE_LAMBDA_REQUESTS),
        Position(
            "Lambda time", gb_seconds, prices.LAMBDA_ARM_GB_SECOND, prices.FREE_LAMBDA_GB_SECONDS
        ),
        Position("table reads", RUNS * run.read_units, prices.READ_UNIT),
        Position("table writes", RUNS * run.write_units, prices.WRITE_UNIT),
    ]


def _alarm_metrics(resources: Mapping[str, Any]) -> int:
    alarms = [one["Properties"] for one in resources.values() if one["Type"] == ALARM]
    queries = [alarm.get("Metrics", [alarm]) for alarm in alarms]
    return sum("Expression" not in query for group in queries for query in group)


def dollars(positions: Iterable[Position], *, with_free_tier: bool) -> float:
    """Return the sum of a bill."""
    return sum(position.dollars(with_free_tier=with_free_tier) for position in positions)
