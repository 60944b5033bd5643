"""`python -m tools.audit`: look for known vulnerabilities of all locked Python and npm packages.

It asks PyPI and the npm registry. A registry that doesn't answer is a failure, never a pass.
https://github.com/pypa/pip-audit#usage
https://docs.npmjs.com/cli/commands/npm-audit
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PIP_AUDIT: Final = ROOT / ".local" / "audit"


NPM: Final = (
    "infra",
    "tests/support/iam-simulate",
    "tests/support/openid-provider",
    "web",
    "web/bench/peers",
)
"""The folders with a `package-lock.json`."""


def commands() -> dict[str, Sequence[str]]:
    """Return the command that checks each lock file, by its path in the project."""
    python = (sys.executable, "-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes")
    checks: dict[str, Sequence[str]] = {}
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        quiet = ("--progress-spinner", "off")
        checks[str(lock.relative_to(ROOT))] = (*python, *quiet, "-r", str(lock))
    for folder in NPM:
        checks[f"{folder}/package-lock.json"] = ("npm", "audit", "--prefix", str(ROOT / folder))
    return checks


def failing(checks: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the lock files that have a vulnerability, or that could not be checked."""
    environment = {**os.environ, "PYTHONPATH": str(PIP_AUDIT)}
    failed: list[str] = []
    for lock, command in checks.items():
        print(f"→ {lock}", flush=True)
        if subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode:
            failed.append(lock)
    return failed


def main() -> int:
    """Check every lock file. Return the exit code."""
    if failed := failing(commands()):
        print(f"✗ vulnerable, or not checked: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
