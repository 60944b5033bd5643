"""Measure cold starts: the time to import a handler and to respond to one request.

Each cold start is a fresh process that has only the function's own zip, the layer, both built for
this machine, and Python's standard library. For comparison, it also measures the same response with
everything imported at the top, with only livekit-api and boto3, and the token without bytecode.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.report import Goal, Report, in_turns, ratios_of, sized, summary
from bench.scene import SECOND, Event, create_ingress, ingress_started, set_scene
from infra import assets, bytecode, dependencies
from infra.building import Target
from infra.function import FOR_LIBRARIES
from tests.support.api import FUNCTIONS, Api, Person
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.people import an_operator
from tests.support.provider import visit_provider

ROUNDS = sized(10, quick=2)
PROGRAM = Path(__file__).with_name("cold_start.py")
SHAPES = Path(__file__).with_name("shapes")
EVERYTHING = "everything at top"
SHOWN = ("import", "request")
PARTS = (*SHOWN, "processor")
TOKEN, GUEST = "token, signed in", "token, guest"


@dataclass(frozen=True)
class ColdStart:
    """A handler, and the event for its first request (None for no request).

    A list of events is several requests to the same process.
    """

    folders: tuple[Path, ...]
    """Where Python searches modules, in this order."""
    module: str
    event: Event | list[Event] | None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the process has besides this process's variables."""


def _good_requests(api: Api, ann: Person, ingress_id: str) -> dict[str, list[tuple[str, Event]]]:
    """Return, for each function, requests that are typical of it."""
    bob, olga = api.joins("bob"), api.joins("olga")
    an_operator(olga.id)
    viewer_token: str = api.post("/api/token", {"host": "ann"}, signed_in_as=bob).body["token"]
    api.provider.rotates = False  # so that one session serves all rounds
    api.provider.signs_in = bob.subject
    login = api.get("/api/session/login", query={"return": "/"})
    api.get("/api/session/callback", query=visit_provider(login.headers["location"]))
    return {
        "token": [
            (", signed in", api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)),
            (", guest", Api(api.provider).event("POST", "/api/token", {"host": "ann"})),
        ],
        "pages": [("", api.event("GET", "/api/pages/channels/ann", signed_in_as=bob))],
        "account": [("", api.event("GET", "/api/me", signed_in_as=bob))],
        "ingress": [("", api.event("GET", "/api/ingress", signed_in_as=ann))],
        "chat": [("", api.event("GET", "/api/chat/ann", token=viewer_token))],
        "moderation": [("", api.event("GET", "/api/chat/ann/timeouts", signed_in_as=ann))],
        "admin": [("", api.event("GET", "/api/admin/log", signed_in_as=olga))],
        "social": [("", api.event("PUT", "/api/follows/ann", signed_in_as=bob))],
        "session": [("", api.event("POST", "/api/session/token"))],
        "webhook": [("", ingress_started(api, ingress_id, time.time_ns() - SECOND))],
        "reconcile": [("", {})],
    }


def build_asset(function: str, into: Path) -> tuple[Path, ...]:
    """Build a function's zip, and the layer if it is missing. Return what Python searches."""
    folder, layer = into / function, into / "layer"
    assets.build(function, folder)
    if not layer.exists():
        assets.build_layer(Target.this_machine(), layer)
    return folder, layer / "python"


