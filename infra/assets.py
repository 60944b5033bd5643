"""A function's zip, built without Docker.

It holds `functions/<name>/`, the modules of `footlight/` that the handler reaches, and the locked
dependencies for the target platform, with bytecode next to every module. The same sources produce
the same bytes.
"""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

import grimp
import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra import building, bytecode
from infra.building import BuildFailure, Target
from infra.dependencies import dependencies_fingerprint, install_dependencies

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
    for package in (folder / "functions", folder / "footlight"):
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
    own = {_module(file) for file in folder.rglob("*.py")}
    modules = own | _imported_by(own)
    return sorted({*(file for module in modules for file in _files(module)), *extra})


def _imported_by(modules: set[str]) -> set[str]:
    """Return the project's modules that some modules import, directly or indirectly."""
    graph = grimp.build_graph("functions", "footlight", cache_dir=None)
    for module in graph.modules:
        package = module.rpartition(".")[0]
        if package in graph.modules:
            # Python runs a package's `__init__.py` before its modules.
            graph.add_import(importer=module, imported=package)
    return {upstream for module in modules for upstream in graph.find_upstream_modules(module)}


def _module(file: Path) -> str:
    return ".".join(file.relative_to(building.ROOT).with_suffix("").parts)


def _files(module: str) -> list[Path]:
    """Return the file of a module or package. A folder without `__init__.py` has none."""
    path = building.ROOT.joinpath(*module.split("."))
    return [file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()]
