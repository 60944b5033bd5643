"""`make bench` with names of measurements."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_AN_OUTER_MAKE = ("MAKEFLAGS", "MAKELEVEL", "INGRESS")
"""Variables that change what `make` prints or runs."""


@pytest.mark.parametrize(
    ("goals", "tools", "measurements"),
    [
        ("bench", "base web stack browser bench", ""),
        ("bench cost", "base web", "cost"),
        ("bench cold home", "base web stack browser bench", "cold home"),
        ("bench cost home", "base web stack browser bench", "cost home"),
    ],
)
def test_bench_runs_the_named_measurements_with_the_tools_that_they_need(
    goals: str, tools: str, measurements: str
) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "PYTHON=python3", *goals.split()],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in OF_AN_OUTER_MAKE},
        capture_output=True,
        text=True,
        check=True,
    )
    commands = [line.split() for line in done.stdout.splitlines() if line != ":"]
    assert commands == [
        ["python3", "-m", "local.tools", *tools.split()],
        [".venv/bin/python", "-m", "bench", *measurements.split()],
    ]