def _build_all(into: Path) -> dict[str, ColdStart]:
    """Build all cold starts into a folder."""
    api = set_scene()
    ann = api.joins("ann")
    requests = _good_requests(api, ann, create_ingress(api, ann))
    starts: dict[str, ColdStart] = {}
    for function in (*FUNCTIONS, "reconcile"):
        folders = build_asset(function, into)
        module = f"functions.{function}.handler"
        for suffix, event in requests.get(function, [(", import", None)]):
            starts[function + suffix] = ColdStart(folders, module, event, FOR_LIBRARIES)

    token = starts[TOKEN]
    without_bytecode = into / "without-bytecode"
    for folder in token.folders:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(folder, without_bytecode, ignore=ignored, dirs_exist_ok=True)
    starts["token, no .pyc"] = replace(token, folders=(without_bytecode,))

    shapes = into / "shapes"
    shutil.copytree(dependencies.install_dependencies("bench", Target.this_machine()), shapes)
    shutil.copytree(SHAPES, shapes / "shapes", ignore=shutil.ignore_patterns("__pycache__"))
    bytecode.compile_folder(shapes / "shapes", root=shapes)
    starts[EVERYTHING] = ColdStart((shapes,), "shapes.everything", token.event)
    starts["livekit-api, boto3"] = ColdStart((shapes,), "shapes.plain", token.event)
    return starts


def measure() -> Report:
    """Measure all cold starts in turns. The first round only warms the disk cache."""
    os.environ.update(LIVEKIT_API_KEY=LIVEKIT_KEY, LIVEKIT_API_SECRET=LIVEKIT_SECRET)
    with tempfile.TemporaryDirectory(dir=dependencies.CACHE.parent) as folder:
        starts = _build_all(Path(folder))
        parts: dict[str, list[dict[str, float]]] = {name: [] for name in starts}

        def subject(name: str) -> Callable[[], float]:
            def total() -> float:
                durations = run_cold_start(starts[name])
                parts[name].append(durations)
                return durations["import"] + durations["request"]

            return total

        totals = in_turns({name: subject(name) for name in starts}, ROUNDS)
    return _report(totals, {name: rounds[-ROUNDS:] for name, rounds in parts.items()})


def run_cold_start(start: ColdStart) -> dict[str, float]:
    """Run a cold start in a fresh process. Return its durations in milliseconds."""
    # -I and -S hide our installed packages. -B writes no bytecode where the asset has none.
    path = os.pathsep.join(map(str, start.folders))
    command = [sys.executable, "-I", "-S", "-B", str(PROGRAM), path, start.module]
    process = subprocess.run(
        command,
        env={**os.environ, **start.environment},
        input=json.dumps(start.event),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    durations: dict[str, float] = json.loads(process.stdout.splitlines()[-1])
    assert durations.pop("status") in (None, 200, 204, 302), process.stdout
    return durations


def _report(totals: dict[str, list[float]], parts: dict[str, list[dict[str, float]]]) -> Report:
    ratios = {name: ratios_of(total, totals[EVERYTHING]) for name, total in totals.items()}
    processor = {name: [part["processor"] for part in rounds] for name, rounds in parts.items()}
    slower = ratios_of(totals["token, no .pyc"], totals[TOKEN])
    rows = [
        [
            name,
            *(f"{statistics.median(part[phase] for part in parts[name]):.0f}" for phase in SHOWN),
            f"{statistics.median(total):.0f}/{min(total):.0f}",
            "{:.2f}/{:.2f}".format(*ratios[name]),
            "{:.2f}/{:.2f}".format(*ratios_of(processor[name], processor[EVERYTHING])),
        ]
        for name, total in totals.items()
    ]
    rows.append(["  … ÷ with .pyc", "", "", "{:.2f}/{:.2f}".format(*slower), "", ""])
    return Report(
        title="Cold start, wall ms: medians; total and ratios to everything: median/minimum",
        columns=["", *SHOWN, "total", "÷ every", "CPU ÷"],
        rows=rows,
        figures={
            name: {"total_ms": summary(total), "ratios": ratios[name]}
            | {
                f"{part}_ms": summary([milliseconds[part] for milliseconds in parts[name]])
                for part in PARTS
            }
            for name, total in totals.items()
        }
        | {f"{TOKEN}: without .pyc ÷ with": slower},
        goals=[
            Goal(f"Cold: {name} ÷ {EVERYTHING}", max(ratios[name]), 0.45, is_of_time=True)
            for name in (GUEST, TOKEN)
        ],
    )
