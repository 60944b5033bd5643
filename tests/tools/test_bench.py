"""`make bench cost`, which needs no server, computes README's prices in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = "from bench import cost; print(*(line.row() for line in cost.measured().lines()), sep='\\n')"


def test_the_cost_is_what_the_readme_says() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ROWS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    readme = (ROOT / "README.md").read_text().splitlines()
    rows = [row for row in done.stdout.splitlines() if row.startswith("| ")]
    assert rows
    assert [row for row in rows if row not in readme] == []
