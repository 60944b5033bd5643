"""Run the reconciler of one source tree against `bench.many_channels`, and print its times as JSON.

It is a program of its own, so that it also measures older versions of the product.

    python reconciler_alone.py SOURCE PORT RUNS
"""

import contextlib
import io
import json
import os
import sys
import time
from typing import Any


class Context:
    """Lambda's context."""

    function_name = "reconcile"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:reconcile"
    aws_request_id = "request"
    memory_limit_in_mb = 512


def main(source: str, port: int, runs: int) -> None:
    """Print the CPU and wall seconds of each invocation of each run, after one to warm up."""
    sys.path.insert(0, source)
    url = f"http://127.0.0.1:{port}"
    os.environ |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "FOOTLIGHT_LIVEKIT_URL": url.replace("http", "ws"),
        "FOOTLIGHT_LIVEKIT_SECRET_ID": "livekit",
        "FOOTLIGHT_RECONCILE_FUNCTION": "reconcile",
        "POWERTOOLS_SERVICE_NAME": "reconcile",
        "POWERTOOLS_METRICS_NAMESPACE": "Footlight",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
    from footlight.aws import background
    from functions.reconcile.handler import handler

    started: list[Any] = []

    def start(_: str, task: Any) -> bool:
        started.append(task)
        return True

    try:
        from footlight.aws import invocations
    except ImportError:  # before runs had parts
        background._start = started.append  # pyright: ignore[reportPrivateUsage]
    else:
        invocations.invoke = start
    results: list[list[dict[str, float]]] = []
    for _ in range(1 + runs):
        measured: list[dict[str, float]] = []
        tasks: list[Any] = [{}]
        while tasks:
            task = tasks.pop(0)
            if "until" in task:  # Lambda runs all parts at once, here they run one after another
                task["until"] = int(time.time() * 1000) + 42_000
            cpu, wall = time.process_time(), time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()) as output:
                handler(task, Context())
            measured.append(
                {
                    "cpu": time.process_time() - cpu,
                    "wall": time.perf_counter() - wall,
                    "live": _metric(output.getvalue(), "LiveChannels"),
                    "faults": _metric(output.getvalue(), "ReconcileFaults"),
                }
            )
            tasks += started
            started.clear()
        results.append(measured)
    sys.stdout.write(json.dumps(results[1:]))


def _metric(output: str, name: str) -> float:
    values = [json.loads(line).get(name, 0) for line in output.splitlines() if line.startswith("{")]
    return sum(sum(value) if isinstance(value, list) else value for value in values)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
