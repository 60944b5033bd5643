"""Slow builds are built once per machine, whatever clones and interruptions there are."""

import os
import threading
import time
from pathlib import Path

import pytest

from local import cache

Builds = list[Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, which doesn't exist yet."""
    monkeypatch.setenv("FOOTLIGHT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def build(target: Path) -> None:
    (target / "program").write_text("built")


def fail(_: Path) -> None:
    raise AssertionError("this build was not needed")


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_second_clone_reuses_the_build_of_the_first(folder: Path) -> None:
    first = cache.built_once("server", "v1", ["source"], build)
    second = cache.built_once("server", "v1", ["source"], fail)

    assert second == first
    assert first.parent == folder
    assert (first / "program").read_text() == "built"


@pytest.mark.parametrize(
    ("name", "version", "inputs"),
    [("other", "v1", ["a", "b"]), ("server", "v2", ["a", "b"]), ("server", "v1", ["ab"])],
)
def test_another_name_version_or_input_is_another_build(
    folder: Path, name: str, version: str, inputs: list[str]
) -> None:
    first = cache.built_once("server", "v1", ["a", "b"], build)
    second = cache.built_once(name, version, inputs, build)

    assert entries(folder) == sorted([first.name, second.name])


def test_a_failed_build_leaves_nothing_behind(folder: Path) -> None:
    def break_halfway(target: Path) -> None:
        build(target)
        raise RuntimeError("no disk space")

    with pytest.raises(RuntimeError, match="no disk space"):
        cache.built_once("server", "v1", [], break_halfway)

    assert entries(folder) == []
    assert cache.built_once("server", "v1", [], build).is_dir()


def test_two_clones_that_build_at_once_get_the_same_entry(folder: Path) -> None:
    both_building = threading.Barrier(2, timeout=10)
    results: list[Path] = []

    def build_together(target: Path) -> None:
        both_building.wait()
        build(target)

    def clone() -> None:
        results.append(cache.built_once("server", "v1", [], build_together))

    clones = [threading.Thread(target=clone) for _ in range(2)]
    for thread in clones:
        thread.start()
    for thread in clones:
        thread.join(20)

    assert results[0] == results[1]
    assert (results[0] / "program").read_text() == "built"
    assert entries(folder) == [results[0].name]


def test_an_unfinished_build_is_never_an_entry(folder: Path) -> None:
    def look_around(target: Path) -> None:
        build(target)
        assert [path.name for path in folder.iterdir()] == [target.name]
        assert target.name.startswith(".unfinished-server-")

    entry = cache.built_once("server", "v1", [], look_around)

    assert entry.name.startswith("server-v1-")


def test_entries_unused_for_a_month_are_removed(folder: Path) -> None:
    old = cache.built_once("server", "v1", [], build)
    used = cache.built_once("server", "v2", [], build)
    abandoned = folder / ".unfinished-server-killed"
    abandoned.mkdir()
    of_another_program = folder / "server-notes"
    of_another_program.mkdir()
    a_month_ago = time.time() - cache.UNUSED_SECONDS - 60
    for path in (old, used, abandoned, of_another_program):
        os.utime(path, (a_month_ago, a_month_ago))
    cache.built_once("server", "v2", [], fail)

    fresh = cache.built_once("server", "v3", [], build)

    assert entries(folder) == sorted([used.name, fresh.name, of_another_program.name])


def test_the_home_folder_holds_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOOTLIGHT_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_folder() == tmp_path / ".cache" / "footlight"

    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert cache.cache_folder() == tmp_path / ".cache" / "footlight"

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache.cache_folder() == tmp_path / "xdg" / "footlight"


@pytest.mark.parametrize("home", [None, "", "/dev/null", "relative"])
def test_without_a_usable_home_the_clone_holds_the_cache(
    home: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "TOOLS", tmp_path)
    monkeypatch.delenv("FOOTLIGHT_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)

    entry = cache.built_once("server", "v1", [], build)

    assert entry.parent == tmp_path / "cache"


def test_an_unwritable_configured_cache_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTLIGHT_CACHE", "/dev/null/cache")

    with pytest.raises(cache.CacheUnusable, match="/dev/null/cache is not writable"):
        cache.built_once("server", "v1", [], fail)
