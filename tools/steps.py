"""A runner of make targets: one after another, with the minutes of each at the end.

`python3 -m tools.steps check test` stops at the first target that fails. A target that runs this
module again, as `test` does, adds its own steps to the same table. A target may be followed by
variables: `"fetch INGRESS=livekit"`. Standard library only, since the first step may be the one
that installs everything.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

RECORD = "FOOTLIGHT_STEPS"
"""The environment variable that names the file of an outer run's steps."""


def main(targets: Sequence[str]) -> int:
    """Run the targets; return the exit code of the first that fails, or 0."""
    record = os.environ.get(RECORD)
    if record:
        return run(targets, Path(record))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "steps")
        file.touch()
        try:
            return run(targets, file)
        finally:
            print(table(file.read_text()), flush=True)


def run(targets: Sequence[str], record: Path) -> int:
    """Run the targets, and append each one's name, seconds and exit code to the record."""
    make = os.environ.get("MAKE", "make")
    for target in targets:
        steps_before = record.read_text()
        started = time.monotonic()
        code = subprocess.call([make, *target.split()], env={**os.environ, RECORD: str(record)})
        if record.read_text() == steps_before:  # no steps of its own
            with record.open("a") as file:
                file.write(f"{target} {time.monotonic() - started:.1f} {code}\n")
        if code:
            return code
    return 0


def table(record: str) -> str:
    """Return the minutes of each recorded step, and their sum."""
    steps = [line.rsplit(maxsplit=2) for line in record.splitlines()]
    lines = [
        f"  {name:<14} {_minutes(float(seconds)):>7}{'' if code == '0' else '  failed'}"
        for name, seconds, code in steps
    ]
    total = sum(float(seconds) for _, seconds, _ in steps)
    return "\n".join(["Minutes per step:", *lines, f"  {'total':<14} {_minutes(total):>7}"])


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
