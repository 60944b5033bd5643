"""How many calls of DynamoDB does each route make? Not a matter of time, so one request is enough.

LiveKit is called on its own server; the identity provider and Secrets Manager are asked once for
many requests and not counted.
"""

import json
from collections import Counter

from bench.report import Goal, Report
from bench.scene import set_scene
from local.settings import ROOT
from tests.support.calls import calls_of_each_route

A_VISIT = ("GET /api/pages/channels/{username}, signed in", "POST /api/token, signed in")
METHODS = ("get", "put", "post", "patch", "delete")


def measure() -> Report:
    """Each route of the API; a route that nobody asks is named, so that it is not forgotten."""
    counted = calls_of_each_route(set_scene())
    asked = {name.partition(",")[0] for name in counted}
    paths = json.loads((ROOT / "openapi.json").read_text())["paths"]
    routes = {f"{m.upper()} {path}" for path, of in paths.items() for m in of if m in METHODS}
    rows = [[name, *_shown(made)] for name, made in counted.items()]
    rows += [[route, "", "not asked"] for route in sorted(routes - asked)]
    return Report(
        title="DynamoDB calls of a request",
        columns=["", "calls", "which"],
        rows=rows,
        figures=counted,
        goals=[
            Goal(f"Calls: {name}", len(counted[name] or ()), 2)
            for name in (
                "GET /api/pages/channels/{username}, signed in",
                "POST /api/token, signed in",
            )
        ],
    )


def _shown(made: list[str] | None) -> tuple[str, str]:
    if made is None:
        return "", "refused"
    which = Counter(made).items()
    return str(len(made)), ", ".join(f"{n} {name}" if n > 1 else name for name, n in which)
