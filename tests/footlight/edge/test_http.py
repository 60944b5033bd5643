"""The HTTP edge: routes, the error shape, cookies, and the caller."""

import json
from io import StringIO
from typing import Annotated, Any

import boto3
import pytest
from aws_lambda_powertools.event_handler import Depends

from footlight import errors
from footlight.edge.auth import CurrentUser
from footlight.edge.http import Api, caller_address, cookies_of, responses, site_cookie, summary_of
from footlight.errors import (
    CapReached,
    DeletionInProgress,
    InvalidRequest,
    MethodNotAllowed,
    NotConfigured,
    RateLimited,
    Refused,
    Suspended,
    TimedOut,
    Unavailable,
)
from footlight.wire import Request

pytestmark = pytest.mark.usefixtures("deployed")


def all_refusals(kind: type[Refused] = Refused) -> list[type[Refused]]:
    return [
        kind,
        *(descendant for child in kind.__subclasses__() for descendant in all_refusals(child)),
    ]


def example(kind: type[Refused]) -> Refused:
    if kind is MethodNotAllowed:
        return MethodNotAllowed(["GET", "PUT"])
    if kind is InvalidRequest:
        return InvalidRequest({"title": "too long"})
    if kind is Suspended:
        return Suspended("spam", "2100-01-01T00:00:00.000Z")
    if kind is CapReached:
        return CapReached("live_channels", 20, 60_000)
    return kind(1500) if issubclass(kind, RateLimited | TimedOut) else kind()


def event(
    method: str = "GET", path: str = "/api/x", body: str | None = None, **headers: str
) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def call_route(route: Any) -> dict[str, Any]:
    """Return the response of an API with this one route."""
    app = Api()
    app.get("/api/x")(route)
    return app.resolve(event(), None)


def error_of(response: dict[str, Any]) -> dict[str, Any]:
    body = json.loads(response["body"])
    assert set(body) == {"error"}
    return body["error"]


REFUSALS = sorted(
    (kind for kind in all_refusals() if kind.__module__ == errors.__name__),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_has_the_same_shape(kind: type[Refused]) -> None:
    def refuses() -> None:
        raise example(kind)

    response = call_route(refuses)

    error = error_of(response)
    assert response["statusCode"] == kind.status
    assert response["headers"]["Content-Type"] == "application/json"
    assert response["headers"]["Cache-Control"] == "private, no-store"
    message = str(example(kind)) if kind is CapReached else kind.message
    assert (error["code"], error["message"]) == (kind.code, message)
    assert error["requestId"] == "request-1"
    if kind is CapReached:
        assert (error.pop("cap"), error.pop("limit")) == ("live_channels", 20)
    more = set(error) - {"code", "message", "requestId"}
    if issubclass(kind, RateLimited | TimedOut | Unavailable | DeletionInProgress):
        assert more == {"retryAfterMs"}
        wait_ms = int(response["headers"]["Retry-After"]) * 1000
        assert 0 <= wait_ms - error["retryAfterMs"] < 1000  # whole seconds, rounded up
    elif kind is InvalidRequest:
        assert error["fields"] == {"title": "too long"}
    elif kind is Suspended:
        assert error["reason"] == "spam"
        assert error["until"] == "2100-01-01T00:00:00.000Z"
    else:
        assert not more
    if kind is MethodNotAllowed:
        assert response["headers"]["Allow"] == "GET, PUT"
    if kind.status == 401:
        assert response["headers"]["WWW-Authenticate"] == "Bearer"


def test_each_refusal_has_its_own_code() -> None:
    codes = [kind.code for kind in REFUSALS]
    assert len(codes) == len(set(codes))


def test_the_tree_of_refusals_is_complete() -> None:
    assert errors.__doc__
    for kind in REFUSALS:
        assert kind.__name__ in errors.__doc__
        if kind not in (Refused, errors.Conflict):
            assert kind.code in errors.__doc__


def test_an_unexpected_error_is_logged_and_hidden_from_the_caller(logged: StringIO) -> None:
    def breaks() -> None:
        raise KeyError("our secret")

    response = call_route(breaks)

    assert response["statusCode"] == 500
    assert error_of(response)["code"] == "internal"
    assert "secret" not in response["body"]
    line = json.loads(logged.getvalue())
    assert line["level"] == "ERROR"
    assert line["request_id"] == "request-1"
    assert line["exception_name"] == "KeyError"


def test_a_refusal_of_the_caller_gets_its_response(logged: StringIO) -> None:
    def breaks() -> str:
        raise KeyError

    def inner() -> str:
        raise NotConfigured

    def outer(inside: Annotated[str, Depends(inner)]) -> str:
        return inside

    def get_refused(name: Annotated[str, Depends(outer)]) -> str:
        return name

    def get_broken(name: Annotated[str, Depends(breaks)]) -> str:
        return name

    assert error_of(call_route(get_refused))["code"] == "not_configured"
    assert error_of(call_route(get_broken))["code"] == "internal"


def test_the_caller_is_checked_before_the_body() -> None:
    class TitleBody(Request):
        title: str

    def refuses() -> str:
        raise errors.Unauthorized

    app = Api()

    def put_x(body: TitleBody, name: Annotated[str, Depends(refuses)]) -> str:
        return name + body.title

    app.put("/api/x")(put_x)

    for body in ("{", "{}", '{"title": 3}', '{"title": "x"}'):
        assert error_of(app.resolve(event("PUT", body=body), None))["code"] == "unauthorized"


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 404), (16 * 1024 + 1, 413)])
def test_a_large_body_is_rejected_before_it_is_parsed(size: int, status: int) -> None:
    response = Api().resolve(event("POST", body="x" * size), None)
    assert response["statusCode"] == status
    assert error_of(response)["requestId"] == "request-1"
    assert response["headers"]["Cache-Control"] == "private, no-store"


