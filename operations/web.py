"""HTTP requests that follow no redirect and return every status."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import Any, Final

from operations.checks import Failed

TIMEOUT_SECONDS: Final = 30


@dataclass(frozen=True)
class Response:
    """A response. Header names are case-insensitive."""

    url: str
    status: int
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, or "" if it is missing."""
        return self.headers.get(name) or ""

    @property
    def json(self) -> Any:
        """The body's JSON, or None if it isn't JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def code(self) -> str:
        """The code of an error in the API's one shape, or ""."""
        body = self.json
        error = body.get("error") if isinstance(body, dict) else None
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    def __str__(self) -> str:
        return f"{self.status} {self.code}".rstrip()


class _EveryStatus(urllib.request.HTTPErrorProcessor):
    """Returns redirects and errors like any other response."""

    def http_response(self, request: Any, response: HTTPResponse) -> HTTPResponse:
        return response

    https_response = http_response


_opener = urllib.request.build_opener(_EveryStatus)


def request(
    method: str,
    url: str,
    *,
    body: Any = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send a request with `body` as JSON, or with `content` unchanged.

    Raises Failed if there is no response.
    """
    if not url.startswith(("https://", "http://")):
        raise Failed(f"{url} is not an HTTP address")
    sent = {"User-Agent": "footlight-operations", **(headers or {})}
    if body is not None:
        content = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    made = urllib.request.Request(url, data=content, headers=sent, method=method)  # noqa: S310
    try:
        with _opener.open(made, timeout=TIMEOUT_SECONDS) as response:
            return Response(url, response.status, response.headers, response.read())
    except urllib.error.URLError as error:
        raise Failed(f"no response from {url.partition('?')[0]}: {error.reason}") from error
    except (OSError, HTTPException) as error:
        raise Failed(f"no response from {url.partition('?')[0]}: {error}") from error


def get(url: str, **headers: str) -> Response:
    """Send a GET request. Underscores in header names become hyphens."""
    return request("GET", url, headers=_names(headers))


def _names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
