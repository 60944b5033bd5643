"""What lies in a function's zip, and how is it made without Docker?

`functions/<name>/`, those modules of `footlight/` that its handler reaches, and its locked
dependencies for the place where it runs; byte-code beside every module, and nothing that a function
never reads. The same sources give the same bytes.
"""

import ast
import fcntl
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jsii
import uv
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

ROOT: Final = Path(__file__).resolve().parent.parent
KEPT: Final = ROOT / ".local" / "dependencies"
"""Installed and compiled dependencies, kept by the hash of all that went into them."""

PACKAGE: Final = "footlight"
EXTRA_FILES: Final = {"pages": ("openapi.json",)}
"""What else a function reads, beside its code."""

SERVICES: Final = ("dynamodb", "lambda", "secretsmanager")
"""AWS services that functions call. botocore describes four hundred, in 26 of its 29 MB."""

EPOCH: Final = 315532800
"""1980-01-01, the oldest time that a zip can hold."""


class AssetFault(RuntimeError):
    """Raised where a function's zip can't be made; says what is missing and what to do."""


@dataclass(frozen=True)
class Target:
    """The Python and the processor that a function's zip is for."""

    python: str
    """`3.13`"""
    platform: str | None
    """As uv names it; None is this machine."""

    @staticmethod
    def lambda_runtime() -> "Target":
        """Lambda on arm64, by the Python that `infra/function.py` names."""
        return Target(python="3.13", platform="aarch64-manylinux2014")

    @staticmethod
    def this_machine() -> "Target":
        """This Python on this processor."""
        return Target(python=f"{sys.version_info[0]}.{sys.version_info[1]}", platform=None)


def code(function: str, target: Target) -> lambda_.Code:
    """A function's zip as CDK code, made when something of it has changed. Raises AssetFault."""
    return lambda_.Code.from_asset(
        str(ROOT),
        asset_hash=fingerprint(function, target),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            # CDK asks for an image though none is ever run.
            image=DockerImage.from_registry("none"),
            local=_Bundling(function, target),
        ),
    )


@jsii.implements(ILocalBundling)
class _Bundling:
    def __init__(self, function: str, target: Target) -> None:
        self._function = function
        self._target = target

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        build(self._function, self._target, Path(output_dir))
        return True


def build(function: str, target: Target, into: Path) -> None:
    """Write a function's files into an empty folder. Raises AssetFault."""
    _copy(dependencies(function, target), into)
    for source in sources(function):
        copy = into / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    for folder in (into / "functions", into / PACKAGE):
        compile_folder(folder, target, root=into)
    _fix_times(into)


