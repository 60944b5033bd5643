"""Writes `openapi.json`: the whole API, from the resolvers of all functions. `make api`."""

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from footlight.http import Api  # noqa: E402 - the path root comes first
from footlight.signin import anyone, current_user, signed_in  # noqa: E402
from footlight.viewer_tokens import seated  # noqa: E402
from infra.routes import ROUTES  # noqa: E402

FUNCTIONS = sorted(ROUTES)
"""Those that answer requests."""
DESCRIPTION = (
    "Signed-in operations take the identity provider's access token as bearer, the chat's a viewer "
    "token of the channel (`POST /api/token`). "
    "Errors have one shape: `{error: {code, message, requestId}}`."
)


class Clash(Exception):
    """Raised where two functions give one name to two things."""


def resolver(function: str) -> Api:
    """A function's resolver."""
    app: Api = importlib.import_module(f"functions.{function}.handler").app
    return app


def bearer_of(route: Any) -> list[dict[str, list[str]]]:
    """OpenAPI's `security` of a route, read from who its signature says may call."""
    callables = {dependency.depends.dependency for dependency in route.dependant.dependencies}
    if callables & {current_user, signed_in}:
        return [{"accessToken": []}]
    if seated in callables:
        return [{"viewerToken": []}]
    return [{}, {"accessToken": []}] if anyone in callables else []


def refusal(*codes: str) -> dict[str, Any]:
    """An answer that `footlight.http` gives of itself, in the form of `answers`."""
    shape = {"$ref": "#/components/schemas/ErrorBody"}
    return {
        "description": " or ".join(f"`{code}`" for code in codes),
        "content": {"application/json": {"schema": shape}},
    }


def described(operation: dict[str, Any], route: Any) -> dict[str, Any]:
    """An operation with what Powertools leaves out: who may call, and the docstring's sentences."""
    operation["description"] = inspect.getdoc(route.func)
    operation["security"] = bearer_of(route)
    if operation["security"]:
        operation["responses"]["401"] = refusal("unauthorized", "token_expired")
    if "requestBody" in operation:
        operation["responses"] |= {"400": refusal("bad_json"), "413": refusal("too_large")}
    operation["responses"] = dict(sorted(operation["responses"].items()))
    return operation


def used(schemas: dict[str, Any], by: Any) -> dict[str, Any]:
    """Those that are referred to; Powertools adds its own shape of errors, which nothing uses."""
    wanted: set[str] = set()
    texts = [json.dumps(by)]
    while texts:
        here = texts.pop()
        for name in schemas.keys() - wanted:
            if f'"#/components/schemas/{name}"' in here:
                wanted.add(name)
                texts.append(json.dumps(schemas[name]))
    return {name: schemas[name] for name in sorted(wanted)}


def document() -> dict[str, Any]:
    """The OpenAPI document. Raises Clash."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    operations: set[str] = set()
    for function in FUNCTIONS:
        app = resolver(function)
        made = json.loads(app.get_openapi_json_schema())
        for name, schema in made.get("components", {}).get("schemas", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise Clash(f"{name} of {function} is not what another function calls {name}")
        routes = {
            (route.openapi_path, route.method.lower()): route
            for route in app._static_routes + app._dynamic_routes  # pyright: ignore[reportPrivateUsage]
        }
        for path, methods in made["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] in operations:
                    raise Clash(operation["operationId"])
                operations.add(operation["operationId"])
                paths.setdefault(path, {})[method] = described(operation, routes[path, method])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Footlight", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "paths": {path: dict(sorted(paths[path].items())) for path in sorted(paths)},
        "components": {
            "schemas": used(schemas, paths),
            "securitySchemes": {
                "accessToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "viewerToken": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


def text() -> str:
    """The document as it is kept."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (ROOT / "openapi.json").write_text(text())
