"""Measure one cold start, using only the standard library: `cold_start.py <folders> <module>`.

The input is an event, a list of events, or null for no request. The last line of the output is
JSON: the milliseconds for importing the handler from the folders and for its first request, the CPU
time of both, and the status of the response. `later` is the milliseconds of the other requests.
"""

import importlib
import json
import os
import sys
import time
from types import SimpleNamespace

CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:bench",
    aws_request_id="request-1",
    get_remaining_time_in_millis=lambda: 10_000,
)
"""The context that Lambda passes to a handler."""


def main(folders: str, module: str) -> None:
    """Import the handler, call it once, and print the durations."""
    loaded = json.load(sys.stdin)
    events = loaded if isinstance(loaded, list) else [loaded]
    sys.path[:0] = folders.split(os.pathsep)
    started, processor_started = time.perf_counter(), time.process_time()
    handler = importlib.import_module(module).handler
    imported = time.perf_counter()
    response = handler(events[0], CONTEXT) if events[0] is not None else None
    finished, processor_finished = time.perf_counter(), time.process_time()
    later: list[float] = []
    for event in events[1:]:
        started_again = time.perf_counter()
        again = handler(event, CONTEXT)
        later.append((time.perf_counter() - started_again) * 1000)
        assert again["statusCode"] == 200, again
    durations = {
        "import": (imported - started) * 1000,
        "request": (finished - imported) * 1000,
        "processor": (processor_finished - processor_started) * 1000,
        "status": (response or {}).get("statusCode"),
    }
    if later:
        durations["later"] = sum(later)
    print("\n" + json.dumps(durations))


if __name__ == "__main__":
    main(*sys.argv[1:])
