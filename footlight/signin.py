"""Who is calling: access tokens of the identity provider, verified here alone.

A route says in its signature who may call it:

    def get_me(caller: SignedIn) -> Me                 anyone signed in
    def put_follow(me: CurrentUser) -> None            signed in, with a username
    def post_token(caller: Anyone) -> ViewerToken      signed in or a guest; a bad token is refused
"""

import json
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import jwt
from aws_lambda_powertools.event_handler import Depends
from aws_lambda_powertools.event_handler.request import Request
from jwt.exceptions import PyJWKClientConnectionError

from footlight import settings
from footlight.errors import TokenExpired, Unauthorized, Unavailable, UsernameRequired
from footlight.http import bearer_of, caller_address, cookies_of
from footlight.identities import Guest, Person
from footlight.tables import base, users

PROVIDER_SECONDS = 1.2
"""Twice, metadata and keys, within the three seconds of an answer. PyJWKClient would wait 30 s."""

CLOCK_SKEW_SECONDS = 30


@dataclass(frozen=True)
class Claims:
    """What a verified access token says: who issued it, for whom, and the key of our own record."""

    issuer: str
    subject: str

    @property
    def key(self) -> base.Key:
        return users.subject_key(self.issuer, self.subject)


@dataclass(frozen=True)
class Caller:
    """Whoever calls a route that is for anyone: `claims` where signed in, cookies for a guest.

    `address`: where the request came from, as CloudFront or the gateway says.
    """

    claims: Claims | None
    cookies: dict[str, str]
    address: str = ""


KEYS_KEPT_SECONDS = 3600
"""So long an outage of the provider is not felt. A key that is not among those kept has them asked
for anew, at most every 30 s."""


@cache
def discovered() -> dict[str, Any]:
    """The provider's metadata (OpenID Connect Discovery 1.0, section 4). Raises Unavailable."""
    address = settings.oidc_discovery_url()
    try:
        with urllib.request.urlopen(address, timeout=PROVIDER_SECONDS) as answer:  # noqa: S310 - the operator's own issuer
            told: dict[str, Any] = json.load(answer)
            _ = told["jwks_uri"]  # what is no metadata is not kept
            return told
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Unavailable("Sign-in is not available at the moment") from error


@cache
def _signing_keys() -> jwt.PyJWKClient:
    return jwt.PyJWKClient(
        discovered()["jwks_uri"], timeout=PROVIDER_SECONDS, lifespan=KEYS_KEPT_SECONDS
    )


def forget() -> None:
    """Drop what is kept of the provider and of people: the next call asks again."""
    discovered.cache_clear()
    _signing_keys.cache_clear()
    _people.clear()


def verify(token: str) -> Claims:
    """The claims of an access token of ours.

    `aud` holds our audience or, where there is no `aud` (Cognito's access tokens have none),
    `client_id` or `azp` is ours; `token_use`, where present, is `access` (RFC 9068; Cognito's
    "Using the access token"). Raises Unauthorized, TokenExpired, or Unavailable where the
    provider's keys can't be had.
    """
    issuer = settings.oidc_issuer()
    try:
        jwt.get_unverified_header(token)  # what is no token at all needs no provider to refuse
        key = _signing_keys().get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=settings.oidc_algorithms(),
            issuer=issuer,
            leeway=CLOCK_SKEW_SECONDS,
            options={"require": ["exp", "iss", "sub"], "verify_aud": False},
        )
    except PyJWKClientConnectionError as error:
        raise Unavailable("Sign-in is not available at the moment") from error
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.PyJWTError as error:
        raise Unauthorized("The access token is not valid") from error
    if not _is_for_us(claims) or claims.get("token_use", "access") != "access":
        raise Unauthorized("The access token is not for this site")
    return Claims(issuer, claims["sub"])


def _is_for_us(claims: dict[str, Any]) -> bool:
    ours = settings.oidc_audience()
    if "aud" in claims:
        audience = claims["aud"]
        return ours in (audience if isinstance(audience, list) else [audience])
    return ours in (claims.get("client_id"), claims.get("azp"))


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
    return person_of(_who({claims.key}).get(claims.key))


def person_of(item: base.Item | None) -> Person:
    """The person of a Subject item. Raises UsernameRequired where there is none."""
    if not isinstance(item, users.Subject):
        raise UsernameRequired
    return Person(item.user_id, item.username)


PEOPLE_KEPT_SECONDS = 300
MOST_PEOPLE_KEPT = 10_000

_people: dict[base.Key, tuple[float, base.Item]] = {}
"""Names and subjects seen lately: who has one never changes."""


def host_and_viewer(caller: Caller, host: str | None) -> tuple[str | None, Person | None]:
    """The user id behind a host's username, and the person who calls, in one read or none.

    None for a host that is not there, None for a guest. Raises UsernameRequired.
    """
    host_key = users.name_key(host) if host is not None else None
    viewer_key = caller.claims.key if caller.claims else None
    found = _who({key for key in (host_key, viewer_key) if key})
    viewer = person_of(found.get(viewer_key)) if viewer_key else None
    name = found.get(host_key) if host_key else None
    return (name.user_id if isinstance(name, users.Name) else None), viewer


def _who(keys: set[base.Key]) -> dict[base.Key, base.Item]:
    now = time.monotonic()
    known = {
        key: kept[1]
        for key in keys
        if (kept := _people.get(key)) and now - kept[0] < PEOPLE_KEPT_SECONDS
    }
    if missing := keys - known.keys():
        # Read consistently: somebody comes here a moment after they have chosen their name.
        found = base.batch_get(missing, consistent=True)
        if len(_people) > MOST_PEOPLE_KEPT:
            _people.clear()
        _people.update({key: (now, item) for key, item in found.items()})
        known |= found
    return known


Anyone = Annotated[Caller, Depends(anyone)]
SignedIn = Annotated[Claims, Depends(signed_in)]
CurrentUser = Annotated[Person, Depends(current_user)]
CurrentCreator = CurrentUser
"""Everyone with a username has a channel, and so is its creator."""


GUEST_COOKIE = "footlight_guest"
GUEST_SECONDS = 365 * 24 * 3600


def guest_of(cookies: dict[str, str], cookie_key: bytes) -> Guest | None:
    """The guest whose signed id a cookie holds; None where there is none, or a forged one."""
    try:
        claims = jwt.decode(
            cookies.get(GUEST_COOKIE, ""),
            cookie_key,
            algorithms=["HS256"],
            audience="guest",
            options={"require": ["sub", "aud"]},
        )
    except jwt.PyJWTError:
        return None
    return Guest(claims["sub"])


def guest_cookie(guest: Guest, cookie_key: bytes) -> str:
    """The value by which `guest_of` knows the same browser again."""
    return jwt.encode({"sub": guest.id, "aud": "guest"}, cookie_key, algorithm="HS256")
