"""How long does a cold start take: importing the handler and answering one request?

A fresh process each time, which sees nothing but the function's own asset, as built for this
machine, and Python's standard library. Beside it: the same answer with everything imported at the
top, by livekit-api and boto3 alone, and the token's asset without its byte-code.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.report import Goal, Report, in_turns, ratios_of, summary
from bench.scene import SECOND, Event, ingress_of, set_scene, started
from infra import assets, bytecode, dependencies
from infra.building import Target
from tests.support.api import FUNCTIONS, Api, Person
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET
from tests.support.provider import there

ROUNDS = 10
PROGRAM = Path(__file__).with_name("cold_start.py")
SHAPES = Path(__file__).with_name("shapes")
EVERYTHING = "everything at top"
SHOWN = ("import", "request")
PARTS = (*SHOWN, "processor")
TOKEN = "token, signed in"


@dataclass(frozen=True)
class ColdStart:
    """What is started: a module's handler out of a folder, and what it is asked (None: nothing)."""

    folder: Path
    module: str
    event: Event | None


def _good_requests(api: Api, ann: Person, ingress_id: str) -> dict[str, list[tuple[str, Event]]]:
    """By function, requests of which each stands for what the function does most."""
    bob = api.joins("bob")
    seat: str = api.post("/api/token", {"host": "ann"}, signed_in_as=bob).body["token"]
    api.provider.rotates = False  # so that one session serves all rounds
    api.provider.signs_in = bob.subject
    begun = api.get("/api/session/login", query={"return": "/"})
    api.get("/api/session/callback", query=there(begun.headers["location"]))
    return {
        "token": [
            (", signed in", api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)),
            (", guest", Api(api.provider).event("POST", "/api/token", {"host": "ann"})),
        ],
        "pages": [("", api.event("GET", "/api/pages/channels/ann", signed_in_as=bob))],
        "account": [("", api.event("GET", "/api/me", signed_in_as=bob))],
        "ingress": [("", api.event("GET", "/api/ingress", signed_in_as=ann))],
        "chat": [("", api.event("GET", "/api/chat/ann", token=seat))],
        "moderation": [("", api.event("GET", "/api/chat/ann/timeouts", signed_in_as=ann))],
        "social": [("", api.event("PUT", "/api/follows/ann", signed_in_as=bob))],
        "session": [("", api.event("POST", "/api/session/token"))],
        "webhook": [("", started(api, ingress_id, time.time_ns() - SECOND))],
        "reconcile": [("", {})],
    }


def _all(into: Path) -> dict[str, ColdStart]:
    """Everything that is started, built into a folder."""
    api = set_scene()
    ann = api.joins("ann")
    requests = _good_requests(api, ann, ingress_of(api, ann))
    starts: dict[str, ColdStart] = {}
    for function in (*FUNCTIONS, "reconcile"):
        folder = into / function
        assets.build(function, Target.this_machine(), folder)
        module = f"functions.{function}.handler"
        for which, event in requests.get(function, [(", import", None)]):
            starts[function + which] = ColdStart(folder, module, event)

    token = starts[TOKEN]
    bare = into / "without-byte-code"
    shutil.copytree(token.folder, bare, ignore=shutil.ignore_patterns("__pycache__"))
    starts["token, no .pyc"] = ColdStart(bare, token.module, token.event)

    shapes = into / "shapes"
    shutil.copytree(dependencies.install_dependencies("bench", Target.this_machine()), shapes)
    shutil.copytree(SHAPES, shapes / "shapes", ignore=shutil.ignore_patterns("__pycache__"))
    bytecode.compile_folder(shapes / "shapes", Target.this_machine(), root=shapes)
    starts[EVERYTHING] = ColdStart(shapes, "shapes.everything", token.event)
    starts["livekit-api, boto3"] = ColdStart(shapes, "shapes.plain", token.event)
    return starts


def measure() -> Report:
    """Each start in turns, the first round unmeasured: it warms the disk's cache."""
    os.environ.update(LIVEKIT_API_KEY=LIVEKIT_KEY, LIVEKIT_API_SECRET=LIVEKIT_SECRET)
    with tempfile.TemporaryDirectory(dir=dependencies.CACHE.parent) as folder:
        starts = _all(Path(folder))
        parts: dict[str, list[dict[str, float]]] = {name: [] for name in starts}

        def subject(name: str) -> Callable[[], float]:
            def total() -> float:
                took = _run(starts[name])
                parts[name].append(took)
                return took["import"] + took["request"]

            return total

        totals = in_turns({name: subject(name) for name in starts}, ROUNDS)
    return _report(totals, {name: each[-ROUNDS:] for name, each in parts.items()})


def _run(start: ColdStart) -> dict[str, float]:
    # Without `site` no package of ours is seen; -B, so that what has no byte-code gets none.
    command = [sys.executable, "-I", "-S", "-B", str(PROGRAM), str(start.folder), start.module]
    done = subprocess.run(
        command, input=json.dumps(start.event), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    took: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert took.pop("status") in (None, 200, 204, 302), done.stdout
    return took


def _report(totals: dict[str, list[float]], parts: dict[str, list[dict[str, float]]]) -> Report:
    ratios = {name: ratios_of(total, totals[EVERYTHING]) for name, total in totals.items()}
    processor = {name: [part["processor"] for part in each] for name, each in parts.items()}
    slower = ratios_of(totals["token, no .pyc"], totals[TOKEN])
    rows = [
        [
            name,
            *(f"{statistics.median(part[which] for part in parts[name]):.0f}" for which in SHOWN),
            f"{statistics.median(total):.0f}/{min(total):.0f}",
            "{:.2f}/{:.2f}".format(*ratios[name]),
            "{:.2f}/{:.2f}".format(*ratios_of(processor[name], processor[EVERYTHING])),
        ]
        for name, total in totals.items()
    ]
    rows.append(["  … ÷ with .pyc", "", "", "{:.2f}/{:.2f}".format(*slower), "", ""])
    return Report(
        title="Cold start, wall ms: medians; total and ratios to everything: median/least",
        columns=["", *SHOWN, "total", "÷ every", "CPU ÷"],
        rows=rows,
        figures={
            name: {"total_ms": summary(total), "ratios": ratios[name]}
            | {f"{part}_ms": summary([each[part] for each in parts[name]]) for part in PARTS}
            for name, total in totals.items()
        }
        | {f"{TOKEN}: without .pyc ÷ with": slower},
        goals=[Goal(f"Cold: {TOKEN} ÷ {EVERYTHING}", max(ratios[TOKEN]), 0.6, is_of_time=True)],
    )
