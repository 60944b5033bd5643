"""Write the lock files in requirements/, or check that they match pyproject.toml.

`python -m local.locks` pins each dependency group in requirements/{group}.txt and keeps versions
that are pinned already. `--check` changes nothing and lists the files that are out of date.
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


def main(arguments: Sequence[str]) -> int:
    """Write the lock files, or check them with `--check`. Return 1 if one is out of date."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    locked = sorted(groups)
    if "--check" not in arguments:
        for group in locked:
            _compile(group, REQUIREMENTS / f"{group}.txt")
        return 0
    outdated: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for group in locked:
            lock, fresh = REQUIREMENTS / f"{group}.txt", Path(folder, f"{group}.txt")
            if lock.exists():
                shutil.copy(lock, fresh)
                _compile(group, fresh)
            if not fresh.exists() or fresh.read_text() != lock.read_text():
                outdated.append(f"requirements/{group}.txt")
    strays = {path.stem for path in REQUIREMENTS.glob("*.txt")} - set(locked)
    outdated += sorted(f"requirements/{stray}.txt" for stray in strays)
    if outdated:
        print(
            f"✗ Lock files don't match pyproject.toml: {', '.join(outdated)}. Run make lock",
            file=sys.stderr,
        )
        return 1
    return 0


def _compile(group: str, lock: Path) -> None:
    """Compile one lock file. uv keeps the versions in it unless they must change."""
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
