"""Callers who are operators. Separate from `auth`, so that only `admin` knows the role."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from footlight.edge.auth import ACCESS_TOKEN, signed_in
from footlight.edge.http import Authorization
from footlight.errors import Forbidden, Suspended, Unauthorized
from footlight.operators.role import Operator, require_operator
from footlight.people.oidc import Claims


def current_operator(request: Request, claims: Annotated[Claims, Depends(signed_in)]) -> Operator:
    """Return the signed-in caller, who must be an operator."""
    return require_operator(claims, is_change=request.method != "GET")


CurrentOperator = Annotated[
    Operator,
    Depends(current_operator),
    Authorization([ACCESS_TOKEN], (Unauthorized, Forbidden), (Suspended,)),
]
