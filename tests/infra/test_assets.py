"""Tests that the layer and the zips are complete, minimal, reproducible, and small to upload."""

import ast
import importlib.util
import json
import marshal
import os
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from types import CodeType

import aws_cdk
import botocore.session
import pytest
import uv

from infra import assets, building, dependencies
from infra.building import BuildFailure, Target
from infra.needs import FUNCTIONS

ROOT = building.ROOT
HERE = Target.this_machine()
UNCHECKED_HASH = 0b01
"""Flags of a bytecode file that Python uses without validation (PEP 552)."""

MAX_UNPACKED_MB = 80
"""Lambda allows 250 for a function with its layers.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

MAX_UPLOAD_MB = 45
"""A quarter of the 180 that a deploy uploaded with the dependencies in each zip."""

SITE_MB = 0.5
"""More than the zip of the built site, which has 0.3."""

each_function = pytest.mark.parametrize("function", FUNCTIONS)
builds = pytest.mark.assets


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files of every function."""
    folders = {name: tmp_path_factory.mktemp(name) for name in FUNCTIONS}
    for name, folder in folders.items():
        assets.build(name, folder)
    return folders


@pytest.fixture(scope="session")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer's files, built for this machine: what Lambda unpacks to `/opt`."""
    folder = tmp_path_factory.mktemp("opt")
    assets.build_layer(HERE, folder)
    return folder


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a new process that has only Python's standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *map(str, arguments)],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


@builds
@each_function
def test_a_function_loads_with_only_its_own_files_and_the_layer(
    built: dict[str, Path], layer: Path, function: str
) -> None:
    program = f"""
import sys
sys.path[:0] = sys.argv[1:]
import functions.{function}.handler as module
assert callable(module.handler)
for module in list(sys.modules.values()):
    if "site-packages" in (getattr(module, "__file__", None) or ""):
        print(module.__file__)
"""
    result = run(program, built[function], layer / "python")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == ""


@builds
def test_a_linked_layer_has_the_same_modules(
    built: dict[str, Path], layer: Path, tmp_path: Path
) -> None:
    """As the emulator adds it to the path: as a site folder, behind the emulator's packages."""
    assets.build_link(HERE, tmp_path)
    (packages,) = tmp_path.glob("python/lib/*/site-packages")
    program = """
import site, sys
sys.path[:0] = sys.argv[1:2]
site.addsitedir(sys.argv[2])
import functions.token.handler, botocore
print(botocore.__file__)
"""
    result = run(program, built["token"], packages)
    assert result.returncode == 0, result.stderr
    linked = Path(result.stdout.strip())
    assert linked.is_relative_to(dependencies.CACHE)
    assert linked.read_bytes() == (layer / "python" / "botocore" / "__init__.py").read_bytes()


@builds
def test_a_zip_and_the_layer_have_no_module_in_common(built: dict[str, Path], layer: Path) -> None:
    """Python searches the zip before the layer, which would hide the layer's module."""
    packages = {file.name for file in (layer / "python").iterdir()}
    for folder in built.values():
        assert not packages & {file.name for file in folder.iterdir()}


