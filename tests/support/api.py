"""A client of the API that calls the real handlers with the events of a real HTTP API."""

import base64
import importlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from footlight import clock
from footlight.edge.http import Api as Resolver
from footlight.people.oidc import Claims
from infra.routes import ROUTES
from tests.support.people import a_person
from tests.support.provider import Provider
from tests.support.rights import acting_as

FUNCTIONS = sorted(ROUTES)
"""The functions that serve HTTP routes."""


@cache
def resolver(function: str) -> Resolver:
    """Return the `Api` of a function."""
    app: Resolver = importlib.import_module(f"functions.{function}.handler").app
    return app


def function_of(method: str, path: str) -> str:
    """Return the function that the gateway calls. `pages` answers paths without a route."""
    for function in FUNCTIONS:
        for route in resolver(function).routes:
            pattern = re.sub(r"\{\w+\}", "[^/]+", route.path)
            if route.method == method and re.fullmatch(pattern, path):
                return function
    return "pages"


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    set_cookies: list[str]
    """The `Set-Cookie` lines, with attributes."""
    text: str

    @property
    def body(self) -> Any:
        """The parsed JSON."""
        return json.loads(self.text)

    def refused_with(self, status: int, code: str) -> bool:
        """Assert that this is the refusal, in the one shape of errors."""
        assert self.status == status, (self.status, self.text)
        error = self.body["error"]
        assert set(self.body) == {"error"}
        assert {"code", "message", "requestId"} <= set(error)
        assert error["requestId"] == "request-1"
        assert error["message"]
        assert error["code"] == code, error
        return True


@dataclass(frozen=True)
class Person:
    """A person at the identity provider. A user has a `username` and an `id`."""

    subject: str
    username: str = ""
    id: str = ""


@dataclass
class Api:
    """A browser: `api.post("/api/token", {"host": "ann"}, signed_in_as=bob)`. Keeps cookies."""

    provider: Provider
    jar: dict[str, str] = field(default_factory=dict[str, str])
    _last_joined: datetime = clock.EPOCH

    def get(self, path: str, **rest: Any) -> Answer:
        return self.call("GET", path, **rest)

    def post(self, path: str, body: Any = None, **rest: Any) -> Answer:
        return self.call("POST", path, body, **rest)

    def put(self, path: str, body: Any = None, **rest: Any) -> Answer:
        return self.call("PUT", path, body, **rest)

    def patch(self, path: str, body: Any = None, **rest: Any) -> Answer:
        return self.call("PATCH", path, body, **rest)

    def delete(self, path: str, **rest: Any) -> Answer:
        return self.call("DELETE", path, **rest)

    def call(self, method: str, path: str, body: Any = None, **rest: Any) -> Answer:
        """Make one request. `rest` are arguments of `event`."""
        event = self.event(method, path, body, **rest)
        function = function_of(method, path)
        with acting_as(function):
            response = resolver(function).resolve(event, None)
        set_cookies: dict[str, str] = {}
        for line in response.get("cookies", []):
            for name, morsel in SimpleCookie(line).items():
                set_cookies[name] = morsel.value
                self.jar[name] = morsel.value
                if morsel["max-age"] == "0" or not morsel.value:
                    self.jar.pop(name)
        return Answer(
            status=response["statusCode"],
            headers={k.lower(): v for k, v in response.get("headers", {}).items()},
            cookies=set_cookies,
            set_cookies=list(response.get("cookies", [])),
            text=response.get("body") or "",
        )

    def event(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        signed_in_as: Person | None = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        raw: bytes | None = None,
        cookies_in_header: bool = False,
        address: str = "127.0.0.1",
    ) -> dict[str, Any]:
        """Return the event that the gateway passes to a function for one request.

        `raw` is base64-encoded, as the gateway does with unknown content types.
        """
        sent = {"content-type": "application/json"} | (headers or {})
        if signed_in_as:
            token = self.provider.token(signed_in_as.subject)
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        cookies = [f"{name}={value}" for name, value in self.jar.items()]
        if cookies_in_header and cookies:
            sent["cookie"], cookies = "; ".join(cookies), []
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": urlencode(query or {}),
            "queryStringParameters": query or {},
            "headers": sent,
            "cookies": cookies,
            "requestContext": {
                "requestId": "request-1",
                "stage": "$default",
                "http": {"method": method, "path": path, "sourceIp": address},
            },
            "body": base64.b64encode(raw).decode() if raw is not None else text,
            "isBase64Encoded": raw is not None,
        }

    def joins(self, username: str) -> Person:
        """Write a user to the table who can sign in at the provider.

        Lists sort users by milliseconds, so each user joins a millisecond after the previous one.
        """
        subject = f"subject-of-{username}"
        claims = Claims(self.provider.issuer, subject)
        self._last_joined = max(clock.now(), self._last_joined + timedelta(milliseconds=1))
        user = a_person(username, start=self._last_joined, claims=claims)
        return Person(subject, username, user.id)
