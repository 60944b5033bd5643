"""The build step of `openapi.json`: it merges the routes of all functions. Run `make api`."""

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

from footlight.edge.http import Api, Route
from infra.routes import ROUTES

ROOT = Path(__file__).parents[1]
FUNCTIONS = sorted(ROUTES)
"""The functions that serve HTTP routes."""
DESCRIPTION = (
    "Signed-in operations take the identity provider's access token as bearer token. Chat "
    "operations take a viewer token of the channel (`POST /api/token`). "
    "All errors have one shape: `{error: {code, message, requestId}}`."
)


class Clash(Exception):
    """Raised if two functions use one name for different things."""


def resolver(function: str) -> Api:
    """Return the `Api` of a function."""
    app: Api = importlib.import_module(f"functions.{function}.handler").app
    return app


def refusal(*codes: str) -> dict[str, Any]:
    """Return the OpenAPI response of errors that `Api` itself raises for every route."""
    shape = {"$ref": "#/components/schemas/ErrorBody"}
    return {
        "description": " or ".join(f"`{code}`" for code in codes),
        "content": {"application/json": {"schema": shape}},
    }


def described(operation: dict[str, Any], route: Route) -> dict[str, Any]:
    """Return an operation with what Powertools leaves out: security, and the docstring."""
    operation["description"] = inspect.getdoc(route.function)
    operation["security"] = route.security
    if operation["security"]:
        operation["responses"]["401"] = refusal("unauthorized", "token_expired")
    if "requestBody" in operation:
        operation["responses"] |= {"400": refusal("bad_json"), "413": refusal("too_large")}
    operation["responses"] = dict(sorted(operation["responses"].items()))
    return operation


def used(schemas: dict[str, Any], by: Any) -> dict[str, Any]:
    """Return the schemas that `by` refers to. Powertools adds error schemas that nothing uses."""
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
    """Return the OpenAPI document. Raises Clash."""
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    operations: set[str] = set()
    for function in FUNCTIONS:
        app = resolver(function)
        made = app.openapi()
        for name, schema in made.get("components", {}).get("schemas", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise Clash(f"{function} and another function define {name} differently")
        routes = {(route.path, route.method.lower()): route for route in app.routes}
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
    """Return the content of `openapi.json`."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (ROOT / "openapi.json").write_text(text())