def test_a_route_that_returns_nothing_responds_with_204_and_an_empty_body() -> None:
    app = Api()

    def put_x() -> None:
        app.set_cookie("x", "1", 60)

    app.put("/api/x")(put_x)
    response = app.resolve(event("PUT"), None)
    assert (response["statusCode"], response["body"]) == (204, "")
    assert "Content-Type" not in response["headers"]
    assert response["cookies"] == [
        "__Host-x=1; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict"
    ]
    assert app.resolve(event("GET"), None)["cookies"] == []


def test_a_refusal_sends_the_cookies_that_were_set() -> None:
    app = Api()

    def get_x() -> None:
        app.set_cookie("x", "", 0)
        raise errors.Unauthorized

    app.get("/api/x")(get_x)
    response = app.resolve(event(), None)
    assert response["statusCode"] == 401
    assert response["cookies"] == [
        "__Host-x=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"
    ]


def test_a_caller_is_resolved_once_per_request() -> None:
    app = Api()
    calls: list[int] = []

    def caller() -> int:
        calls.append(1)
        return len(calls)

    def get_x(number: Annotated[int, Depends(caller)]) -> int:
        return number

    app.get("/api/x")(get_x)
    bodies = [app.resolve(event(), None)["body"] for _ in range(2)]
    assert bodies == ["1", "2"]


def test_the_signature_of_a_route_decides_its_description() -> None:
    app = Api("people")

    def put_a_thing(thing: str, me: CurrentUser) -> None:
        """Put a thing. Idempotent."""

    app.put("/api/things/<thing>", errors.NotFound)(put_a_thing)
    (route,) = app.routes
    assert (route.method, route.path) == ("PUT", "/api/things/{thing}")
    assert route.security == [{"accessToken": []}]
    operation = app.openapi()["paths"]["/api/things/{thing}"]["put"]
    assert operation["operationId"] == "putAThing"
    assert operation["summary"] == "Put a thing"
    assert operation["tags"] == ["people"]
    assert set(operation["responses"]) == {"204", "401", "403", "404", "409", "422", "503"}


@pytest.mark.parametrize(
    ("docstring", "summary"),
    [
        ("Follow a channel. Idempotent.", "Follow a channel"),
        ("Get openapi.json", "Get openapi.json"),
        ("Reset your\n    stream key.\n\n    More.", "Reset your stream key"),
        (None, ""),
    ],
)
def test_a_summary_is_the_first_sentence(docstring: str | None, summary: str) -> None:
    def route() -> None: ...

    route.__doc__ = docstring
    assert summary_of(route) == summary


def test_over_plain_http_cookies_are_not_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_SITE_URL", "http://localhost:8080")
    assert str(site_cookie("x", "", 0)) == "x=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"


