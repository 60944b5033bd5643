"""The measurements of `make bench`. `cost`, which needs no server, runs in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.report import Report

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


def test_a_measurement_keeps_the_results_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "bench.json")
    for name, figure in [("cold", 1), ("warm", 2), ("cold", 3)]:
        bench.save(name, Report(name, ["ms"], [[str(figure)]], {"ms": figure}), 1)

    saved = json.loads(bench.RESULTS.read_text())

    assert {name: result["figures"]["ms"] for name, result in saved.items()} == {
        "cold": 3,
        "warm": 2,
    }


def test_the_time_left_is_that_of_the_last_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "bench.json")
    bench.save("cold", Report("cold", ["ms"], [["1"]], {}), 61)
    assert bench.remaining(["cold"]) == ", about 2 min left"
    assert bench.remaining(["cold", "warm"]) == ""
    bench.save("warm", Report("warm", ["ms"], [["1"]], {}), 100)
    assert bench.remaining(["cold", "warm"]) == ", about 3 min left"
    monkeypatch.setattr(bench, "QUICK", True)
    assert bench.remaining(["cold", "warm"]) == ""


def test_a_row_that_does_not_fit_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="doesn't fit"):
        Report("title", ["run", "ms"], [["one"]], {})
