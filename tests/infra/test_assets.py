"""Tests that a function's zip is complete, minimal, and reproducible."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from infra import assets, building, bytecode, dependencies
from infra.building import BuildFailure, Target
from infra.needs import FUNCTIONS

HERE = Target.this_machine()
UNCHECKED_HASH = 0b01
"""Flags of a bytecode file that Python uses without validation (PEP 552)."""

MAX_MB = 60
"""Lambda allows 250 unpacked, but reads each file at a cold start."""

each_function = pytest.mark.parametrize("function", FUNCTIONS)
builds = pytest.mark.assets


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of every function, built for this machine."""
    folders = {name: tmp_path_factory.mktemp(name) for name in FUNCTIONS}
    for name, folder in folders.items():
        assets.build(name, HERE, folder)
    return folders


@builds
@each_function
def test_a_function_loads_with_only_its_own_files(
    built: dict[str, Path], function: str, tmp_path: Path
) -> None:
    program = f"""
import sys
sys.path.insert(0, sys.argv[1])
import functions.{function}.handler as module
assert callable(module.handler)
for module in list(sys.modules.values()):
    if "site-packages" in (getattr(module, "__file__", None) or ""):
        print(module.__file__)
"""
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(built[function])],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == ""


@builds
@each_function
def test_every_module_has_bytecode_that_python_uses_without_validation(
    built: dict[str, Path], function: str
) -> None:
    folder = built[function]
    assert bytecode.compiler(HERE)
    for source in folder.rglob("*.py"):
        compiled = Path(importlib.util.cache_from_source(str(source)))
        assert compiled.is_file(), source
        header = compiled.read_bytes()[:8]
        assert header[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(header[4:8], "little") == UNCHECKED_HASH


@builds
@each_function
def test_a_zip_contains_no_unused_files(built: dict[str, Path], function: str) -> None:
    folder = built[function]
    for pattern in ("bin", "*-stubs", "**/*.pyi", "**/tests", ".lock", "requirements*"):
        assert not list(folder.glob(pattern)), pattern
    services = {path.name for path in (folder / "botocore" / "data").iterdir() if path.is_dir()}
    assert services == set(dependencies.SERVICES)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert size < MAX_MB * 1_000_000


def own_modules(folder: Path) -> set[str]:
    return {
        str(file.relative_to(folder))
        for part in ("functions", "footlight")
        for file in (folder / part).rglob("*.py")
    }


@builds
def test_a_zip_contains_only_modules_that_its_handler_reaches(built: dict[str, Path]) -> None:
    webhook = own_modules(built["webhook"])
    assert "functions/webhook/handler.py" in webhook
    assert "footlight/live/record.py" in webhook
    assert "footlight/__init__.py" in webhook
    assert "footlight/ingress/reset.py" not in webhook
    assert "footlight/livekit/server.py" not in own_modules(built["token"])
    for function, folder in built.items():
        others = {path for path in own_modules(folder) if path.startswith("functions/")}
        assert all(path.startswith(f"functions/{function}/") for path in others)


@builds
def test_only_pages_contains_the_api_description(built: dict[str, Path]) -> None:
    assert {name for name, folder in built.items() if (folder / "openapi.json").is_file()} == {
        "pages"
    }


def contents_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(folder)): (file.read_bytes(), int(file.stat().st_mtime))
        for file in folder.rglob("*")
        if file.is_file()
    }


@builds
def test_the_same_sources_produce_the_same_bytes(
    built: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "CACHE", tmp_path / "cache")  # install and compile again
    again = tmp_path / "again"
    again.mkdir()
    assets.build("token", HERE, again)
    assert contents_of(again) == contents_of(built["token"])


# --- with a small source tree ---


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "functions/token/handler.py": "import footlight.watching\nimport token\n",
        "footlight/__init__.py": "",
        "footlight/watching.py": (
            "from footlight.tables import live\n"
            "def later():\n    from . import errors\n    from .tables.users import name\n"
        ),
        "footlight/errors.py": "",
        "footlight/tables/__init__.py": "from footlight import settings\n",
        "footlight/tables/live.py": "",
        "footlight/tables/users.py": "name = 1\n",
        "footlight/tables/keys.py": "",
        "footlight/settings.py": "",
        "requirements/token.txt": "# a comment\na==1 --hash=sha256:00\n",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setattr(building, "ROOT", tmp_path)
    # grimp finds packages as Python does.
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "footlight", raising=False)
    monkeypatch.delitem(sys.modules, "functions", raising=False)
    return tmp_path


def test_imports_are_followed_at_any_depth_and_inside_functions(tree: Path) -> None:
    assert {str(source.relative_to(tree)) for source in assets.sources("token")} == {
        "functions/token/handler.py",
        "footlight/__init__.py",
        "footlight/watching.py",
        "footlight/errors.py",
        "footlight/settings.py",
        "footlight/tables/__init__.py",
        "footlight/tables/live.py",
        "footlight/tables/users.py",
    }


def test_a_fingerprint_changes_only_with_the_sources_of_its_zip(tree: Path) -> None:
    before = assets.fingerprint("token", HERE)
    (tree / "footlight/tables/keys.py").write_text("changed = True\n")
    (tree / "requirements/token.txt").write_text("a==1 --hash=sha256:00\n# another comment\n")
    assert assets.fingerprint("token", HERE) == before
    assert assets.fingerprint("token", Target.lambda_runtime()) != before
    (tree / "footlight/tables/live.py").write_text("changed = True\n")
    reached = assets.fingerprint("token", HERE)
    assert reached != before
    (tree / "requirements/token.txt").write_text("a==2 --hash=sha256:00\n")
    assert assets.fingerprint("token", HERE) != reached


@pytest.mark.parametrize(
    ("missing", "function", "message"),
    [
        ("functions/token/handler.py", "token", "functions/token/handler.py is missing"),
        ("requirements/token.txt", "token", "requirements/token.txt is missing"),
    ],
)
def test_a_missing_file_is_named(tree: Path, missing: str, function: str, message: str) -> None:
    (tree / missing).unlink()
    with pytest.raises(BuildFailure, match=message):
        assets.fingerprint(function, HERE)
