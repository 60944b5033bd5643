"""What the build steps for functions and for the site share."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent


class BuildFailure(RuntimeError):
    """A missing file or failed command while building a function's zip or the site."""


@dataclass(frozen=True)
class Target:
    """The Python version and platform that a function's zip is built for."""

    python: str
    """Major and minor version, such as `3.13`."""
    platform: str | None
    """A platform name of uv's, or None for this machine."""

    @staticmethod
    def lambda_runtime() -> "Target":
        """Return Lambda on arm64 with the Python version of `infra/function.py`."""
        return Target(python="3.13", platform="aarch64-manylinux2014")

    @staticmethod
    def this_machine() -> "Target":
        """Return this machine's platform and the running Python's version."""
        return Target(python=f"{sys.version_info[0]}.{sys.version_info[1]}", platform=None)


def machine_python() -> str:
    """Return the path of the system Python from which this virtual environment was created."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}")
