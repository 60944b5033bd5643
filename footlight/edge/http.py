"""The edge of every function: routing, validation, one shape for all errors, cookies."""

import json
import math
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import (
    DependencyResolutionError,
    build_dependency_tree,
    solve_dependencies,
)
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from pydantic import BaseModel, Field

from footlight import settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.errors import (
    BadRequest,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Refused,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from footlight.wire import Wire

MAX_BODY_BYTES = 16 * 1024


class ErrorDetail(Wire):
    """What was refused and why; `fields` with `invalid_request` alone."""

    code: str = Field(examples=["host_not_found"])
    message: str
    request_id: str
    fields: dict[str, str] | None = None
    retry_after_ms: int | None = None


class ErrorBody(Wire):
    """The one shape of all errors."""

    error: ErrorDetail


def answers(
    *refusals: type[Refused], ok: int = 200, body: type[BaseModel] | None = None, says: str = "Done"
) -> dict[int, OpenAPIResponse]:
    """A route's answers for the OpenAPI document: the good one, then each refusal by its status."""
    good: Any = {"description": says}
    if body is not None:
        good["content"] = {"application/json": {"model": body}}
    documented: dict[int, OpenAPIResponse] = {ok: good}
    by_status: dict[int, list[str]] = {}
    for refusal in (*refusals, InvalidRequest, Unavailable):
        by_status.setdefault(refusal.status, []).append(f"`{refusal.code}`")
    for status, codes in sorted(by_status.items()):
        documented[status] = {
            "description": " or ".join(dict.fromkeys(codes)),
            "content": {"application/json": {"model": ErrorBody}},
        }
    return documented


def request_id(event: dict[str, Any]) -> str:
    """The gateway's id of this request, which its access log has too."""
    return str(event.get("requestContext", {}).get("requestId", ""))


def cookies_of(event: dict[str, Any]) -> dict[str, str]:
    """The request's cookies: in `cookies` (payload format 2.0) or in the header.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    lines = [*(event.get("cookies") or []), _header(event, "cookie") or ""]
    # Not by SimpleCookie, which drops all for one that it does not like: on localhost those of any
    # other program are sent as well.
    pairs = (pair.partition("=") for line in lines for pair in line.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def site_cookie(name: str, value: str, max_age_seconds: int) -> Cookie:
    """A cookie that no script can read and no other site can send along with a write."""
    return Cookie(
        name=name,
        value=value,
        path="/",
        max_age=max_age_seconds,
        http_only=True,
        same_site=SameSite.LAX_MODE,
        secure=settings.site_url().startswith("https://"),
    )


def _header(event: dict[str, Any], name: str) -> str | None:
    for key, value in (event.get("headers") or {}).items():
        if key.lower() == name:
            return value
    return None


def _came_through_cloudfront(event: dict[str, Any]) -> bool:
    expected = secrets.origin_secret()
    return expected is None or secrets.equal(_header(event, "x-footlight-origin") or "", expected)


def bearer_of(request: Request) -> str | None:
    """The token of the Authorization header, None where there is no such header.

    Raises Unauthorized for any other scheme.
    """
    header: str | None = request.resolved_event.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("The Authorization header is not `Bearer` and a token")
    return token.strip()


def caller_address(event: dict[str, Any]) -> str:
    """The caller's address: CloudFront's word where the request came through it, else the socket's.

    `X-Forwarded-For` is never believed: anyone can send it.
    """
    if settings.origin_secret_id() and (told := _header(event, "x-footlight-client-ip")):
        return told
    return str(event["requestContext"]["http"]["sourceIp"])


class Api(APIGatewayHttpResolver):
    """A resolver whose every answer, good or bad, has the site's shape and headers."""

    def __init__(self, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        super().__init__(enable_validation=True)
        self._max_body_bytes = max_body_bytes
        self.exception_handler(Refused)(self.refuse)
        self.exception_handler(DependencyResolutionError)(self._dependency_refused)
        self.exception_handler(RequestValidationError)(self._invalid)
        self.exception_handler(RequestUnsupportedContentType)(self._invalid)
        self.exception_handler(Exception)(self._broken)
        self.not_found(self._not_found)

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        log.append_keys(request_id=request_id(event))
        try:
            if not _came_through_cloudfront(event):
                raise NotFound
            if len(event.get("body") or "") > self._max_body_bytes:
                raise TooLarge
        except Refused as refused:
            answer = _shape(refused, request_id(event))
            resolved: dict[str, Any] = {
                "statusCode": answer.status_code,
                "headers": answer.headers,
                "body": answer.body,
                "isBase64Encoded": False,
                "cookies": [],
            }
        else:
            resolved = super().resolve(event, context)
        if resolved.get("body") is None:
            resolved["body"] = ""  # null is a body of four letters to some gateways
        headers = resolved.setdefault("headers", {})
        headers.setdefault("Cache-Control", "private, no-store")
        return resolved

    def refuse(self, refused: Refused) -> Response[Any]:
        """The one shape of a refusal."""
        return _shape(refused, request_id(self.current_event.raw_event))

    def _dependency_refused(self, error: DependencyResolutionError) -> Response[Any]:
        cause = _cause(error)
        return self.refuse(cause) if isinstance(cause, Refused) else self._broken(cause)

    def _invalid(self, error: Exception) -> Response[Any]:
        # Who may call is answered before what was wrong with the call.
        try:
            route = self.context.get("_route")
            if route is not None:
                solve_dependencies(
                    dependant=build_dependency_tree(route.func), request=self.request
                )
        except DependencyResolutionError as refused:
            return self._dependency_refused(refused)
        if not isinstance(error, RequestValidationError):
            return self.refuse(BadRequest())
        problems = error.errors()
        if any(problem["type"] == "json_invalid" for problem in problems):
            return self.refuse(BadRequest())
        return self.refuse(InvalidRequest({_field(p["loc"]): p["msg"] for p in problems}))

    def refuse_unknown(self) -> Response[Any]:
        """The answer where no route matches."""
        return self.refuse(NotFound())

    def _not_found(self, _: NotFoundError) -> Response[Any]:
        return self.refuse_unknown()

    def _body_is_readable(self) -> bool:
        """False where it is no UTF-8, or so deep that it can't be parsed; that it is JSON, or not,
        Powertools finds by itself."""
        try:
            _ = self.current_event.json_body
        except (UnicodeDecodeError, RecursionError):
            return False
        except ValueError:
            pass
        return True

    def _broken(self, error: BaseException) -> Response[Any]:
        if isinstance(error, UnicodeDecodeError | RecursionError) and not self._body_is_readable():
            return self._invalid(error)
        log.error("unhandled", exc_info=error)
        return self.refuse(Refused())


def _cause(error: BaseException) -> BaseException:
    while isinstance(error, DependencyResolutionError) and error.__cause__:
        error = error.__cause__
    return error


def _field(location: tuple[str | int, ...]) -> str:
    names = [str(part) for part in location if part not in ("body", "query", "path")]
    return ".".join(names) or "body"


def _shape(refused: Refused, asked: str) -> Response[Any]:
    detail: dict[str, Any] = {"code": refused.code, "message": str(refused), "requestId": asked}
    headers: dict[str, str | list[str]] = {}
    if isinstance(refused, InvalidRequest):
        detail["fields"] = refused.fields
    if refused.retry_after_ms is not None:
        headers["Retry-After"] = str(math.ceil(refused.retry_after_ms / 1000))
        detail["retryAfterMs"] = refused.retry_after_ms
    if isinstance(refused, MethodNotAllowed):
        headers["Allow"] = ", ".join(refused.allowed)
    if isinstance(refused, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        status_code=refused.status,
        content_type="application/json",
        headers=headers,
        body=json.dumps({"error": detail}),
    )


def no_content(cookies: list[Cookie] | None = None) -> Response[None]:
    """204: done, and nothing to say."""
    return Response(status_code=204, cookies=cookies)
