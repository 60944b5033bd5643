"""The API's own description, and the responses to paths and methods without a route."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler import Response

from footlight.edge.http import Api
from footlight.errors import MethodNotAllowed

_DOCUMENT = Path(__file__).parents[2] / "openapi.json"


def api_document() -> str:
    """Return the OpenAPI document of all functions. `make api` writes it from the code."""
    return _DOCUMENT.read_text()


@cache
def _methods() -> list[tuple[re.Pattern[str], list[str]]]:
    """Return the methods of each path pattern, from the API's own description."""
    paths: dict[str, dict[str, Any]] = json.loads(api_document())["paths"]
    return [
        (
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))),
            sorted(method.upper() for method in methods),
        )
        for path, methods in paths.items()
    ]


class Fallback(Api):
    """The function behind the gateway's default route, which also serves the pages."""

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """Handle one event. Pages are the same for all guests, so CloudFront may cache them.

        HEAD is GET without the content (RFC 9110, 9.3.2): link previews may send it for a page.
        """
        http = event["requestContext"]["http"]
        if http["method"] == "HEAD":
            http = http | {"method": "GET"}
            event = event | {"requestContext": event["requestContext"] | {"http": http}}
            return self.resolve(event, context) | {"body": ""}
        response = super().resolve(event, context)
        headers = {name.lower() for name in event.get("headers") or {}}
        is_page = str(event.get("rawPath", "")).startswith("/api/pages/")
        if is_page and response["statusCode"] == 200 and "authorization" not in headers:
            response["headers"] |= {
                "Cache-Control": "public, max-age=0, s-maxage=2",
                "Vary": "Authorization",
            }
        return response

    def refuse_unknown(self) -> Response[Any]:
        """Return 405 if the path has other methods, else 404.

        A path with characters that no route accepts, such as `"`, also gets 404.
        """
        path, method = self.event.path, self.event.http_method
        for pattern, methods in _methods():
            if pattern.fullmatch(path) and method not in methods:
                return self.refuse(MethodNotAllowed(methods))
        return super().refuse_unknown()
