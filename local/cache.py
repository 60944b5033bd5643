"""A cache of slow builds that every clone on this machine shares.

Each entry is a folder `{name}-{version}-{platform}-{hash}`. The hash covers everything that goes
into the build, so an entry never changes and never goes stale. The cache is the first of:

1. `FOOTLIGHT_CACHE`, if it is set
2. `$XDG_CACHE_HOME/footlight`
3. `$HOME/.cache/footlight`
4. `.local/cache` in this clone, if there is no home folder or it is read-only

A build goes into a temporary folder that is renamed when it is complete. An interrupted build
leaves no entry, and two clones can build the same entry at once: the first to finish wins.

Standard library only: `local.tools` imports it before anything is installed.
"""

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from local.settings import TOOLS

UNUSED_SECONDS = 30 * 24 * 3600
"""Entries that no clone has used for this long are removed when something new is built."""

_MACHINE = f"{sys.platform}-{platform.machine()}"
"""Part of each key, since a home folder may be on a network drive."""


class CacheUnusable(Exception):
    """The cache folder can't be written; the message names it."""


def cache_folder() -> Path:
    """Return the cache folder and create it if possible.

    A folder named by `FOOTLIGHT_CACHE` is returned even if it is read-only, since it may hold all
    entries already.
    """
    configured = os.environ.get("FOOTLIGHT_CACHE")
    if configured:
        folder = Path(configured).expanduser().absolute()
        is_writable(folder)
        return folder
    for variable, inside in (("XDG_CACHE_HOME", ""), ("HOME", ".cache")):
        base = os.environ.get(variable, "")
        # The XDG specification says to ignore relative paths.
        if Path(base).is_absolute() and is_writable(folder := Path(base, inside, "footlight")):
            return folder
    return TOOLS / "cache"


def is_writable(folder: Path) -> bool:
    """Create a folder if it is missing, and return whether files can be created in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def built_once(
    name: str, version: str, inputs: Iterable[str], build: Callable[[Path], None]
) -> Path:
    """Return the folder with a finished build, and run `build` only if no clone has built it yet.

    `inputs` is everything besides the version that the result depends on. `build` fills the empty
    folder that it gets. If it raises, nothing is cached.

    Raises `CacheUnusable` if the cache can't be written.
    """
    cache = cache_folder()
    entry = cache / _key(name, version, inputs)
    if entry.is_dir():
        _mark_used(entry)
        return entry
    if not is_writable(cache):
        raise CacheUnusable(f"The build cache {cache} is not writable: set FOOTLIGHT_CACHE")
    _remove_unused(cache, name)
    unfinished = Path(tempfile.mkdtemp(prefix=f".unfinished-{name}-", dir=cache))
    try:
        build(unfinished)
        unfinished.chmod(0o755)  # mkdtemp's folders are private; the cache may be shared
        _publish(unfinished, entry)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return entry


def _key(name: str, version: str, inputs: Iterable[str]) -> str:
    total = hashlib.sha256()
    for part in inputs:
        total.update(f"{part}\0".encode())
    return f"{name}-{version}-{_MACHINE}-{total.hexdigest()[:16]}"


def _publish(unfinished: Path, entry: Path) -> None:
    try:
        unfinished.rename(entry)
    except OSError:
        # A folder can't replace a folder with files in it: another clone finished first.
        if not entry.is_dir():
            raise


def _mark_used(entry: Path) -> None:
    try:
        os.utime(entry)
    except OSError:
        return  # a read-only cache is not cleaned up either


def _remove_unused(cache: Path, name: str) -> None:
    """Remove old entries of one name, and what interrupted builds left behind.

    The folder may be one that the user has other files in, so only our own names match.
    """
    oldest = time.time() - UNUSED_SECONDS
    entries = [
        *cache.glob(f"{name}-*-{_MACHINE}-{'[0-9a-f]' * 16}"),
        *cache.glob(f".unfinished-{name}-*"),
    ]
    for entry in entries:
        try:
            is_unused = entry.stat().st_mtime < oldest
        except FileNotFoundError:
            continue  # another clone removed it
        if is_unused:
            shutil.rmtree(entry, ignore_errors=True)
