"""Bytecode for the functions and their layer, compiled by the Python that runs this build.

Its version is the functions' runtime (`building.Target`), so the bytecode always matches.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

EPOCH: Final = 315532800
"""1980-01-01, the oldest time that a zip can store."""


def compile_folder(folder: Path, root: Path, runs_in: str = "/var/task") -> None:
    """Write bytecode that Lambda can use, if the folder exists.

    Zip tools set every file's time to 1980. Python discards bytecode that it validates by time at
    each cold start, and uses unchecked-hash bytecode as is. One process and a fixed hash seed
    produce the same bytes each time. Tracebacks show files at `runs_in`, which stands for `root`.
    """
    if not folder.is_dir():
        return
    subprocess.run(  # noqa: S603 - this Python
        [
            *(sys.executable, "-I", "-m", "compileall", "-q", "-j", "1"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", str(root), "-p", runs_in, str(folder)),
        ],
        env={"PYTHONHASHSEED": "0", "PATH": os.defpath},
        check=True,
    )


def reset_times(folder: Path) -> None:
    """Set the times of all files and folders to `EPOCH`, except for files shared by hard links."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir() or path.stat().st_nlink == 1:
            os.utime(path, (EPOCH, EPOCH))
