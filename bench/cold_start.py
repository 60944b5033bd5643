"""One cold start, as a program of the standard library alone: `cold_start.py <folder> <module>`.

Reads an event (null: no request) from its input. The last line of its output is JSON: milliseconds
of importing the handler out of the folder, of its first request, of processor time in both, and
the answer's status.
"""

import importlib
import json
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
"""What Lambda hands to a handler beside the event."""


def main(folder: str, module: str) -> None:
    """Start cold, and say how long it took."""
    event = json.load(sys.stdin)
    sys.path.insert(0, folder)
    began, processor_began = time.perf_counter(), time.process_time()
    handler = importlib.import_module(module).handler
    imported = time.perf_counter()
    answer = handler(event, CONTEXT) if event is not None else None
    answered, processor_answered = time.perf_counter(), time.process_time()
    took = {
        "import": (imported - began) * 1000,
        "request": (answered - imported) * 1000,
        "processor": (processor_answered - processor_began) * 1000,
        "status": (answer or {}).get("statusCode"),
    }
    print("\n" + json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
