"""What is uploaded for the functions, built without Docker: a zip for each, and one layer.

A zip holds `functions/<name>/` and the modules of `footlight/` that the handler reaches. The layer
holds the locked dependencies of all functions for the target platform. Lambda unpacks it to
`/opt/python`, which Python searches after the zip and before the runtime's own libraries.
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath

Both have bytecode next to every module. The same sources produce the same bytes.
"""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import grimp
import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from infra import building, bytecode, site_build
from infra.building import BuildFailure, Target
from infra.dependencies import LAYER, dependencies_fingerprint, install_dependencies

EXTRA_FILES: Final = {"pages": ("openapi.json",)}
"""Files other than code that a function reads."""

SERVES_PAGE: Final = "pages"
"""The function whose zip has the site's built page.

The bucket has the same page, but reading it would take S3's client, which is slow to load, and a
request. The zip's page can't name a script that is gone: the scripts are uploaded before the
function changes (`stack.py`), and no deployment deletes one.
"""


def code(function: str, target: Target) -> lambda_.Code:
    """Return a function's zip as CDK code. CDK builds it only if a source has changed."""
    return _asset(partial(build, function), fingerprint(function, target))


def layer(target: Target, *, linked: bool) -> lambda_.Code:
    """Return the layer as CDK code, or a link to it. CDK builds it only if a pin has changed."""
    digest = dependencies_fingerprint(LAYER, target)
    if linked:
        return _asset(partial(build_link, target), f"{building.ROOT} {digest}")
    return _asset(partial(build_layer, target), digest)


def _asset(write: Callable[[Path], None], digest: str) -> lambda_.Code:
    return lambda_.Code.from_asset(
        str(building.ROOT),
        asset_hash=digest,
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            # CDK requires an image, but never runs it.
            image=DockerImage.from_registry("none"),
            local=_Bundling(write),
        ),
    )


@jsii.implements(ILocalBundling)
class _Bundling:
    def __init__(self, write: Callable[[Path], None]) -> None:
        self._write = write

    def try_bundle(self, output_dir: str, *_: object, **__: object) -> bool:
        self._write(Path(output_dir))
        return True


def build(function: str, folder: Path) -> None:
    """Write a function's files into an empty folder."""
    files = sources(function)
    if function == SERVES_PAGE:
        site_build.build_site()
        files = [*files, site_build.PAGE]
    for file in files:
        copy = folder / file.relative_to(building.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    bytecode.compile_folder(folder, root=folder)
    bytecode.reset_times(folder)


def build_layer(target: Target, folder: Path) -> None:
    """Write the layer's files into an empty folder."""
    # Links, not copies, because CDK reads the files only once, to zip them.
    shutil.copytree(install_dependencies(LAYER, target), folder / "python", copy_function=_link)
    bytecode.reset_times(folder)


def build_link(target: Target, folder: Path) -> None:
    """Write a layer that only names the folder of the dependencies on this machine."""
    packages = folder / "python" / "lib" / f"python{target.python}" / "site-packages"
    packages.mkdir(parents=True)
    installed = str(install_dependencies(LAYER, target))
    # First in the path, because the emulator's own packages are in it too.
    (packages / "layer.pth").write_text(f"import sys; sys.path.insert(0, {installed!r})\n")
    bytecode.reset_times(folder)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # the target is on another file system
        shutil.copyfile(source, target)


def fingerprint(function: str, target: Target) -> str:
    """Return a hash of everything that a function's zip is built from."""
    recipe = [
        target.python,
        platform.python_version(),
        *(Path(file).read_text() for file in (__file__, bytecode.__file__)),
    ]
    digest = hashlib.sha256(json.dumps(recipe).encode())
    for source in sources(function):
        content = source.read_bytes()
        digest.update(f"{source.relative_to(building.ROOT)}\0{len(content)}\0".encode())
        digest.update(content)
    if function == SERVES_PAGE:
        digest.update(site_build.fingerprint().encode())
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
