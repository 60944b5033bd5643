"""Follows."""

from typing import Annotated

from footlight.edge.auth import CurrentUser
from footlight.edge.http import Api
from footlight.errors import NotFound, Oneself, RateLimited
from footlight.people import follows

from aws_lambda_powertools.event_handler.openapi.params import Path

app = Api("people")
handler = app.resolve

Username = Annotated[str, Path()]


@app.put("/api/follows/<username>", NotFound, Oneself, RateLimited)
def put_follow(username: Username, me: CurrentUser) -> None:
    """Follow a channel. Idempotent."""
    follows.follow(me, username)


@app.delete("/api/follows/<username>", NotFound, Oneself, RateLimited)
def delete_follow(username: Username, me: CurrentUser) -> None:
    """Unfollow a channel. Idempotent."""
    follows.unfollow(me, username)
