"""Sign-in by the server: authorization code with PKCE, refresh, revocation.

The refresh token lies in an HttpOnly cookie and nowhere else; a page holds short access tokens, in
memory. RFC 6749, RFC 7636, RFC 7009; OAuth 2.0 for Browser-Based Applications, section 6.1.
"""

import re
import secrets as random
import time
from dataclasses import dataclass

import httpx2
import jwt
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client

from footlight import secrets, settings
from footlight.errors import Unauthorized, Unavailable
from footlight.signin import discovered, verify
from footlight.telemetry import log
from footlight.wire import Wire

LOGIN_COOKIE = "footlight_login"
SESSION_COOKIE = "footlight_session"
LOGIN_SECONDS = 600
SESSION_SECONDS = 30 * 24 * 3600
PROVIDER_SECONDS = 2.5
MAX_COOKIE_BYTES = 4000
"""What browsers keep of one cookie, its name and attributes included, is 4096 bytes."""

_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")


class AccessToken(Wire):
    """A short token for the API, and how long it is good for, in seconds."""

    access_token: str
    expires_in: int


@dataclass(frozen=True)
class Started:
    """A sign-in begun: where the browser goes, and what it keeps until it is back."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Session:
    """A session refreshed: the page's token, and the refresh token that replaces the old one."""

    token: AccessToken
    refresh_token: str


class SignInFailed(Exception):
    """Raised with the path to go back to and a word that the page turns into a sentence."""

    def __init__(self, return_to: str, reason: str) -> None:
        super().__init__(reason)
        self.return_to = return_to
        self.reason = reason


def safe_return(path: str | None) -> str:
    """A path of this site, or `/`: sign-in never sends anyone elsewhere."""
    return path if path and len(path) <= 1024 and _PATH.fullmatch(path) else "/"


def _client() -> OAuth2Client:
    secret = secrets.oidc_client_secret()
    return OAuth2Client(
        client_id=settings.oidc_client_id(),
        client_secret=secret,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        redirect_uri=f"{settings.site_url()}/api/session/callback",
        scope=settings.oidc_scopes(),
        code_challenge_method="S256",
        timeout=PROVIDER_SECONDS,
    )


def start(return_to: str | None) -> Started:
    """Begins a sign-in. Raises Unavailable where the provider can't be asked."""
    state, verifier = random.token_urlsafe(24), random.token_urlsafe(48)
    provider = discovered()
    address, _ = _client().create_authorization_url(
        provider["authorization_endpoint"], state=state, code_verifier=verifier
    )
    kept = {
        "aud": "login",
        "exp": int(time.time()) + LOGIN_SECONDS,
        "state": state,
        "verifier": verifier,
        "return": safe_return(return_to),
    }
    return Started(str(address), jwt.encode(kept, secrets.cookie_key(), algorithm="HS256"))


def finish(
    cookie: str | None, *, state: str | None, code: str | None, error: str | None
) -> tuple[str, str]:
    """The refresh token and the path to go back to. Raises SignInFailed."""
    try:
        kept = jwt.decode(
            cookie or "",
            secrets.cookie_key(),
            algorithms=["HS256"],
            audience="login",
            options={"require": ["exp", "state", "verifier", "return"]},
        )
    except jwt.PyJWTError as failure:
        raise SignInFailed("/", "expired") from failure
    back = safe_return(kept["return"])
    if not state or not secrets.equal(state, kept["state"]):
        raise SignInFailed(back, "expired")
    if error or not code:
        raise SignInFailed(back, "denied" if error == "access_denied" else "failed")
    try:
        provider = discovered()
        answer = _client().fetch_token(
            provider["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=kept["verifier"],
        )
    except (AuthlibBaseError, httpx2.HTTPError, Unavailable) as failure:
        log.warning("signin_failed", reason=type(failure).__name__)
        raise SignInFailed(back, "failed") from failure
    refresh_token = answer.get("refresh_token")
    if not refresh_token or len(refresh_token) > MAX_COOKIE_BYTES:
        log.error("signin_without_usable_refresh_token")
        raise SignInFailed(back, "failed")
    try:
        verify(answer["access_token"])
    except (Unauthorized, Unavailable) as failure:
        # An issuer whose access tokens are opaque, or meant for another audience.
        log.error("access_token_not_verifiable")
        raise SignInFailed(back, "failed") from failure
    return refresh_token, back


def refresh(refresh_token: str | None) -> Session:
    """A new access token. Raises Unauthorized where the session is over, Unavailable."""
    if not refresh_token:
        raise Unauthorized
    provider = discovered()
    try:
        answer = _client().refresh_token(provider["token_endpoint"], refresh_token=refresh_token)
    except AuthlibBaseError as failure:  # the provider refused: revoked, or run out
        raise Unauthorized from failure
    except httpx2.HTTPError as failure:
        raise Unavailable("Sign-in is not available at the moment") from failure
    return Session(
        AccessToken(
            access_token=answer["access_token"], expires_in=int(answer.get("expires_in", 300))
        ),
        answer.get("refresh_token") or refresh_token,
    )


def revoke(refresh_token: str | None) -> None:
    """Ends the session at the provider, where it offers that and answers."""
    if not refresh_token:
        return
    try:
        endpoint = discovered().get("revocation_endpoint")
        if endpoint:
            _client().revoke_token(
                endpoint,
                token=refresh_token,
                token_type_hint="refresh_token",  # noqa: S106 - RFC 7009's word
            )
    except (AuthlibBaseError, httpx2.HTTPError, Unavailable) as failure:
        log.warning("revocation_failed", reason=type(failure).__name__)
