"""Private API of Powertools, in one place. Written for Powertools 3.37.

Powertools validates a request before it resolves `Depends()`. A caller without a token would get
422 for an invalid body instead of 401. It offers no middleware that runs before validation:
https://github.com/aws-powertools/powertools-lambda-python/issues/8348
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import (
    DependencyResolutionError,
    DependencyTree,
    build_dependency_tree,
    solve_dependencies,
)
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import (
    OpenAPIRequestValidationMiddleware,
)


class CallerFirst(OpenAPIRequestValidationMiddleware):
    """Request validation that resolves the route's dependencies first.

    The resolved values go into the cache that Powertools hands to the route, so each dependency
    runs once. If a dependency fails, its own error is raised, without Powertools' wrapper.
    """

    def handler(self, app: Any, next_middleware: NextMiddleware) -> Response[Any]:
        route = app.context["_route"]
        if route.has_dependencies:
            try:
                solve_dependencies(
                    dependant=_dependencies_of(route.func),
                    request=app.request,
                    dependency_cache=app.context.setdefault("_dependency_cache", {}),
                )
            except DependencyResolutionError as error:
                raise _cause_of(error) from None
        return super().handler(app, next_middleware)


def resolve_callers_first(resolver: APIGatewayHttpResolver) -> None:
    """Make a resolver resolve dependencies before it validates requests."""
    resolver._request_validation_middleware = CallerFirst()  # pyright: ignore[reportPrivateUsage]


@cache
def _dependencies_of(function: Callable[..., Any]) -> DependencyTree:
    return build_dependency_tree(function)


def _cause_of(error: BaseException) -> BaseException:
    while isinstance(error, DependencyResolutionError) and error.__cause__:
        error = error.__cause__
    return error
