"""Run one measurement in a fresh process that has imported nothing else."""

import importlib
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Report


def run_measurement(name: str) -> Report:
    """Run `bench/{name}.py` and return its report."""
    with discarded_output():
        report: Report = importlib.import_module(f"bench.{name}").measure()
        return report


@contextmanager
def discarded_output() -> Generator[None]:
    """Discard what the functions log. Logging still costs its usual time."""
    with Path(os.devnull).open("w") as null:
        stdout = os.dup(1)
        os.dup2(null.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(stdout, 1)
            os.close(stdout)
