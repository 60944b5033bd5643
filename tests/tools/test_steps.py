"""Steps run in order, stop at a failure, and report the minutes of each."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.passages import ROOT
from tools.steps import RECORD, table

MAKEFILE = f"""
.PHONY: one two outer broken
one two:
\t@echo $@ ran
outer:
\t@cd {ROOT} && MAKE="$$OUR_MAKE" {sys.executable} -m tools.steps one two
broken:
\t@exit 3
variable:
\t@echo $(WORD)
"""


Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def steps(tmp_path: Path) -> Run:
    makefile, make = tmp_path / "Makefile", tmp_path / "make"
    makefile.write_text(MAKEFILE)
    make.write_text(f'#!/bin/sh\nexec make -s -f {makefile} "$@"\n')
    make.chmod(0o755)

    def run(*targets: str) -> tuple[int, list[str]]:
        environment = {k: v for k, v in os.environ.items() if k not in (RECORD, "MAKEFLAGS")}
        done = subprocess.run(
            [sys.executable, "-m", "tools.steps", *targets],
            cwd=ROOT,
            env={**environment, "MAKE": str(make), "OUR_MAKE": str(make)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    return run


def test_steps_run_in_order(steps: Run):
    code, output = steps("two", "one")

    assert code == 0
    assert output[:2] == ["two ran", "one ran"]
    assert [line.split()[0] for line in output[2:]] == ["Minutes", "two", "one", "total"]


def test_a_failed_step_is_the_last(steps: Run):
    code, output = steps("one", "broken", "two")

    assert code != 0
    assert "two ran" not in output
    assert output[-2].split() == ["broken", "0:00", "failed"]


def test_a_step_may_set_a_variable(steps: Run):
    code, output = steps("variable WORD=yes", "one")

    assert code == 0
    assert output[:2] == ["yes", "one ran"]
    assert output[3].split() == ["variable", "WORD=yes", "0:00"]


def test_steps_of_a_step_are_in_the_same_table(steps: Run):
    code, output = steps("outer")

    assert code == 0
    assert [line.split()[0] for line in output] == ["one", "two", "Minutes", "one", "two", "total"]


def test_times_are_minutes_and_seconds():
    assert table("check 61.9 0\ntest-unit 599 2\n").splitlines() == [
        "Minutes per step:",
        "  check             1:01",
        "  test-unit         9:59  failed",
        "  total            11:00",
    ]
