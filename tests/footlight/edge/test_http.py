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
    InvalidRequest,
    MethodNotAllowed,
    NotConfigured,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from footlight.wire import Request

pytestmark = pytest.mark.usefixtures("deployed")


def every_refusal(kind: type[Refused] = Refused) -> list[type[Refused]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in every_refusal(below))]


def made(kind: type[Refused]) -> Refused:
    if kind is MethodNotAllowed:
        return MethodNotAllowed(["GET", "PUT"])
    if kind is InvalidRequest:
        return InvalidRequest({"title": "too long"})
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


def answering(does: Any) -> dict[str, Any]:
    """Return the response of a route that does this."""
    app = Api()
    app.get("/api/x")(does)
    return app.resolve(event(), None)


def error_of(answer: dict[str, Any]) -> dict[str, Any]:
    body = json.loads(answer["body"])
    assert set(body) == {"error"}
    return body["error"]


REFUSALS = sorted(
    (kind for kind in every_refusal() if kind.__module__ == errors.__name__),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_has_the_same_shape(kind: type[Refused]) -> None:
    def refuses() -> None:
        raise made(kind)

    answer = answering(refuses)

    error = error_of(answer)
    assert answer["statusCode"] == kind.status
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "private, no-store"
    assert (error["code"], error["message"]) == (kind.code, kind.message)
    assert error["requestId"] == "request-1"
    more = set(error) - {"code", "message", "requestId"}
    if issubclass(kind, RateLimited | TimedOut | Unavailable):
        assert more == {"retryAfterMs"}
        wait_ms = int(answer["headers"]["Retry-After"]) * 1000
        assert 0 <= wait_ms - error["retryAfterMs"] < 1000  # whole seconds, never too soon
    elif kind is InvalidRequest:
        assert error["fields"] == {"title": "too long"}
    else:
        assert not more
    if kind is MethodNotAllowed:
        assert answer["headers"]["Allow"] == "GET, PUT"
    if kind.status == 401:
        assert answer["headers"]["WWW-Authenticate"] == "Bearer"


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in REFUSALS]
    assert len(codes) == len(set(codes))


def test_the_tree_of_refusals_is_complete() -> None:
    assert errors.__doc__
    for kind in REFUSALS:
        assert kind.__name__ in errors.__doc__
        if kind not in (Refused, errors.Conflict):
            assert kind.code in errors.__doc__


def test_an_unexpected_error_is_logged_and_not_shown(logged: StringIO) -> None:
    def breaks() -> None:
        raise KeyError("our secret")

    answer = answering(breaks)

    assert answer["statusCode"] == 500
    assert error_of(answer)["code"] == "internal"
    assert "secret" not in answer["body"]
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

    def get_refused(who: Annotated[str, Depends(outer)]) -> str:
        return who

    def get_broken(who: Annotated[str, Depends(breaks)]) -> str:
        return who

    assert error_of(answering(get_refused))["code"] == "not_configured"
    assert error_of(answering(get_broken))["code"] == "internal"


def test_the_caller_is_checked_before_the_body() -> None:
    class Asked(Request):
        title: str

    def nobody() -> str:
        raise errors.Unauthorized

    app = Api()

    def put_x(asked: Asked, who: Annotated[str, Depends(nobody)]) -> str:
        return who + asked.title

    app.put("/api/x")(put_x)

    for body in ("{", "{}", '{"title": 3}', '{"title": "x"}'):
        assert error_of(app.resolve(event("PUT", body=body), None))["code"] == "unauthorized"


@pytest.mark.parametrize(("size", "status"), [(16 * 1024, 404), (16 * 1024 + 1, 413)])
def test_a_body_is_refused_by_its_size_before_it_is_read(size: int, status: int) -> None:
    answer = Api().resolve(event("POST", body="x" * size), None)
    assert answer["statusCode"] == status
    assert error_of(answer)["requestId"] == "request-1"
    assert answer["headers"]["Cache-Control"] == "private, no-store"


def test_a_route_that_returns_nothing_responds_with_204_and_an_empty_body() -> None:
    app = Api()

    def put_x() -> None:
        app.set_cookie("x", "1", 60)

    app.put("/api/x")(put_x)
    response = app.resolve(event("PUT"), None)
    assert (response["statusCode"], response["body"]) == (204, "")
    assert "Content-Type" not in response["headers"]
    assert response["cookies"] == ["x=1; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax"]
    assert app.resolve(event("GET"), None)["cookies"] == []


def test_a_refused_response_keeps_its_cookies() -> None:
    app = Api()

    def get_x() -> None:
        app.set_cookie("x", "", 0)
        raise errors.Unauthorized

    app.get("/api/x")(get_x)
    response = app.resolve(event(), None)
    assert response["statusCode"] == 401
    assert response["cookies"] == ["x=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"]


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
    assert set(operation["responses"]) == {"204", "401", "404", "409", "422", "503"}


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
    assert str(site_cookie("x", "", 0)) == "x=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize(
    "sent",
    [
        {"cookies": ["a=1", "b=x.y-z_%20="]},
        {"headers": {"cookie": "a=1; b=x.y-z_%20="}},
        {"headers": {"Cookie": "a=1;b=x.y-z_%20="}},
        {"cookies": ["a=1"], "headers": {"cookie": "b=x.y-z_%20="}},
    ],
)
def test_cookies_are_found_in_either_place(sent: dict[str, Any]) -> None:
    assert cookies_of(sent) == {"a": "1", "b": "x.y-z_%20="}


@pytest.mark.parametrize(
    "strange",
    ['{"x":1}', "q;r", "bare", "", "=", "a b=c", "ü=1", "a[b]=1", "path=/x", "a=x,y z", 'a="b\\"c'],
)
def test_strange_cookies_of_other_programs_hide_no_site_cookie(strange: str) -> None:
    for line in (f"{strange}; footlight_session=x", f"footlight_session=x; {strange}"):
        assert cookies_of({"headers": {"cookie": line}})["footlight_session"] == "x"


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
def test_a_request_that_bypasses_cloudfront_gets_404(origin: str, header: dict[str, str]) -> None:
    app = Api()
    app.get("/api/x")(lambda: "x")
    answer = app.resolve(event(**header), None)
    assert answer["statusCode"] == 404
    assert error_of(answer)["code"] == "not_found"


def test_a_request_with_cloudfronts_secret_is_accepted(origin: str) -> None:
    app = Api()

    def get_x() -> None: ...

    app.get("/api/x")(get_x)
    for name in ("x_footlight_origin", "X_Footlight_Origin"):
        assert app.resolve(event(**{name: origin}), None)["statusCode"] == 204


def test_the_callers_address_comes_from_cloudfront_or_the_socket(origin: str) -> None:
    lied = event(x_forwarded_for="198.51.100.1")
    assert caller_address(lied) == "203.0.113.7"
    assert caller_address(event(x_footlight_client_ip="198.51.100.2")) == "198.51.100.2"


def test_without_cloudfront_its_header_is_ignored() -> None:
    assert caller_address(event(x_footlight_client_ip="198.51.100.2")) == "203.0.113.7"


def test_refusals_of_one_status_are_described_together() -> None:
    described = responses(errors.Blocked, errors.Forbidden, errors.NotFound)
    assert described[403].get("description") == "`blocked` or `forbidden`"
    assert set(described) == {200, 403, 404, 422, 503}
