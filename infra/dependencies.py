"""Locked dependencies, installed for their target without Docker and cached."""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import uv

from infra import building, bytecode
from infra.building import BuildFailure, Target, machine_python

CACHE: Final = building.ROOT / ".local" / "dependencies"
"""Installed and compiled dependencies, by the hash of everything they are built from."""

LAYER: Final = "functions"
"""The lock file of the layer: the dependencies of all functions."""

SERVICES: Final = ("cognito-idp", "dynamodb", "lambda", "secretsmanager")
"""AWS services that functions and benchmarks call. botocore describes 400 in 26 of its 29 MB."""

UNUSED: Final = (
    "aws_lambda_powertools/utilities/idempotency",
    "aws_lambda_powertools/utilities/parser",
    "pydantic/v1",  # version 1, for code that imports it by this name
    "pycparser",  # cffi parses C with it when cryptography is built
)


def install_dependencies(group: str, target: Target) -> Path:
    """Return a folder with the packages of a lock file: stripped and compiled."""
    installed = CACHE / dependencies_fingerprint(group, target)[:32]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes may synthesize at once
        if not installed.is_dir():
            partial = installed.with_suffix(".part")
            shutil.rmtree(partial, ignore_errors=True)
            _install(group, target, partial)
            _strip(partial)
            bytecode.compile_folder(partial, root=partial, runs_in="/opt/python")
            bytecode.reset_times(partial)
            partial.rename(installed)
    return installed


def dependencies_fingerprint(group: str, target: Target) -> str:
    """Return a hash of everything that installed dependencies are built from."""
    recipe = [
        " ".join(re.sub(r"#.*", "", _lock_file(group).read_text()).split()),
        target.python,
        target.platform or f"{sys.platform}-{os.uname().machine}",
        platform.python_version(),
        *(Path(file).read_text() for file in (__file__, bytecode.__file__)),
    ]
    return hashlib.sha256(json.dumps(recipe).encode()).hexdigest()


def _lock_file(group: str) -> Path:
    lock = building.ROOT / "requirements" / f"{group}.txt"
    if not lock.is_file():
        raise BuildFailure(f"requirements/{group}.txt is missing: `make lock`")
    return lock


def _install(group: str, target: Target, folder: Path) -> None:
    options = (
        ["--python-platform", target.platform, "--python-version", target.python]
        if target.platform
        else []
    )
    result = subprocess.run(  # noqa: S603 - our own command
        [
            uv.find_uv_bin(),
            *("pip", "install", "--quiet", "--no-config", "--require-hashes"),
            *("--only-binary", ":all:", "--link-mode", "copy"),
            *("--python", sys.executable, *options),
            *("--target", str(folder), "--requirements", str(_lock_file(group))),
        ],
        env={**os.environ, **registry_settings()},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BuildFailure(
            f"The packages of requirements/{group}.txt can't be installed:\n{result.stderr}"
        )


def registry_settings() -> dict[str, str]:
    """Return the mirror and certificates configured for this machine's pip, as uv's variables."""
    listing = subprocess.run(  # noqa: S603 - this machine's Python
        [machine_python(), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    line = re.compile(r"^(?:global|user|site|:env:)\.([\w-]+)='(.*)'$", re.MULTILINE)
    configured = dict(line.findall(listing))
    environment = {"UV_PYTHON_DOWNLOADS": "never"}
    if "index-url" in configured and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        environment["UV_DEFAULT_INDEX"] = configured["index-url"]
    if "cert" in configured and "SSL_CERT_FILE" not in os.environ:
        environment["SSL_CERT_FILE"] = configured["cert"]
    return environment


def _strip(folder: Path) -> None:
    """Remove what no function reads, except `*.dist-info`: packages look up their own version."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)
    for stubs in folder.glob("*-stubs"):
        shutil.rmtree(stubs)
    sources = ("**/*.pyi", "**/py.typed", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.c")
    pages = ("**/*.js", "**/*.css")  # Swagger UI, which no function serves
    for pattern in (*sources, *pages):
        for file in folder.glob(pattern):
            file.unlink()
    for pattern in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"):
        for file in folder.glob(f"*.dist-info/{pattern}"):
            file.unlink()
    for tests in [*folder.glob("*/tests"), *folder.glob("*/*/tests")]:
        shutil.rmtree(tests)
    for unused in UNUSED:
        shutil.rmtree(folder / unused, ignore_errors=True)
    data = folder / "botocore" / "data"
    for examples in data.glob("*/*/examples-*.json"):
        examples.unlink()
    for service in data.glob("*/"):
        if service.name not in SERVICES:
            shutil.rmtree(service)
    _strip_endpoints(data / "endpoints.json")


def _strip_endpoints(file: Path) -> None:
    """Keep the endpoints of our services, in all regions. A session's first client reads them all.

    botocore finds a service by its folder in `data` (`botocore.loaders`), and its endpoint by the
    partition of the region (`botocore.regions.EndpointResolver`).
    """
    if not file.is_file():
        return
    endpoints = json.loads(file.read_text())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in SERVICES if name in services}
    file.write_text(json.dumps(endpoints, separators=(",", ":")))
