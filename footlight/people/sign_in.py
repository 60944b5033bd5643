"""Sign-in by the server: authorization code with PKCE, refresh, revocation.

The refresh token lies in an HttpOnly cookie and nowhere else; a page holds short access tokens, in
memory. RFC 6749, RFC 7636, RFC 7009; OAuth 2.0 for Browser-Based Applications, section 6.1. The id
token is not used, and so no nonce is asked for: who somebody is, is read of the access token.
"""

import re
import secrets as random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlencode

import httpx2
import jwt
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from footlight import settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.errors import Unauthorized, Unavailable
from footlight.people.oidc import discovered, verify
from footlight.wire import Wire

LOGIN_COOKIE = "footlight_login_"
"""Beginning of the names of cookies that keep a sign-in in progress: each tab has its own."""
SESSION_COOKIE = "footlight_session"
LOGIN_SECONDS = 600
MAX_LOGINS = 4
SESSION_SECONDS = 30 * 24 * 3600
PROVIDER_SECONDS = 2.5
MAX_COOKIE_BYTES = 4000
"""What browsers keep of one cookie is 4096 bytes, its name included."""

_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")
_COOKIE_SAFE = "!#$&'()*+-./:<=>?@[]^_`{|}~"
_ADDRESS_SAFE = "%!#$&'()*+,-./:;=?@[]_~"
_OVER = {"invalid_grant", "interaction_required", "login_required", "consent_required"}
"""Errors of a refresh that end the session; any other is the operator's or the provider's."""


class AccessToken(Wire):
    """A short token for the API, and how long it is good for, in seconds."""

    access_token: str
    expires_in: int


@dataclass(frozen=True)
class Started:
    """A sign-in begun: where the browser goes, and the cookie it keeps until it is back."""

    address: str
    cookie_name: str
    cookie: str


@dataclass(frozen=True)
class Finished:
    """A sign-in done: the session's cookie, and the address to go back to."""

    cookie: str
    address: str


@dataclass(frozen=True)
class Session:
    """A session refreshed: the page's token, and the cookie that replaces the old one."""

    token: AccessToken
    cookie: str


class SignInFailed(Exception):
    """`address`: the page to go back to, with `?signin=` and a word that it turns into a sentence.

    `denied`: the person declined; `expired`: begun too long ago, or not in this browser; `failed`:
    the provider's fault or the operator's, and the log says which.
    """

    def __init__(self, return_to: str, reason: str) -> None:
        super().__init__(reason)
        self.address = _address(return_to, signin=reason)


def safe_return(path: str | None) -> str:
    """A path of this site, or `/`: sign-in never sends anyone elsewhere."""
    return path if path and len(path) <= 512 and _PATH.fullmatch(path) else "/"


def _address(path: str, **marks: str) -> str:
    before, hash_mark, fragment = path.partition("#")
    if marks:
        before += ("&" if "?" in before else "?") + urlencode(marks)
    asked = quote(before + hash_mark + fragment, safe=_ADDRESS_SAFE, errors="replace")
    return settings.site_url() + asked


@cache
def _tls() -> ssl.SSLContext:
    """Made once: it reads every root certificate, which takes some 60 ms."""
    return httpx2.create_ssl_context()


def _client() -> Any:
    """An OAuth2Client, which has no types. A new one each time: it remembers a person's tokens."""
    secret = secrets.oidc_client_secret()
    return OAuth2Client(
        client_id=settings.oidc_client_id(),
        client_secret=secret,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        redirect_uri=f"{settings.site_url()}/api/session/callback",
        code_challenge_method="S256",
        timeout=PROVIDER_SECONDS,
        verify=_tls(),
    )


def _endpoint(name: str) -> str:
    address = discovered().get(name)
    if not isinstance(address, str):
        log.error("provider_without_endpoint", endpoint=name)
        raise Unavailable("Sign-in is not available at the moment")
    return address


def _tokens(ask: Callable[[Any, str], dict[str, Any]]) -> dict[str, Any]:
    """What the token endpoint answers. Raises OAuthError where it refuses, Unavailable."""
    endpoint = _endpoint("token_endpoint")
    try:
        with _client() as client:
            answer = ask(client, endpoint)
    except (httpx2.HTTPError, ValueError) as failure:  # ValueError: it answered, but no JSON object
        log.warning("provider_unavailable", reason=type(failure).__name__)
        raise Unavailable("Sign-in is not available at the moment") from failure
    if not isinstance(answer.get("access_token"), str):
        log.error("provider_without_access_token")
        raise Unavailable("Sign-in is not available at the moment")
    return answer


def _cookie_of(refresh_token: Any) -> str | None:
    """The token as a cookie can hold it (RFC 6265, 4.1.1); None where it can't be kept."""
    if not isinstance(refresh_token, str) or not refresh_token:
        log.error("no_refresh_token", hint="some providers want the scope offline_access")
        return None
    cookie = quote(refresh_token, safe=_COOKIE_SAFE)
    if len(cookie) > MAX_COOKIE_BYTES:
        log.error("refresh_token_too_large", size=len(cookie), largest=MAX_COOKIE_BYTES)
        return None
    return cookie


