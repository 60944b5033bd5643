"""Follows."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from footlight.edge.auth import CurrentUser
from footlight.edge.http import Api, answers, no_content
from footlight.errors import NotFound, Oneself, RateLimited, Unauthorized, UsernameRequired
from footlight.people import follows

app = Api()

Username = Annotated[str, Path()]
REFUSALS = (Unauthorized, NotFound, Oneself, UsernameRequired, RateLimited)


@app.put(
    "/api/follows/<username>",
    summary="Follow a channel",
    operation_id="putFollow",
    responses=answers(*REFUSALS, ok=204),
    tags=["people"],
)
def put_follow(username: Username, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    follows.follow(me, username)
    return no_content()


@app.delete(
    "/api/follows/<username>",
    summary="Follow a channel no more",
    operation_id="deleteFollow",
    responses=answers(*REFUSALS, ok=204),
    tags=["people"],
)
def delete_follow(username: Username, me: CurrentUser) -> Response[None]:
    """Safe to repeat."""
    follows.unfollow(me, username)
    return no_content()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
