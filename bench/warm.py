"""Measure the CPU time of a call to a warm function, compared with alternative designs.

It is the time of this process only. The servers are other processes.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, repeat
from typing import Any

from bench.home import LIVE, create_live_channels
from bench.report import Goal, Report, in_turns, ratios_of, sized, summary
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
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET

Handler = Callable[[Event, Any], dict[str, Any]]

ROUNDS = sized(20, quick=3)
CALLS = 20
"""Calls of each subject per round, since the clock for CPU time is coarse."""


def per_call(handler: Handler, events: Iterator[Event]) -> Callable[[], float]:
    """Return a function that measures the mean CPU time of a call, in ms."""

    def measured() -> float:
        batch = list(islice(events, CALLS))
        started = time.process_time()
        responses = [handler(event, CONTEXT) for event in batch]
        elapsed = time.process_time() - started
        assert all(response["statusCode"] == 200 for response in responses), responses
        return elapsed * 1000 / CALLS

    return measured


def measure() -> Report:
    """Measure our functions and the alternative designs in turns."""
    api = set_scene()
    create_live_channels(api)
    ann, bob = api.joins("ann"), api.joins("bob")
    ingress_id = create_ingress(api, ann)
    first = time.time_ns() - 1_000_000 * SECOND
    starts = [
        ingress_started(api, ingress_id, first + number * SECOND)
        for number in range((ROUNDS + 1) * CALLS)
    ]
    signed_in = api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)
    guest = api.event("POST", "/api/token", {"host": "ann"})
    home = api.event("GET", "/api/pages/home")
    channel = api.event("GET", "/api/pages/channels/ann", signed_in_as=bob)

    os.environ.update(LIVEKIT_API_KEY=LIVEKIT_KEY, LIVEKIT_API_SECRET=LIVEKIT_SECRET)
    from bench.shapes import everything, plain  # they read their settings on import

    token, pages, webhook = function("token"), function("pages"), function("webhook")
    calls: dict[str, dict[str, tuple[Handler, Iterable[Event]]]] = {
        "token, signed in": {
            "ours": (token, repeat(signed_in)),
            "everything": (everything.handler, repeat(signed_in)),
            "plain": (plain.handler, repeat(signed_in)),
        },
        "token, guest": {
            "ours": (token, repeat(guest)),
            "everything": (everything.handler, repeat(guest)),
            "plain": (plain.handler, repeat(guest)),
        },
        "webhook, ingress started": {
            "ours": (webhook, starts),
            "plain": (plain.handler, starts),
        },
        "webhook, ignored": {
            "ours": (webhook, repeat(ignored_webhook(api))),
            "plain": (plain.handler, repeat(ignored_webhook(api))),
        },
        "channel page": {"ours": (pages, repeat(channel))},
        f"home, {LIVE} live": {"ours": (pages, repeat(home))},
    }
    subjects = {
        f"{call}: {shape}": per_call(handler, iter(events))
        for call, shapes in calls.items()
        for shape, (handler, events) in shapes.items()
    }
    times = in_turns(subjects, ROUNDS)
    last = first + (len(starts) - 1) * SECOND
    assert last_broadcast_start(ann) == last, "a webhook's write was lost"
    return _report(list(calls), times)


def _report(calls: list[str], times: dict[str, list[float]]) -> Report:
    rows: list[list[str]] = []
    for call in calls:
        ours = times[f"{call}: ours"]
        row = [call, _shown(ours)]
        for shape in ("everything", "plain"):
            theirs = times.get(f"{call}: {shape}")
            row.append(f"{_shown(theirs)} ({ratios_of(ours, theirs)[0]:.2f})" if theirs else "")
        rows.append(row)
    ratios = ratios_of(times["token, signed in: ours"], times["token, signed in: plain"])
    return Report(
        title="Warm: CPU time of a call in ms, median / minimum (ours ÷ theirs)",
        columns=["", "ours", "everything", "plain"],
        rows=rows,
        figures={name: summary(values) for name, values in times.items()},
        goals=[Goal("Warm: token, signed in ÷ plain", max(ratios), 1.0, is_of_time=True)],
    )


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} / {min(values):.2f}"
