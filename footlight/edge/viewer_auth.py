"""Callers with a viewer token. Separate from `auth`, so that `chat` ships no OIDC code."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from footlight.edge.http import Authorization, bearer_of
from footlight.errors import Unauthorized
from footlight.watching.viewer_tokens import ViewerClaims, verify


def current_viewer(request: Request) -> ViewerClaims:
    """Return the verified claims of the caller's viewer token."""
    token = bearer_of(request)
    if token is None:
        raise Unauthorized("Send a viewer token of this channel")
    return verify(token)


CurrentViewer = Annotated[
    ViewerClaims,
    Depends(current_viewer),
    Authorization([{"viewerToken": []}], (Unauthorized,)),
]
"""The caller has a viewer token of some room. The route must check which room."""
