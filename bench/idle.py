"""The monthly bill of a site without visitors: at list price, and within the always-free tiers."""

import logging
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from bench import prices
from bench.usage import MEMORY_GB, Position, Stored, Usage, of_table
from footlight.aws.logs import log
from functions.reconcile import handler as reconcile
from tests.support.cloudwatch import embedded
from tests.support.table import watched

HOURS: Final = 730
"""Of a month, as AWS's price calculator counts them."""
RUNS: Final = HOURS * 60
RUN_SECONDS: Final = 0.3
"""An assumption: a warm run asks LiveKit once and the table seven times, one after another."""
SECRET_READS: Final = HOURS * 12
"""The container of the runs reads LiveKit's secret every five minutes."""
ALARM: Final = "AWS::CloudWatch::Alarm"


@dataclass(frozen=True)
class Run:
    """What one run of the reconciler uses, and the number of its metrics."""

    usage: Usage
    metrics: int


def record_run(stored: Stored, *, query_bytes: int = 0) -> Run:
    """Run the reconciler on the table, whose items are `stored`. Its queries find little."""
    lines = StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(log.registered_formatter)
    logger = logging.getLogger(log.service)
    logger.addHandler(handler)
    try:
        with watched() as wire, redirect_stdout(StringIO()) as metrics:
            reconcile.handler({}, None)
    finally:
        logger.removeHandler(handler)
    written = [*lines.getvalue().splitlines(), *metrics.getvalue().splitlines()]
    log_bytes = sum(len(line.encode()) + prices.LOG_EVENT_BYTES for line in written)
    function = Usage(lambda_requests=1, lambda_gb_seconds=RUN_SECONDS * MEMORY_GB)
    return Run(
        usage=of_table(wire.asked, stored, query_bytes) + function + Usage(log_bytes=log_bytes),
        metrics=len(embedded(metrics.getvalue())),
    )


def bill(resources: Mapping[str, Any], run: Run) -> list[Position]:
    """Return the bill for a template's resources and the runs of a month.

    Storage is left out: less than a megabyte. So are S3, CloudFront, Cognito, and the API, which
    are billed by use.
    """
    kinds = [resource["Type"] for resource in resources.values()]
    month = RUNS * run.usage + Usage(metric_months=run.metrics)
    return [
        Position("secrets", kinds.count("AWS::SecretsManager::Secret"), prices.SECRET_MONTH),
        Position("reads of secrets", SECRET_READS, prices.SECRET_REQUEST),
        Position(
            "metrics of alarms",
            _alarm_metrics(resources),
            prices.ALARM_METRIC_MONTH,
            prices.FREE_ALARM_METRICS,
        ),
        Position("schedule", RUNS, prices.SCHEDULER_CALL, prices.FREE_SCHEDULER_CALLS),
        *month.positions(),
    ]


def _alarm_metrics(resources: Mapping[str, Any]) -> int:
    alarms = [one["Properties"] for one in resources.values() if one["Type"] == ALARM]
    queries = [alarm.get("Metrics", [alarm]) for alarm in alarms]
    return sum("Expression" not in query for group in queries for query in group)
