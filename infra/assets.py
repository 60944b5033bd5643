"""A function's zip, built without Docker.

It holds `functions/<name>/`, the modules of `footlight/` that the handler reaches, and the locked
dependencies for the target platform, with bytecode next to every module. The same sources produce
the same bytes.
"""

import ast
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra import building, bytecode
from infra.building import BuildFailure, Target
from infra.dependencies import dependencies_fingerprint, install_dependencies

PACKAGE: Final = "footlight"
EXTRA_FILES: Final = {"pages": ("openapi.json",)}
"""Files other than code that a function reads."""


def code(function: str, target: Target) -> lambda_.Code:
    """Return a function's zip as CDK code. CDK builds it only if a source or pin has changed."""
    return lambda_.Code.from_asset(
        str(building.ROOT),
        asset_hash=fingerprint(function, target),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            # CDK requires an image, but never runs it.
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


def build(function: str, target: Target, folder: Path) -> None:
    """Write a function's files into an empty folder."""
    # Links, not copies, because CDK reads the files only once, to zip them.
    shutil.copytree(
        install_dependencies(function, target), folder, copy_function=_link, dirs_exist_ok=True
    )
    for source in sources(function):
        copy = folder / source.relative_to(building.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    for package in (folder / "functions", folder / PACKAGE):
        bytecode.compile_folder(package, target, root=folder)
    bytecode.reset_times(folder)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # the target is on another file system
        shutil.copyfile(source, target)


def fingerprint(function: str, target: Target) -> str:
    """Return a hash of everything that a function's zip is built from."""
    digest = hashlib.sha256(dependencies_fingerprint(function, target).encode())
    for source in sources(function):
        content = source.read_bytes()
        digest.update(f"{source.relative_to(building.ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(function: str) -> list[Path]:
    """Return the project's own files that a function needs, sorted."""
    folder = building.ROOT / "functions" / function
    if not (folder / "handler.py").is_file():
        raise BuildFailure(f"functions/{function}/handler.py is missing")
    extra = [building.ROOT / name for name in EXTRA_FILES.get(function, ())]
    for file in extra:
        if not file.is_file():
            raise BuildFailure(
                f"{file.name} is missing; functions/{function} serves it: `make api`"
            )
    own = list(folder.rglob("*.py"))
    return sorted({*own, *_reached(own), *extra})


def _reached(start: list[Path]) -> set[Path]:
    """Return the files of `footlight/` that a list of files imports, directly or indirectly."""
    reached: set[Path] = set()
    pending = list(start)
    while pending:
        for module in _imports(pending.pop()):
            for file in _files(module) - reached:
                reached.add(file)
                pending.append(file)
    return reached


def _imports(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports from `footlight`, also inside its functions.

    `from footlight.tables import live` may name a module or an attribute. Both are yielded.
    """
    package = file.relative_to(building.ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_own(alias.name))
        elif isinstance(node, ast.ImportFrom):
            parents = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*parents, *([node.module] if node.module else [])])
            if _is_own(module):
                yield module
                yield from (f"{module}.{alias.name}" for alias in node.names)


def _is_own(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


def _files(module: str) -> set[Path]:
    """Return the file of a module and those of its parent packages."""
    parts = module.split(".")
    files: set[Path] = set()
    for depth in range(1, len(parts) + 1):
        path = building.ROOT.joinpath(*parts[:depth])
        candidates = (path / "__init__.py", path.with_suffix(".py"))
        files |= {file for file in candidates if file.is_file()}
    return files
