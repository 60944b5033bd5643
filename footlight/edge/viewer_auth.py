"""Callers who hold a viewer token. Apart from `auth`, so that `chat` ships no OIDC code."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from footlight.edge.http import bearer_of
from footlight.errors import Unauthorized
from footlight.watching.viewer_tokens import Seat, read


def seated(request: Request) -> Seat:
    """The seat of who calls. Raises Unauthorized, TokenExpired."""
    token = bearer_of(request)
    if token is None:
        raise Unauthorized("Send a viewer token of this channel")
    return read(token)


Seated = Annotated[Seat, Depends(seated)]
"""Who calls holds a viewer token; of which room, the route has to look."""
