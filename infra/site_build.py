"""The build of the site, for its bucket and for the function that serves its page.

Imports no CDK, because the local stack uses it too.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

from infra.building import ROOT, BuildFailure, machine_python

WEB: Final = ROOT / "web"
DIST: Final = WEB / "dist"
PAGE: Final = DIST / "index.html"
"""The built page, which every path of the site serves."""

BUILT_FROM: Final = WEB / "node_modules" / ".built-from"
LOCK: Final = ROOT / ".local" / "site.lock"
TOOLS: Final = ROOT / ".local" / "bin"
"""`make tools` installs Node here if this machine's own version is too old."""
NOT_SOURCES: Final = {"node_modules", "dist", "coverage", ".vite"}


def fingerprint() -> str:
    """Return a hash of everything that the site is built from."""
    if not (WEB / "package-lock.json").is_file():
        raise BuildFailure("web/package-lock.json is missing, so the site can't be built")
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(set(folders) - NOT_SOURCES)
        for name in sorted(files):
            file = Path(folder, name)
            content = file.read_bytes()
            digest.update(f"{file.relative_to(WEB)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def is_built_from(sources: str) -> bool:
    """Return whether the built site matches the fingerprint of its sources."""
    with contextlib.suppress(OSError):
        return PAGE.exists() and BUILT_FROM.read_text() == sources
    return False


def mark_built_from(sources: str) -> None:
    """Record the fingerprint of the sources of the built site."""
    BUILT_FROM.write_text(sources)


def build_site() -> None:
    """Build the site with the packages of its lock file, unless it is built from these sources."""
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may synthesize at once
        sources = fingerprint()
        if is_built_from(sources):
            return
        # As a separate program, because `infra` imports nothing from `local`.
        _run([machine_python(), "-m", "local.tools", "base", "web"], ROOT)
        _run(["npm", "run", "build"], WEB)
        mark_built_from(sources)


def _run(command: list[str], folder: Path) -> None:
    result = subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=folder,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(TOOLS), os.environ.get("PATH", os.defpath)]),
            "NO_COLOR": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BuildFailure(
            f"The site can't be built: {' '.join(command)}\n{result.stdout}{result.stderr}"
        )