@pytest.mark.parametrize(
    "sent",
    [
        {"cookies": ["__Host-a=1", "__Host-b=x.y-z_%20="]},
        {"headers": {"cookie": "__Host-a=1; __Host-b=x.y-z_%20="}},
        {"headers": {"Cookie": "__Host-a=1;__Host-b=x.y-z_%20="}},
        {"cookies": ["__Host-a=1"], "headers": {"cookie": "__Host-b=x.y-z_%20="}},
        {"cookies": ["__Host-a=1", "__Host-b=x.y-z_%20="], "headers": {"cookie": "__Host-a=1"}},
    ],
)
def test_cookies_are_read_from_the_event_and_from_the_header(sent: dict[str, Any]) -> None:
    assert cookies_of(sent) == {"a": "1", "b": "x.y-z_%20="}


@pytest.mark.parametrize(
    "strange",
    ['{"x":1}', "q;r", "bare", "", "=", "a b=c", "ü=1", "a[b]=1", "path=/x", "a=x,y z", 'a="b\\"c'],
)
def test_the_session_cookie_is_read_next_to_malformed_cookies(strange: str) -> None:
    session = "__Host-footlight_session=x"
    for line in (f"{strange}; {session}", f"{session}; {strange}"):
        assert cookies_of({"headers": {"cookie": line}})["footlight_session"] == "x"


@pytest.mark.parametrize("site", ["https://live.example.com", "http://localhost:8080"])
@pytest.mark.parametrize("evil", ["evil", ""])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_cookie_with_two_values_is_ignored(
    monkeypatch: pytest.MonkeyPatch, site: str, evil: str, is_first: bool
) -> None:
    """A sibling host of http can add a second one, and the order depends on the browser."""
    monkeypatch.setenv("FOOTLIGHT_SITE_URL", site)
    prefix = "__Host-" if site.startswith("https") else ""
    both = [f"{prefix}s=own", f"{prefix}s={evil}", f"{prefix}other=1"]
    sent = [both[1], both[0], both[2]] if is_first else both
    for event in ({"cookies": sent}, {"headers": {"cookie": "; ".join(sent)}}):
        assert cookies_of(event) == {"other": "1"}


@pytest.mark.parametrize("name", ["s", "__host-s", "__Secure-s", "Host-s"])
def test_over_https_a_cookie_that_another_host_can_set_is_ignored(name: str) -> None:
    assert cookies_of({"cookies": [f"{name}=evil"]}) == {}


@pytest.mark.parametrize("sent", [{}, {"cookies": None, "headers": None}, {"cookies": []}])
def test_a_request_without_cookies_has_none(sent: dict[str, Any]) -> None:
    assert cookies_of(sent) == {}


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> str:
    """A deployment that requires CloudFront's secret."""
    monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "origin")
    boto3.client("secretsmanager").create_secret(Name="origin", SecretString="we-are-cloudfront")
    return "we-are-cloudfront"


@pytest.mark.parametrize("header", [{}, {"x_footlight_origin": ""}, {"x_footlight_origin": "no"}])
def test_a_request_that_bypasses_cloudfront_is_not_found(
    origin: str, header: dict[str, str]
) -> None:
    app = Api()
    app.get("/api/x")(lambda: "x")
    response = app.resolve(event(**header), None)
    assert response["statusCode"] == 404
    assert error_of(response)["code"] == "not_found"


def test_a_request_with_cloudfronts_secret_is_accepted(origin: str) -> None:
    app = Api()

    def get_x() -> None: ...

    app.get("/api/x")(get_x)
    for name in ("x_footlight_origin", "X_Footlight_Origin"):
        assert app.resolve(event(**{name: origin}), None)["statusCode"] == 204


def test_the_callers_address_comes_from_cloudfront_or_the_socket(origin: str) -> None:
    spoofed = event(x_forwarded_for="198.51.100.1")
    assert caller_address(spoofed) == "203.0.113.7"
    assert caller_address(event(x_footlight_client_ip="198.51.100.2")) == "198.51.100.2"


def test_cloudfronts_address_header_is_ignored_without_cloudfront() -> None:
    assert caller_address(event(x_footlight_client_ip="198.51.100.2")) == "203.0.113.7"


def test_refusals_of_one_status_are_described_together() -> None:
    described = responses(errors.Blocked, errors.Forbidden, errors.NotFound)
    assert described[403].get("description") == "`blocked` or `forbidden`"
    assert set(described) == {200, 403, 404, 422, 503}