@builds
@pytest.mark.parametrize("asset", ["layer", *FUNCTIONS])
def test_every_module_has_bytecode_that_python_uses_without_validation(
    built: dict[str, Path], layer: Path, asset: str
) -> None:
    folder, runs_in = (layer, "/opt") if asset == "layer" else (built[asset], "/var/task")
    sources = list(folder.rglob("*.py"))
    assert sources
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source)))
        assert compiled.is_file(), source
        content = compiled.read_bytes()
        assert content[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(content[4:8], "little") == UNCHECKED_HASH
        code = marshal.loads(content[16:])  # noqa: S302 - our own file
        assert isinstance(code, CodeType)
        assert code.co_filename == f"{runs_in}/{source.relative_to(folder)}"


@builds
def test_the_layer_contains_no_unused_files(layer: Path) -> None:
    assert [file.name for file in layer.iterdir()] == ["python"]
    folder = layer / "python"
    files = ("**/*.pyi", ".lock", "requirements*", "**/*.js", "**/examples-*.json")
    folders = ("bin", "*-stubs", "**/tests", "**/utilities/idempotency", "**/utilities/parser")
    for pattern in (*files, *folders):
        assert not list(folder.glob(pattern)), pattern
    services = {path.name for path in (folder / "botocore" / "data").iterdir() if path.is_dir()}
    assert services == set(dependencies.SERVICES)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert size < MAX_UNPACKED_MB * 1_000_000


# --- upload ---


def zipped(folder: Path) -> int:
    """Return the bytes of a folder's zip, compressed as CDK does."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return len(content.getvalue())


def aws_cli() -> int:
    """Return the bytes of the layer with the AWS CLI, which CDK adds to upload the site."""
    (package,) = Path(aws_cdk.__file__).parent.glob("asset_awscli_v1/_jsii/*.tgz")
    with tarfile.open(package) as archive:
        return archive.getmember("package/lib/layer.zip").size


@builds
def test_a_deploy_uploads_a_quarter_of_what_zips_with_dependencies_had(
    built: dict[str, Path], tmp_path: Path
) -> None:
    assets.build_layer(Target.lambda_runtime(), tmp_path)
    zips = [zipped(folder) for folder in built.values()]
    total = zipped(tmp_path) + sum(zips) + aws_cli() + SITE_MB * 1_000_000
    assert total <= MAX_UPLOAD_MB * 1_000_000
    assert max(zips) < 500_000  # no zip contains a dependency


# --- services ---


CALLS = {"clients.client", "json_api", "json_api.json_api", "JsonApi"}
"""Functions of `footlight/aws` whose first argument is a service."""


def called_services() -> set[str]:
    """Return the services that the functions call."""
    calls = [
        node
        for file in (ROOT / "footlight").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS
    ]
    first = [call.args[0] for call in calls]
    return {str(argument.value) for argument in first if isinstance(argument, ast.Constant)}


def test_the_layer_has_exactly_the_services_that_functions_call() -> None:
    assert called_services() == set(dependencies.SERVICES)


ENDPOINTS = """
import json, sys
sys.path[:0] = sys.argv[1:]
import botocore.session
from botocore.exceptions import UnknownServiceError
session = botocore.session.get_session()
session.set_credentials("key", "secret")
services, regions = json.load(sys.stdin)
try:
    session.create_client("s3", region_name=regions[0])
    sys.exit("a service that isn't in the layer has a client")
except UnknownServiceError:
    pass
print(json.dumps([
    session.create_client(service, region_name=region).meta.endpoint_url
    for service in services for region in regions
]))
"""


@builds
def test_the_layer_has_the_client_of_each_service_in_every_region(layer: Path) -> None:
    complete = botocore.session.get_session()
    regions = [
        region
        for partition in complete.get_available_partitions()
        for region in complete.get_available_regions("dynamodb", partition)
    ]
    assert len(regions) > 30
    services = list(dependencies.SERVICES)
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ENDPOINTS, str(layer / "python")],
        input=json.dumps([services, [*regions, "xx-new-1"]]),
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    complete.set_credentials("key", "secret")
    assert json.loads(result.stdout) == [
        complete.create_client(service, region_name=region).meta.endpoint_url
        for service in services
        for region in (*regions, "xx-new-1")
    ]


@builds
@pytest.mark.parametrize("python", building.RUNTIMES)
def test_every_runtime_has_wheels_of_the_layer_s_packages(python: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [
            *(uv.find_uv_bin(), "pip", "install", "--dry-run", "--quiet", "--no-config"),
            *("--require-hashes", "--only-binary", ":all:", "--target", str(tmp_path)),
            *("--python-platform", "aarch64-manylinux2014", "--python-version", python),
            *("--requirements", str(ROOT / "requirements" / f"{dependencies.LAYER}.txt")),
        ],
        env={**os.environ, **dependencies.registry_settings()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


# --- files ---


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


@builds
def test_only_pages_contains_the_built_page_with_all_that_it_replaces(
    built: dict[str, Path],
) -> None:
    page = "web/dist/index.html"
    assert {name for name, folder in built.items() if (folder / page).is_file()} == {"pages"}
    html = (built["pages"] / page).read_text()
    for tag in ("<title>", '<meta name="description"', "</head>", "<noscript>"):
        assert html.count(tag) == 1
    # The shell reads the names of other scripts from the first one.
    assert html.index("data-client=") < html.index("</script>")


def contents_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(folder)): (file.read_bytes(), int(file.stat().st_mtime))
        for file in folder.rglob("*")
        if file.is_file()
    }


@builds
def test_the_same_sources_produce_the_same_bytes(
    built: dict[str, Path], layer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "CACHE", tmp_path / "cache")  # install and compile again
    for name, folder in {"token": built["token"], "layer": layer}.items():
        again = tmp_path / name
        again.mkdir()
        if name == "layer":
            assets.build_layer(HERE, again)
        else:
            assets.build(name, again)
        assert contents_of(again) == contents_of(folder)


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
        "requirements/functions.txt": "# a comment\na==1 --hash=sha256:00\n",
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


def test_a_fingerprint_changes_only_with_the_sources_of_its_asset(tree: Path) -> None:
    def prints() -> list[str]:
        return [
            assets.fingerprint("token", HERE),
            dependencies.dependencies_fingerprint(dependencies.LAYER, HERE),
        ]

    before = prints()
    (tree / "footlight/tables/keys.py").write_text("changed = True\n")
    (tree / "requirements/functions.txt").write_text("a==1 --hash=sha256:00\n# other comment\n")
    assert prints() == before
    (tree / "footlight/tables/live.py").write_text("changed = True\n")
    changed = prints()
    assert [new != old for new, old in zip(changed, before, strict=True)] == [True, False]
    (tree / "requirements/functions.txt").write_text("a==2 --hash=sha256:00\n")
    assert [new != old for new, old in zip(prints(), changed, strict=True)] == [False, True]


@pytest.mark.parametrize("python", building.RUNTIMES)
def test_another_python_is_another_asset(python: str, tree: Path) -> None:
    assert tree
    newest, other = Target("3.15", None), Target(python, None)
    assert assets.fingerprint("token", other) != assets.fingerprint("token", newest)
    assert dependencies.dependencies_fingerprint(
        dependencies.LAYER, other
    ) != dependencies.dependencies_fingerprint(dependencies.LAYER, newest)


def test_a_missing_handler_is_named(tree: Path) -> None:
    (tree / "functions/token/handler.py").unlink()
    with pytest.raises(BuildFailure, match=r"functions/token/handler\.py is missing"):
        assets.fingerprint("token", HERE)


def test_a_missing_lock_file_is_named(tree: Path) -> None:
    (tree / "requirements/functions.txt").unlink()
    with pytest.raises(BuildFailure, match=r"requirements/functions\.txt is missing"):
        dependencies.dependencies_fingerprint(dependencies.LAYER, HERE)


# --- the functions' Python ---


def test_the_runtime_is_the_python_that_runs_the_build() -> None:
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert Target.lambda_runtime().python == running
    assert HERE.python == running


@pytest.mark.parametrize("python", ["3.10", "3.15"])
def test_a_python_that_lambda_doesn_t_run_is_refused(
    python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PYTHON", python)
    with pytest.raises(BuildFailure, match=r"3\.11, 3\.12, 3\.13, 3\.14.*uv python install 3\.13"):
        Target.lambda_runtime()


def test_a_python_below_the_recommended_one_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str | None] = []
    for python in building.RUNTIMES:
        monkeypatch.setattr(building, "PYTHON", python)
        warnings.append(Target.lambda_runtime().warning)
    assert warnings == [
        "the functions get Python 3.11, which runs this build, and which Lambda deprecates on "
        "2027-06-30",
        "the functions get Python 3.12, which runs this build, and which Lambda deprecates on "
        "2028-10-31",
        None,
        None,
    ]


def test_snap_start_needs_a_newer_python() -> None:
    Target("3.12", None).require_snap_start()
    with pytest.raises(BuildFailure, match=r"3\.12 or newer"):
        Target("3.11", None).require_snap_start()
