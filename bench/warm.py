"""How much processor time does a call take once a function is warm, beside other shapes?

Time of this process alone: the servers are others.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, repeat
from typing import Any

from bench.home import LIVE, furnish
from bench.report import Goal, Report, in_turns, ratios_of, summary
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
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET

Handler = Callable[[Event, Any], dict[str, Any]]

ROUNDS = 20
CALLS = 20
"""Of each subject in each round: the clock of a process ticks coarsely."""


def per_call(handler: Handler, events: Iterator[Event]) -> Callable[[], float]:
    """Milliseconds of processor time of one call, over some calls."""

    def measured() -> float:
        asked = list(islice(events, CALLS))
        began = time.process_time()
        answers = [handler(event, CONTEXT) for event in asked]
        took = time.process_time() - began
        assert all(answer["statusCode"] == 200 for answer in answers), answers
        return took * 1000 / CALLS

    return measured


def measure() -> Report:
    """Our calls, and those of the shapes that do the same, in turns."""
    api = set_scene()
    furnish(api)
    ann, bob = api.joins("ann"), api.joins("bob")
    ingress_id = ingress_of(api, ann)
    begun = time.time_ns() - 1_000_000 * SECOND
    starts = [
        started(api, ingress_id, begun + number * SECOND) for number in range((ROUNDS + 1) * CALLS)
    ]
    signed_in = api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)
    guest = api.event("POST", "/api/token", {"host": "ann"})
    home = api.event("GET", "/api/pages/home")
    channel = api.event("GET", "/api/pages/channels/ann", signed_in_as=bob)

    os.environ.update(LIVEKIT_API_KEY=LIVEKIT_KEY, LIVEKIT_API_SECRET=LIVEKIT_SECRET)
    from bench.shapes import everything, plain  # read their settings at once

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
        "webhook, begins": {
            "ours": (webhook, starts),
            "plain": (plain.handler, starts),
        },
        "webhook, shed": {
            "ours": (webhook, repeat(shed(api))),
            "plain": (plain.handler, repeat(shed(api))),
        },
        "channel page": {"ours": (pages, repeat(channel))},
        f"home, {LIVE} live": {"ours": (pages, repeat(home))},
    }
    subjects = {
        f"{call}: {shape}": per_call(handler, iter(events))
        for call, shapes in calls.items()
        for shape, (handler, events) in shapes.items()
    }
    took = in_turns(subjects, ROUNDS)
    last = begun + (len(starts) - 1) * SECOND
    assert session_started(ann) == last, "a webhook's write was lost"
    return _report(list(calls), took)


def _report(calls: list[str], took: dict[str, list[float]]) -> Report:
    rows: list[list[str]] = []
    for call in calls:
        ours = took[f"{call}: ours"]
        row = [call, _shown(ours)]
        for shape in ("everything", "plain"):
            theirs = took.get(f"{call}: {shape}")
            row.append(f"{_shown(theirs)} ({ratios_of(ours, theirs)[0]:.2f})" if theirs else "")
        rows.append(row)
    beside = ratios_of(took["token, signed in: ours"], took["token, signed in: plain"])
    return Report(
        title="Warm: processor ms of a call, median / least (ours ÷ theirs)",
        columns=["", "ours", "everything", "plain"],
        rows=rows,
        figures={name: summary(values) for name, values in took.items()},
        # The Next.js application that Footlight re-creates took ten times plain's, side by side.
        goals=[Goal("Warm: token, signed in ÷ plain", max(beside), 10 / 3, is_of_time=True)],
    )


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} / {min(values):.2f}"
