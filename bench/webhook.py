"""Measure how long the webhook handler takes, with a write and for an ignored event.

It is the wall time of a warm function in this process, with the local emulator's DynamoDB. LiveKit
drops events if the receiver is slow.
"""

import time
from collections.abc import Callable, Iterator
from itertools import repeat

from bench.report import Goal, Report, in_turns, quantile, sized
from bench.scene import (
    CONTEXT,
    SECOND,
    Event,
    create_ingress,
    function,
    ignored_webhook,
    ingress_started,
    last_broadcast_start,
    set_scene,
)

CALLS = sized(500, quick=50)


def measure() -> Report:
    """Measure the median and the 99th percentile of both kinds of events."""
    api = set_scene()
    ann = api.joins("ann")
    ingress_id = create_ingress(api, ann)
    first = time.time_ns() - 1_000_000 * SECOND
    starts = [
        ingress_started(api, ingress_id, first + number * SECOND) for number in range(CALLS + 1)
    ]
    ignored = repeat(ignored_webhook(api))
    handler = function("webhook")

    def timed(events: Iterator[Event]) -> Callable[[], float]:
        def call() -> float:
            event = next(events)
            before = time.perf_counter()
            response = handler(event, CONTEXT)
            milliseconds = (time.perf_counter() - before) * 1000
            assert response["statusCode"] == 200, response
            return milliseconds

        return call

    times = in_turns({"started": timed(iter(starts)), "ignored": timed(iter(ignored))}, CALLS)
    assert last_broadcast_start(ann) == first + CALLS * SECOND, "a webhook's write was lost"
    percentiles = {
        name: (quantile(values, 0.5), quantile(values, 0.99)) for name, values in times.items()
    }
    return Report(
        title="Webhook: wall time of the handler, ms",
        columns=["", "p50", "p99"],
        rows=[[name, f"{p50:.2f}", f"{p99:.2f}"] for name, (p50, p99) in percentiles.items()],
        figures={name: {"p50_ms": p50, "p99_ms": p99} for name, (p50, p99) in percentiles.items()},
        goals=[
            Goal(
                "Webhook, ingress started, with its write, p99, ms",
                percentiles["started"][1],
                100,
                is_of_time=True,
            ),
            Goal("Webhook, ignored, p99, ms", percentiles["ignored"][1], 5, is_of_time=True),
        ],
    )
