"""HTTP for every function: routes, validation, one error shape, and cookies."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from inspect import getdoc
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
)
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.shared.cookies import Cookie, SameSite
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel, Field
from pydantic.alias_generators import to_camel

from footlight import settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.edge._powertools import resolve_callers_first
from footlight.errors import (
    BadRequest,
    InvalidRequest,
    NotFound,
    Refused,
    TooLarge,
    Unauthorized,
    Unavailable,
)
from footlight.literals import Cap
from footlight.wire import Instant, Wire

MAX_BODY_BYTES = 16 * 1024

Function = TypeVar("Function", bound=Callable[..., Any])


class ErrorDetail(Wire):
    """Why a request was refused.

    `fields` comes with `invalid_request` only, `reason` and `until` with `suspended` only. A
    suspension without an end has no `until`. `cap` and `limit` come with `cap_reached` only.
    """

    code: str = Field(examples=["host_not_found"])
    message: str
    request_id: str
    fields: dict[str, str] | None = None
    retry_after_ms: int | None = None
    reason: str | None = None
    until: Instant | None = None
    cap: Cap | None = None
    limit: int | None = None


class ErrorBody(Wire):
    """The body of every error response."""

    error: ErrorDetail


@dataclass(frozen=True)
class Authorization:
    """What a caller type in a route's signature means for the API document.

    `security` is OpenAPI's list of accepted tokens, `refusals` what resolving the caller can raise.
    `change_refusals` is what only routes that change something raise.
    """

    security: list[dict[str, list[str]]]
    refusals: tuple[type[Refused], ...]
    change_refusals: tuple[type[Refused], ...] = ()


@dataclass(frozen=True)
class Route:
    """A registered route. `rule` is its path in Powertools' form: `/api/follows/<username>`.

    `refusals`, `ok`, and `tag` are for the API document.
    """

    method: str
    rule: str
    function: Callable[..., Any]
    refusals: tuple[type[Refused], ...]
    ok: int | None
    tag: str

    @property
    def path(self) -> str:
        """The path in OpenAPI's form: `/api/follows/{username}`."""
        return re.sub(r"<(\w+)>", r"{\1}", self.rule)

    @property
    def security(self) -> list[dict[str, list[str]]]:
        """OpenAPI's list of accepted tokens. Empty if the route ignores its caller."""
        caller = _authorization_of(self.function)
        return caller.security if caller else []

    def add_to(self, resolver: APIGatewayHttpResolver, **document: Any) -> None:
        """Register the route with a resolver. `document` is its part of the API document."""
        has_content = _returned_by(self.function) is not NoneType
        resolver.route(self.rule, method=self.method, **document)(
            self.function if has_content else _without_content(self.function)
        )

    def document(self) -> dict[str, Any]:
        """Return the route's part of the API document, as Powertools' arguments."""
        caller, returned = _authorization_of(self.function), _returned_by(self.function)
        implied = caller.refusals if caller else ()
        if caller and self.method != "GET":
            implied += caller.change_refusals
        status = self.ok or (204 if returned is NoneType else 200)
        return {
            "summary": summary_of(self.function),
            "operation_id": to_camel(self.function.__name__),
            "responses": responses(*implied, *self.refusals, ok=status, body=_model_in(returned)),
            "tags": [self.tag],
        }


