"""Checks: one line each, with the command that helps.

A check is a function that returns what it found. It raises `Failed` or `Warned` otherwise. A
feature that is simply absent is `Absent`: a failure on AWS, and a skipped check on the emulator.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TextIO, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

Status = Literal["OK", "WARN", "FAIL", "SKIP"]
T = TypeVar("T")

UNSUPPORTED: Final = frozenset(
    {"400", "404", "501", "InvalidAction", "NotImplemented", "UnknownOperationException"}
)
"""Error codes of an emulator for a service or an operation that it doesn't have. AWS names its
errors, so a bare number is never AWS's."""


class Finding(Exception):
    """What a check found, and the command or the step that helps."""

    status: Status = "FAIL"

    def __init__(self, text: str, help: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.help = help


class Failed(Finding):
    """The deployment doesn't work, or a deploy would fail."""


class Warned(Finding):
    """The deployment works, but the operator should know this."""

    status = "WARN"


class Skipped(Finding):
    """The check has nothing to look at."""

    status = "SKIP"


class Absent(Finding):
    """A feature is missing altogether, which is expected of the emulator only."""


def exit_code_of(command: Callable[[], None]) -> int:
    """Run a command. Return 0, or 1 after one clear line if it fails."""
    try:
        command()
    except Finding as finding:
        print(f"✗ {finding.text}" + (f" → {finding.help}" if finding.help else ""), file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


@dataclass(frozen=True)
class Line:
    """The result of one check."""

    status: Status
    name: str
    text: str
    help: str = ""

    def __str__(self) -> str:
        first = f"{self.status:4}  {self.name}: {self.text}"
        return f"{first}\n        → {self.help}" if self.help else first


@dataclass(frozen=True)
class Check(Generic[T]):
    """A named check of a target, such as a deployment."""

    name: str
    run: Callable[[T], str]


def result(check: Check[T], target: T, *, on_emulator: bool = False) -> Line:
    """Run one check. Errors of AWS become failures, so that the other checks still run."""
    try:
        return Line("OK", check.name, check.run(target))
    except Absent as absent:
        if on_emulator:
            return Line("SKIP", check.name, f"not on the emulator: {absent.text}")
        return Line("FAIL", check.name, absent.text, absent.help)
    except Finding as finding:
        return Line(finding.status, check.name, finding.text, finding.help)
    except ClientError as error:
        code, operation = error.response.get("Error", {}).get("Code", ""), error.operation_name
        if on_emulator and code in UNSUPPORTED:
            return Line("SKIP", check.name, f"not on the emulator: {operation}")
        return Line("FAIL", check.name, str(error), _help_for(code, operation))
    except BotoCoreError as error:
        return Line("FAIL", check.name, str(error), "check the region and the network")


def _help_for(code: str, operation: str) -> str:
    if "AccessDenied" in code or code == "UnauthorizedOperation":
        return f"use credentials that may call {operation}"
    return ""


def run_all(
    checks: Iterable[Check[T]],
    target: T,
    *,
    on_emulator: bool = False,
    output: TextIO | None = None,
) -> list[Line]:
    """Run all checks in order, and print each line as soon as it is known."""
    lines: list[Line] = []
    for check in checks:
        line = result(check, target, on_emulator=on_emulator)
        lines.append(line)
        print(line, file=output or sys.stdout, flush=True)
    return lines


def summary(lines: Sequence[Line]) -> str:
    """Return the number of lines of each status, with the names of skipped checks."""
    counts = Counter(line.status for line in lines)
    text = ", ".join(f"{counts[status]} {status}" for status in ("OK", "WARN", "FAIL", "SKIP"))
    skipped = [line.name for line in lines if line.status == "SKIP"]
    return f"{text} ({', '.join(skipped)})" if skipped else text


def exit_code(lines: Sequence[Line]) -> int:
    """Return 1 if any check failed."""
    return int(any(line.status == "FAIL" for line in lines))
