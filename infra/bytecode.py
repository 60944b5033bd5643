"""Bytecode for a function's zip, compiled by a Python of the target's version."""

import functools
import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import uv

from infra.building import Target

EPOCH: Final = 315532800
"""1980-01-01, the oldest time that a zip can store."""


@functools.cache
def compiler(target: Target) -> str | None:
    """Return a Python on this machine that compiles for the target, or None if it has none."""
    candidates = [
        sys.executable,
        shutil.which(f"python{target.python}"),
        *sorted(glob.glob(str(_pyenv() / f"{target.python}*" / "bin" / "python"))),  # noqa: PTH207
        _python_of_uv(target.python),
    ]
    for candidate in candidates:
        if candidate and python_version(candidate).startswith(f"{target.python}."):
            return candidate
    print(  # noqa: T201 - a warning of the build
        f"This machine has no Python {target.python}. The functions ship without bytecode, "
        "so their cold starts take about twice as long.",
        file=sys.stderr,
    )
    return None


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"


def _python_of_uv(version: str) -> str | None:
    result = subprocess.run(  # noqa: S603 - our own command
        [uv.find_uv_bin(), "python", "find", "--no-config", "--managed-python", version],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip() or None


@functools.cache
def python_version(python: str) -> str:
    """Return the full version of a Python on this machine, or an empty string if it fails."""
    result = subprocess.run(  # noqa: S603 - a Python of this machine
        [python, "-I", "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout.strip()


def compile_folder(folder: Path, target: Target, root: Path) -> None:
    """Write bytecode that Lambda can use. No-op if this machine can't compile for the target.

    Zip tools set every file's time to 1980. Python discards bytecode that it validates by time at
    each cold start, and uses unchecked-hash bytecode as is. One process and a fixed hash seed
    produce the same bytes each time.
    """
    python = compiler(target)
    if python is None or not folder.is_dir():
        return
    subprocess.run(  # noqa: S603 - a Python of this machine
        [
            *(python, "-I", "-m", "compileall", "-q", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", str(root), "-p", "/var/task", str(folder)),
        ],
        env={"PYTHONHASHSEED": "0", "PATH": os.defpath},
        check=True,
    )


def reset_times(folder: Path) -> None:
    """Set the times of all files and folders to `EPOCH`, except for files shared by hard links."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir() or path.stat().st_nlink == 1:
            os.utime(path, (EPOCH, EPOCH))
