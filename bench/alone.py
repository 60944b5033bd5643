"""One measurement, in a process that was started for it and has loaded nothing else."""

import importlib
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Report


def measured(name: str) -> Report:
    """What `bench/{name}.py` finds."""
    with quiet():
        report: Report = importlib.import_module(f"bench.{name}").measure()
        return report


@contextmanager
def quiet() -> Generator[None]:
    """Meanwhile, what functions log costs what it costs, but is not shown."""
    with Path(os.devnull).open("w") as nowhere:
        kept = os.dup(1)
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)
