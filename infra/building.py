"""What the build steps for functions and for the site share."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

PYTHON: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"
"""The running Python's major and minor version."""

RUNTIMES: Final[Mapping[str, date]] = {
    "3.11": date(2027, 6, 30),
    "3.12": date(2028, 10, 31),
    "3.13": date(2029, 6, 30),
    "3.14": date(2029, 6, 30),
}
"""Python versions that Lambda runs, each with its deprecation date.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

RECOMMENDED: Final = "3.13"
"""The oldest version that builds without a warning."""

ANOTHER_PYTHON: Final = (
    f".venv/bin/uv python install {RECOMMENDED} && export PYTHON=python{RECOMMENDED}"
)
"""The commands after which `make` builds with another Python."""

SNAP_START: Final = "3.12"
"""The oldest version with SnapStart. https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html"""


class BuildFailure(RuntimeError):
    """A missing file or failed command while building what is deployed."""


class UnsuitablePython(BuildFailure):
    """The Python that runs this build has a version that Lambda can't use."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}: {ANOTHER_PYTHON}")
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """The Python version and platform that the functions are built for."""

    python: str
    """Major and minor version, such as `3.13`."""
    platform: str | None
    """A platform name of uv's, or None for this machine."""

    @staticmethod
    def lambda_runtime() -> "Target":
        """Return Lambda on arm64 with the running Python's version, so that bytecode matches.

        Raises `UnsuitablePython` if Lambda has no such version.
        """
        if PYTHON not in RUNTIMES:
            raise UnsuitablePython(
                f"Lambda runs Python {', '.join(RUNTIMES)}, and Python {PYTHON} runs this build"
            )
        # Wheels for glibc 2.17, which also load on Amazon Linux 2 (Python 3.11).
        return Target(python=PYTHON, platform="aarch64-manylinux2014")

    @staticmethod
    def this_machine() -> "Target":
        """Return this machine's platform and the running Python's version."""
        return Target(python=PYTHON, platform=None)

    @property
    def age(self) -> tuple[int, ...]:
        """The version as numbers, in the order of releases."""
        return _numbers(self.python)

    @property
    def warning(self) -> str | None:
        """What is wrong with an old version, or None."""
        if self.age >= _numbers(RECOMMENDED):
            return None
        return (
            f"the functions get Python {self.python}, which runs this build, and which Lambda "
            f"deprecates on {RUNTIMES[self.python]}"
        )

    def require_snap_start(self) -> None:
        """Raise `UnsuitablePython` if Lambda has no SnapStart for this version."""
        if self.age < _numbers(SNAP_START):
            raise UnsuitablePython(
                f"snapStart needs Python {SNAP_START} or newer, and Python {self.python} runs "
                "this build"
            )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def machine_python() -> str:
    """Return the path of the system Python from which this virtual environment was created."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}")
