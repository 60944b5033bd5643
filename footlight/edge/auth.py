"""Who is calling. A route says in its signature who may call it:

def get_me(caller: SignedIn) -> Me                 anyone signed in
def put_follow(me: CurrentUser) -> None            signed in, with a username
def post_token(caller: Anyone) -> ViewerToken      signed in or a guest; a bad token is refused
"""

from typing import Annotated

from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request

from footlight.edge.http import bearer_of, caller_address, cookies_of
from footlight.errors import Unauthorized
from footlight.identities import Person
from footlight.people.callers import Caller, person_of
from footlight.people.oidc import Claims, verify


def _claims_of(request: Request) -> Claims | None:
    token = bearer_of(request)
    return None if token is None else verify(token)


def anyone(request: Request) -> Caller:
    """Signed in or not. A bad token is refused, rather than its bearer taken for a guest."""
    event = request.resolved_event.raw_event
    return Caller(_claims_of(request), cookies_of(event), caller_address(event))


def signed_in(request: Request) -> Claims:
    """Signed in, perhaps without a username yet. Raises Unauthorized."""
    claims = _claims_of(request)
    if claims is None:
        raise Unauthorized
    return claims


def current_user(claims: Annotated[Claims, Depends(signed_in)]) -> Person:
    """Signed in with a username. Raises Unauthorized, UsernameRequired."""
    return person_of(claims)


Anyone = Annotated[Caller, Depends(anyone)]
SignedIn = Annotated[Claims, Depends(signed_in)]
CurrentUser = Annotated[Person, Depends(current_user)]
CurrentCreator = CurrentUser
"""Everyone with a username has a channel, and so is its creator."""
