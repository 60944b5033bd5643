"""How long does the webhook's handler take, with its write, and where it has nothing to do?

Wall time of a warm function in this process; DynamoDB is the local emulator's. LiveKit drops events
of a receiver that is slow.
"""

import time
from collections.abc import Callable, Iterator
from itertools import repeat

from bench.report import Goal, Report, in_turns, quantile
from bench.scene import (
    CONTEXT,
    SECOND,
    Event,
    function,
    ingress_of,
    session_started,
    set_scene,
    shed,
    started,
)

CALLS = 500


def measure() -> Report:
    """The median and the 99th of a hundred, of a broadcast that begins and of an event shed."""
    api = set_scene()
    ann = api.joins("ann")
    ingress_id = ingress_of(api, ann)
    begun = time.time_ns() - 1_000_000 * SECOND
    starts = [started(api, ingress_id, begun + number * SECOND) for number in range(CALLS + 1)]
    sheds = repeat(shed(api))
    handler = function("webhook")

    def timed(events: Iterator[Event]) -> Callable[[], float]:
        def one() -> float:
            event = next(events)
            before = time.perf_counter()
            answer = handler(event, CONTEXT)
            milliseconds = (time.perf_counter() - before) * 1000
            assert answer["statusCode"] == 200, answer
            return milliseconds

        return one

    times = in_turns({"begins": timed(iter(starts)), "shed": timed(iter(sheds))}, CALLS)
    assert session_started(ann) == begun + CALLS * SECOND, "a webhook's write was lost"
    found = {
        name: (quantile(values, 0.5), quantile(values, 0.99)) for name, values in times.items()
    }
    return Report(
        title="Webhook: wall time of the handler, ms",
        columns=["", "p50", "p99"],
        rows=[[name, f"{p50:.2f}", f"{p99:.2f}"] for name, (p50, p99) in found.items()],
        figures={name: {"p50_ms": p50, "p99_ms": p99} for name, (p50, p99) in found.items()},
        goals=[
            Goal(
                "Webhook, begins, with its write, p99, ms", found["begins"][1], 100, is_of_time=True
            ),
            Goal("Webhook, shed, p99, ms", found["shed"][1], 5, is_of_time=True),
        ],
    )
