"""What a function imports, in which order, and what it loads only if it is used."""

import ast
import gc
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from footlight.aws.json_api import APIS, json_api
from infra.building import ROOT
from infra.function import FOR_LIBRARIES
from tests.support import webhook
from tests.support.api import FUNCTIONS, Api
from tests.support.http_server import QuietHandler, serving

Event = dict[str, Any]

PROGRAM = """
import importlib, json, sys
from bench.cold_start import CONTEXT
from footlight import lazy_imports
sys.modules["OpenSSL"] = None  # for moto only; the layer doesn't have it
UNUSED = set(sys.argv[1:])
steps = []
for function, event in json.load(sys.stdin):
    handler = importlib.import_module(f"functions.{function}.handler").handler
    status = handler(event, CONTEXT)["statusCode"] if event else None
    loaded = {name for name in UNUSED if name in sys.modules} | lazy_imports.loaded()
    steps.append([function, status, sorted(loaded)])
print("\\n" + json.dumps(steps))
"""


@pytest.mark.parametrize("function", [*FUNCTIONS, "reconcile"])
def test_a_function_makes_garbage_collection_rare_before_it_imports_libraries(
    function: str,
) -> None:
    module = ast.parse((ROOT / "functions" / function / "handler.py").read_text())
    imported = [
        name.partition(".")[0]
        for statement in module.body
        for name in (
            [alias.name for alias in statement.names]
            if isinstance(statement, ast.Import)
            else [statement.module or ""]
            if isinstance(statement, ast.ImportFrom)
            else []
        )
    ]
    assert next(name for name in imported if name not in sys.stdlib_module_names) == "footlight"


def test_importing_the_product_makes_garbage_collection_rare() -> None:
    assert gc.get_threshold()[0] >= 200_000


UNUSED = (
    *("asyncio.base_events", "boto3", "botocore.args", "botocore.credentials", "botocore.docs"),
    *("cryptography.x509.base", "importlib.metadata._meta"),
)
"""Modules that slow down a cold start, each a part of what must not be loaded."""


def run(calls: list[tuple[str, Event | None]], **environment: str) -> list[Any]:
    """Import functions in a process of its own, and pass them events.

    Return, after each function, its name, the response's status, and what is loaded of `UNUSED`
    and of the lazy modules.
    """
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, *UNUSED],
        cwd=ROOT,
        env={**os.environ, **FOR_LIBRARIES, **environment},
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


def test_importing_the_functions_loads_no_module_that_only_libraries_import() -> None:
    functions = [name for name in (*FUNCTIONS, "reconcile") if name != "session"]
    # The libraries for signing in need some of them.
    assert run([(name, None) for name in functions]) == [[name, None, []] for name in functions]


def test_typical_requests_load_none_either(api: Api) -> None:
    services = {of.target: service for service, of in APIS.items()}

    class Aws(QuietHandler):
        """AWS for the other process: passes each call on to this process's."""

        def do_POST(self) -> None:
            target, _, operation = self.headers["X-Amz-Target"].partition(".")
            response = json_api(services[target]).call(operation, json.loads(self.read_body()))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(response).encode())

    api.joins("ann")
    bob = api.joins("bob")
    viewer_token: str = api.post("/api/token", {"host": "ann"}, signed_in_as=bob).body["token"]
    body = webhook.event("track_published")
    signed = {
        "content-type": "application/webhook+json",
        "authorization": webhook.signature(body),
    }
    calls: list[tuple[str, Event | None]] = [
        ("token", api.event("POST", "/api/token", {"host": "ann"}, signed_in_as=bob)),
        ("token", api.event("POST", "/api/token", {"host": "ann"})),
        ("pages", api.event("GET", "/api/pages/channels/ann", signed_in_as=bob)),
        ("chat", api.event("GET", "/api/chat/ann", token=viewer_token)),
        (
            "webhook",
            api.event("POST", "/api/webhook/livekit", headers=signed, raw=body.encode()),
        ),
    ]
    with serving(Aws) as address:
        steps = run(calls, AWS_ENDPOINT_URL=address)
    assert steps == [[function, 200, []] for function, _ in calls]