class Api:
    """The routes of one function. Every response has the site's error shape and headers.

    `tag` groups the routes in the API document.
    """

    def __init__(self, tag: str = "", max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.routes: list[Route] = []
        self._tag = tag
        self._max_body_bytes = max_body_bytes
        self._cookies: list[Cookie] = []
        self._resolver = APIGatewayHttpResolver(enable_validation=True)
        resolve_callers_first(self._resolver)
        self._resolver.exception_handler(Refused)(self.refuse)
        self._resolver.exception_handler(RequestValidationError)(self._refuse_invalid)
        self._resolver.exception_handler(RequestUnsupportedContentType)(self._refuse_unreadable)
        self._resolver.exception_handler(Exception)(self._fail)
        self._resolver.not_found(self._refuse_not_found)

    def get(
        self, path: str, *refusals: type[Refused], ok: int | None = None, tag: str | None = None
    ) -> Callable[[Function], Function]:
        """Register a GET route. `refusals` lists what the signature doesn't imply.

        The operation id comes from the function's name, the summary from its docstring. `ok` is the
        status of success: by default 204 for `-> None`, else 200.
        """
        return self._register("GET", path, refusals, ok, tag)

    def post(
        self, path: str, *refusals: type[Refused], ok: int | None = None, tag: str | None = None
    ) -> Callable[[Function], Function]:
        """Register a POST route, as `get` does."""
        return self._register("POST", path, refusals, ok, tag)

    def put(
        self, path: str, *refusals: type[Refused], ok: int | None = None, tag: str | None = None
    ) -> Callable[[Function], Function]:
        """Register a PUT route, as `get` does."""
        return self._register("PUT", path, refusals, ok, tag)

    def patch(
        self, path: str, *refusals: type[Refused], ok: int | None = None, tag: str | None = None
    ) -> Callable[[Function], Function]:
        """Register a PATCH route, as `get` does."""
        return self._register("PATCH", path, refusals, ok, tag)

    def delete(
        self, path: str, *refusals: type[Refused], ok: int | None = None, tag: str | None = None
    ) -> Callable[[Function], Function]:
        """Register a DELETE route, as `get` does."""
        return self._register("DELETE", path, refusals, ok, tag)

    def _register(
        self,
        method: str,
        path: str,
        refusals: tuple[type[Refused], ...],
        ok: int | None,
        tag: str | None,
    ) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            route = Route(method, path, function, refusals, ok, tag or self._tag)
            route.add_to(self._resolver)
            self.routes.append(route)
            return function

        return register

    @property
    def event(self) -> APIGatewayProxyEventV2:
        """The event of the current request."""
        return self._resolver.current_event

    def set_cookie(
        self,
        name: str,
        value: str,
        max_age_seconds: int,
        same_site: SameSite = SameSite.STRICT_MODE,
    ) -> None:
        """Add a cookie to the response, even if the request is refused."""
        self._cookies.append(site_cookie(name, value, max_age_seconds, same_site))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document of these routes.

        Only this resolver has their documents. For each response in them, Powertools would build a
        validator at a route's first request.
        """
        resolver = APIGatewayHttpResolver(enable_validation=True)
        for route in self.routes:
            route.add_to(resolver, **route.document())
        return json.loads(resolver.get_openapi_json_schema())

    def resolve(self, event: Any, context: Any) -> dict[str, Any]:
        """Handle one API Gateway event: the entry of every HTTP function."""
        log.append_keys(request_id=request_id(event))
        self._cookies.clear()
        try:
            if not _came_through_cloudfront(event):
                raise NotFound
            if len(event.get("body") or "") > self._max_body_bytes:
                raise TooLarge
        except Refused as refused:
            resolved: dict[str, Any] = {
                "statusCode": refused.status,
                "headers": {"Content-Type": "application/json"} | refused.headers(),
                "body": _error_body(refused, request_id(event)),
                "isBase64Encoded": False,
                "cookies": [],
            }
        else:
            resolved = self._resolver.resolve(event, context)
        if resolved.get("body") is None:
            resolved["body"] = ""  # Some gateways send a null body as the text `null`.
        headers = resolved.setdefault("headers", {})
        headers.setdefault("Cache-Control", "private, no-store")
        resolved["cookies"] = [*resolved.get("cookies", []), *map(str, self._cookies)]
        return resolved

    def refuse(self, refused: Refused) -> Response[Any]:
        """Return the response to a refusal."""
        return Response(
            status_code=refused.status,
            content_type="application/json",
            headers=dict(refused.headers()),
            body=_error_body(refused, request_id(self.event.raw_event)),
        )

    def refuse_unknown(self) -> Response[Any]:
        """Return the response for a path or method without a route."""
        return self.refuse(NotFound())

    def _refuse_not_found(self, _: NotFoundError) -> Response[Any]:
        return self.refuse_unknown()

    def _refuse_unreadable(self, _: BaseException) -> Response[Any]:
        return self.refuse(BadRequest())

    def _refuse_invalid(self, error: RequestValidationError) -> Response[Any]:
        problems = error.errors()
        if any(problem["type"] == "json_invalid" for problem in problems):
            return self.refuse(BadRequest())
        return self.refuse(InvalidRequest({_field(p["loc"]): p["msg"] for p in problems}))

    def _body_is_readable(self) -> bool:
        """Return False for a body that isn't UTF-8 or is nested too deeply to parse.

        Powertools itself detects a body that isn't JSON.
        """
        try:
            _ = self.event.json_body
        except (UnicodeDecodeError, RecursionError):
            return False
        except ValueError:
            pass
        return True

    def _fail(self, error: BaseException) -> Response[Any]:
        if isinstance(error, UnicodeDecodeError | RecursionError) and not self._body_is_readable():
            return self._refuse_unreadable(error)
        log.error("unhandled exception", exc_info=error)
        return self.refuse(Refused())


def _authorization_of(function: Callable[..., Any]) -> Authorization | None:
    """Return the authorization that the annotation of a parameter carries, if any."""
    for hint in get_type_hints(function, include_extras=True).values():
        if get_origin(hint) is Annotated:
            for annotation in get_args(hint):
                if isinstance(annotation, Authorization):
                    return annotation
    return None


def _returned_by(function: Callable[..., Any]) -> Any:
    return get_type_hints(function).get("return", Any)


def _model_in(returned: Any) -> type[BaseModel] | None:
    """Return the model of a return annotation, `Model` or `Response[Model]`."""
    for candidate in (returned, *get_args(returned)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _without_content(function: Callable[..., None]) -> Callable[..., Response[None]]:
    @wraps(function)
    def respond(**arguments: Any) -> Response[None]:
        function(**arguments)
        return Response(status_code=204)

    return respond


def summary_of(function: Callable[..., Any]) -> str:
    """Return the first sentence of a docstring, without its period."""
    text = (getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    return re.split(r"\.(?: |$)", text, maxsplit=1)[0]


def responses(
    *refusals: type[Refused], ok: int = 200, body: type[BaseModel] | None = None
) -> dict[int, OpenAPIResponse]:
    """Return a route's responses for the API document: success, then the refusals by status."""
    success: Any = {"description": HTTPStatus(ok).phrase}
    if body is not None:
        success["content"] = {"application/json": {"model": body}}
    documented: dict[int, OpenAPIResponse] = {ok: success}
    codes_by_status: dict[int, list[str]] = {}
    for refusal in (*refusals, InvalidRequest, Unavailable):
        codes_by_status.setdefault(refusal.status, []).append(f"`{refusal.code}`")
    for status, codes in sorted(codes_by_status.items()):
        documented[status] = {
            "description": " or ".join(dict.fromkeys(codes)),
            "content": {"application/json": {"model": ErrorBody}},
        }
    return documented


def request_id(event: dict[str, Any]) -> str:
    """Return the gateway's id of this request. Its access log contains the same id."""
    return str(event.get("requestContext", {}).get("requestId", ""))


def cookies_of(event: dict[str, Any]) -> dict[str, str]:
    """Return the site's cookies, from `cookies` (payload format 2.0) or from the header.

    Names are without the prefix that `site_cookie` adds. Over https, cookies without it aren't the
    site's. A name with several values is left out, because some may come from another program of
    the host, or over http from anyone in the network (RFC 6265, 8.6).
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    lines = [*(event.get("cookies") or []), _header(event, "cookie") or ""]
    # SimpleCookie drops all cookies if it dislikes one. On localhost, browsers also send the
    # cookies of other programs.
    values: dict[str, set[str]] = {}
    for name, equals, value in (pair.partition("=") for line in lines for pair in line.split(";")):
        if equals:
            values.setdefault(name.strip(), set()).add(value.strip())
    prefix = _cookie_prefix()
    return {
        name.removeprefix(prefix): value
        for name, (value, *others) in values.items()
        if name.startswith(prefix) and not others
    }


def site_cookie(
    name: str, value: str, max_age_seconds: int, same_site: SameSite = SameSite.STRICT_MODE
) -> Cookie:
    """Return a cookie that scripts can't read and other sites can't send.

    Over https its name gets the prefix `__Host-`, so that no other host of the domain can set it.
    """
    prefix = _cookie_prefix()
    return Cookie(
        name=prefix + name,
        value=value,
        path="/",
        max_age=max_age_seconds,
        http_only=True,
        same_site=same_site,
        secure=bool(prefix),
    )


def _cookie_prefix() -> str:
    """Return `__Host-` over https, where browsers enforce it: Secure, Path=/, and no Domain.

    https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
    """
    return "__Host-" if settings.site_url().startswith("https://") else ""


def _header(event: dict[str, Any], name: str) -> str | None:
    for key, value in (event.get("headers") or {}).items():
        if key.lower() == name:
            return value
    return None


def _came_through_cloudfront(event: dict[str, Any]) -> bool:
    return secrets.is_origin_secret(_header(event, "x-footlight-origin") or "")


def bearer_of(request: Request) -> str | None:
    """Return the token of the Authorization header, or None without such a header.

    Refuse any scheme other than Bearer.
    """
    header: str | None = request.resolved_event.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("The Authorization header must be `Bearer` and a token")
    return token.strip()


def caller_address(event: dict[str, Any]) -> str:
    """Return the caller's address: CloudFront's header, or the socket's address without CloudFront.

    `X-Forwarded-For` is ignored, because anyone can send it.
    """
    if settings.origin_secret_id() and (address := _header(event, "x-footlight-client-ip")):
        return address
    return str(event["requestContext"]["http"]["sourceIp"])


def _field(location: tuple[str | int, ...]) -> str:
    names = [str(part) for part in location if part not in ("body", "query", "path")]
    return ".".join(names) or "body"


def _error_body(refused: Refused, request: str) -> str:
    error = {"code": refused.code, "message": str(refused), "requestId": request}
    return json.dumps({"error": error | refused.details()})