def _login_cookie(state: str) -> str:
    return LOGIN_COOKIE + state[:12]


def start(return_to: str | None) -> Started:
    """Begins a sign-in. Raises SignInFailed where the provider can't be asked."""
    back = safe_return(return_to)
    state, verifier = random.token_urlsafe(24), random.token_urlsafe(48)
    asked = {"scope": settings.oidc_scopes()}
    if settings.oidc_audience() != settings.oidc_client_id():
        asked["audience"] = settings.oidc_audience()  # else Auth0's access tokens are opaque
    try:
        with _client() as client:
            address, _ = client.create_authorization_url(
                _endpoint("authorization_endpoint"), state=state, code_verifier=verifier, **asked
            )
        key = secrets.cookie_key()
    except Unavailable as failure:
        raise SignInFailed(back, "failed") from failure
    kept = {
        "aud": "login",
        "exp": int(time.time()) + LOGIN_SECONDS,
        "state": state,
        "verifier": verifier,
        "return": back,
    }
    cookie = jwt.encode(kept, key, algorithm="HS256")
    return Started(str(address), _login_cookie(state), cookie)


def kept_login(cookies: Mapping[str, str], state: str | None) -> str | None:
    """Name of the cookie that keeps the sign-in of this state, where the browser has it."""
    name = _login_cookie(state or "")
    return name if name in cookies else None


def abandoned(cookies: Mapping[str, str]) -> list[str]:
    """Names of cookies of sign-ins in progress, once they are so many that headers grow large."""
    names = [name for name in cookies if name.startswith(LOGIN_COOKIE)]
    return names if len(names) >= MAX_LOGINS else []


def finish(
    cookies: Mapping[str, str], *, state: str | None, code: str | None, error: str | None
) -> Finished:
    """Exchanges the code for a session. Raises SignInFailed."""
    kept = _kept(cookies, state)
    back = safe_return(kept["return"])
    if error or not code:
        log.info("signin_refused", error=(error or "")[:64])
        raise SignInFailed(back, "denied" if error == "access_denied" else "failed")
    try:
        answer = _tokens(
            lambda client, endpoint: client.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=kept["verifier"],
            )
        )
        verify(answer["access_token"])
    except OAuthError as failure:
        log.error("signin_failed", error=failure.error)
        raise SignInFailed(back, "failed") from failure
    except Unauthorized as failure:
        # An issuer whose access tokens are opaque, or meant for another audience.
        log.error("access_token_not_verifiable")
        raise SignInFailed(back, "failed") from failure
    except Unavailable as failure:
        raise SignInFailed(back, "failed") from failure
    cookie = _cookie_of(answer.get("refresh_token"))
    if cookie is None:
        raise SignInFailed(back, "failed")
    return Finished(cookie, _address(back))


def _kept(cookies: Mapping[str, str], state: str | None) -> dict[str, str]:
    """What the browser that began the sign-in of this state kept. Raises SignInFailed."""
    name = kept_login(cookies, state)
    try:
        kept = jwt.decode(
            cookies[name] if name else "",
            secrets.cookie_key(),
            algorithms=["HS256"],
            audience="login",
            options={"require": ["exp", "state", "verifier", "return"]},
        )
    except jwt.PyJWTError as failure:
        raise SignInFailed("/", "expired") from failure
    except Unavailable as failure:
        raise SignInFailed("/", "failed") from failure
    if not state or not secrets.equal(state, kept["state"]):
        raise SignInFailed("/", "expired")
    return kept


def refresh(cookie: str | None) -> Session:
    """A new access token. Raises Unauthorized where the session is over, Unavailable."""
    if not cookie:
        raise Unauthorized
    refresh_token = unquote(cookie)
    try:
        answer = _tokens(
            lambda client, endpoint: client.refresh_token(endpoint, refresh_token=refresh_token)
        )
    except OAuthError as failure:
        if failure.error in _OVER:
            raise Unauthorized from failure
        log.error("refresh_refused", error=failure.error)
        raise Unavailable("Sign-in is not available at the moment") from failure
    renewed = _cookie_of(answer.get("refresh_token") or refresh_token)
    if renewed is None:
        raise Unauthorized
    return Session(
        AccessToken(
            access_token=answer["access_token"], expires_in=int(answer.get("expires_in") or 300)
        ),
        renewed,
    )


def revoke(cookie: str | None) -> None:
    """Ends the session at the provider, where it offers that and answers."""
    if not cookie:
        return
    try:
        endpoint = discovered().get("revocation_endpoint")
        if endpoint:
            with _client() as client:
                client.revoke_token(
                    endpoint,
                    token=unquote(cookie),
                    token_type_hint="refresh_token",  # noqa: S106 - RFC 7009's word
                ).raise_for_status()
    except (OAuthError, httpx2.HTTPError, Unavailable) as failure:
        log.warning("revocation_failed", reason=type(failure).__name__)
