"""Are the lock files in step with pyproject.toml, and how are they made?

`python -m local.locks` pins each dependency group in requirements/{group}.txt, keeping what is
pinned already; `--check` only says which file is behind.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from local.settings import ROOT, VENV

REQUIREMENTS = ROOT / "requirements"
# Groups that are only ever part of others.
NOT_LOCKED = {"base"}


def main(arguments: Sequence[str]) -> int:
    """Write the lock files, or with `--check` compare them; 1 where one is behind."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    wanted = sorted(set(groups) - NOT_LOCKED)
    if "--check" not in arguments:
        for group in wanted:
            _compile(group, REQUIREMENTS / f"{group}.txt")
        return 0
    behind: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for group in wanted:
            lock, fresh = REQUIREMENTS / f"{group}.txt", Path(folder, f"{group}.txt")
            if lock.exists():
                shutil.copy(lock, fresh)
                _compile(group, fresh)
            if not fresh.exists() or fresh.read_text() != lock.read_text():
                behind.append(f"requirements/{group}.txt")
    strays = {path.stem for path in REQUIREMENTS.glob("*.txt")} - set(wanted)
    behind += sorted(f"requirements/{stray}.txt" for stray in strays)
    if behind:
        print(f"✗ Behind pyproject.toml: {', '.join(behind)}. Run make lock", file=sys.stderr)
        return 1
    return 0


def _compile(group: str, lock: Path) -> None:
    """uv prefers what the file pins already, so only what must change does."""
    options = ["--generate-hashes", "--universal", "--python-version", "3.11"]
    options += ["--no-header", "--no-annotate", "--quiet"]
    subprocess.run(
        [VENV / "bin" / "uv", "pip", "compile", "--group", group, *options, "-o", lock],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