def fingerprint(function: str, target: Target) -> str:
    """Hash of all that a function's zip is made from. Raises AssetFault."""
    digest = hashlib.sha256(_dependencies_fingerprint(function, target).encode())
    for source in sources(function):
        content = source.read_bytes()
        digest.update(f"{source.relative_to(ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


# --- which sources ---


def sources(function: str) -> list[Path]:
    """The project's own files that a function needs, sorted. Raises AssetFault."""
    folder = ROOT / "functions" / function
    if not (folder / "handler.py").is_file():
        raise AssetFault(f"functions/{function}/handler.py is missing")
    extra = [ROOT / name for name in EXTRA_FILES.get(function, ())]
    for file in extra:
        if not file.is_file():
            raise AssetFault(
                f"{file.name} is missing, which functions/{function} serves: `make api`"
            )
    own = [file for file in folder.rglob("*.py")]
    return sorted({*own, *_reached(own), *extra})


def _reached(start: list[Path]) -> set[Path]:
    """The modules of `footlight/` that are imported from a list of files, at any depth."""
    reached: set[Path] = set()
    waiting = list(start)
    while waiting:
        for module in _imports(waiting.pop()):
            for file in _files(module) - reached:
                reached.add(file)
                waiting.append(file)
    return reached


def _imports(file: Path) -> Iterator[str]:
    """Dotted names that a file imports from `footlight`, also inside its functions.

    `from footlight.tables import live` may name a module or something within one: both are tried.
    """
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            if _ours(module):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


def _ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


def _files(module: str) -> set[Path]:
    """The file of a module and those of the packages around it."""
    parts = module.split(".")
    found: set[Path] = set()
    for depth in range(1, len(parts) + 1):
        path = ROOT.joinpath(*parts[:depth])
        candidates = (path / "__init__.py", path.with_suffix(".py"))
        found |= {file for file in candidates if file.is_file()}
    return found


# --- dependencies ---


def _lock(function: str) -> Path:
    lock = ROOT / "requirements" / f"{function}.txt"
    if not lock.is_file():
        raise AssetFault(f"requirements/{function}.txt is missing: `make lock`")
    return lock


def _dependencies_fingerprint(function: str, target: Target) -> str:
    # Functions with equal locks share what is installed; comments name the function.
    pins = re.sub(r"#.*", "", _lock(function).read_text())
    python = compiler(target)
    recipe = [
        " ".join(pins.split()),
        target.python,
        target.platform or f"{sys.platform}-{os.uname().machine}",
        _version_of(python) if python else "no byte-code",
        Path(__file__).read_text(),
    ]
    return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()


def dependencies(function: str, target: Target) -> Path:
    """A folder with what a lock file pins, installed, stripped and compiled. Raises AssetFault."""
    kept = KEPT / _dependencies_fingerprint(function, target)[:32]
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several may synthesise at once
        if not kept.is_dir():
            half_made = kept.with_suffix(".part")
            shutil.rmtree(half_made, ignore_errors=True)
            _install(function, target, half_made)
            _strip(half_made)
            compile_folder(half_made, target, root=half_made)
            _fix_times(half_made)
            half_made.rename(kept)
    return kept


def _install(function: str, target: Target, into: Path) -> None:
    elsewhere = (
        ["--python-platform", target.platform, "--python-version", target.python]
        if target.platform
        else []
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [
            uv.find_uv_bin(),
            *("pip", "install", "--quiet", "--no-config", "--require-hashes"),
            *("--only-binary", ":all:", "--link-mode", "copy"),
            *("--python", sys.executable, *elsewhere),
            *("--target", str(into), "--requirements", str(_lock(function))),
        ],
        env={**os.environ, **_as_pip_is_told()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssetFault(
            f"The dependencies of functions/{function} can't be installed:\n{done.stderr}"
        )


def machine_python() -> str:
    """This machine's own Python, in whose environment ours was made."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}")


def _as_pip_is_told() -> dict[str, str]:
    """What this machine's pip knows of mirrors and certificates, in the words of uv."""
    listed = subprocess.run(  # noqa: S603 - this machine's Python
        [machine_python(), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    told = dict(re.findall(r"^(?:global|user|site|:env:)\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    environment = {"UV_PYTHON_DOWNLOADS": "never"}
    if "index-url" in told and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        environment["UV_DEFAULT_INDEX"] = told["index-url"]
    if "cert" in told and "SSL_CERT_FILE" not in os.environ:
        environment["SSL_CERT_FILE"] = told["cert"]
    return environment


def _strip(folder: Path) -> None:
    """Take out what no function reads. `*.dist-info` stays: packages ask for their own version."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)
    for stubs in folder.glob("*-stubs"):
        shutil.rmtree(stubs)
    for pattern in ("**/*.pyi", "**/py.typed", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.c"):
        for file in folder.glob(pattern):
            file.unlink()
    for pattern in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"):
        for file in folder.glob(f"*.dist-info/{pattern}"):
            file.unlink()
    for tests in [*folder.glob("*/tests"), *folder.glob("*/*/tests")]:
        shutil.rmtree(tests)
    for service in (folder / "botocore" / "data").glob("*/"):
        if service.name not in SERVICES:
            shutil.rmtree(service)


def _copy(dependencies: Path, into: Path) -> None:
    # Links, not copies: CDK reads the files once, to zip them.
    shutil.copytree(dependencies, into, copy_function=_link, dirs_exist_ok=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


# --- byte-code ---


@functools.cache
def compiler(target: Target) -> str | None:
    """A Python on this machine that writes byte-code for the target; None where there is none."""
    candidates = [
        sys.executable,
        shutil.which(f"python{target.python}"),
        *sorted(glob.glob(str(_pyenv() / f"{target.python}*" / "bin" / "python"))),  # noqa: PTH207
        _managed_by_uv(target.python),
    ]
    for candidate in candidates:
        if candidate and _version_of(candidate).startswith(f"{target.python}."):
            return candidate
    print(  # noqa: T201 - said by the build
        f"No Python {target.python} on this machine: the functions ship without byte-code, "
        "and their cold starts take about twice as long.",
        file=sys.stderr,
    )
    return None


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"


def _managed_by_uv(version: str) -> str | None:
    done = subprocess.run(  # noqa: S603 - our own command
        [uv.find_uv_bin(), "python", "find", "--no-config", "--managed-python", version],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


@functools.cache
def _version_of(python: str) -> str:
    done = subprocess.run(  # noqa: S603 - a Python of this machine
        [python, "-I", "-c", "import platform; print(platform.python_version())"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def compile_folder(folder: Path, target: Target, root: Path) -> None:
    """Write byte-code that Lambda can use.

    Packers set all files' times to 1980, so that byte-code which is checked by time is thrown away
    at each cold start; that which is not checked is taken as it is. One process and a fixed seed:
    the same bytes each time.
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


def _fix_times(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir() or path.stat().st_nlink == 1:
            os.utime(path, (EPOCH, EPOCH))
