"""Who may call a route.

A signature names one of these caller types:

def get_me(caller: SignedIn) -> Me                 signed in, perhaps without a username
def put_follow(me: CurrentUser) -> None            signed in, with a username
def post_token(caller: Anyone) -> ViewerToken      signed in or a guest; a bad token is refused,
                                                   and so is a user without a username if the
                                                   route needs one
"""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from footlight.edge.http import Authorization, bearer_of, caller_address, cookies_of
from footlight.errors import Suspended, Unauthorized, UsernameRequired
from footlight.identities import Person
from footlight.people.callers import Caller, person_of
from footlight.people.oidc import Claims, verify

ACCESS_TOKEN: dict[str, list[str]] = {"accessToken": []}


def _claims_of(request: Request) -> Claims | None:
    token = bearer_of(request)
    return None if token is None else verify(token)


def anyone(request: Request) -> Caller:
    """Return the caller. Refuse a bad token instead of treating its owner as a guest."""
    event = request.resolved_event.raw_event
    return Caller(_claims_of(request), cookies_of(event), caller_address(event))


def signed_in(request: Request) -> Claims:
    """Return the claims of a signed-in caller, who may not have a username yet."""
    claims = _claims_of(request)
    if claims is None:
        raise Unauthorized
    return claims


def current_user(claims: Annotated[Claims, Depends(signed_in)]) -> Person:
    """Return the signed-in caller, who must have a username."""
    return person_of(claims)


Anyone = Annotated[
    Caller,
    Depends(anyone),
    Authorization([{}, ACCESS_TOKEN], (Unauthorized, UsernameRequired)),
]
SignedIn = Annotated[Claims, Depends(signed_in), Authorization([ACCESS_TOKEN], (Unauthorized,))]
CurrentUser = Annotated[
    Person,
    Depends(current_user),
    Authorization([ACCESS_TOKEN], (Unauthorized, UsernameRequired), (Suspended,)),
]
"""The domain refuses changes by suspended people. It reads a standing together with other items."""
CurrentCreator = CurrentUser
"""Every user with a username has a channel, and so is a creator."""
