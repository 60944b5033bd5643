"""Sign-in on the server: authorization code with PKCE, refresh, sign-out.

Only an HttpOnly cookie holds the refresh token. A page holds short-lived access tokens in memory.
RFC 6749, RFC 7636, RFC 7009; OAuth 2.0 for Browser-Based Applications, section 6.1; OpenID Connect
RP-Initiated Logout 1.0. The access token identifies the user. The id token is unused, so no nonce
is needed.
"""

import re
import secrets as random
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from footlight import clock, settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.errors import NotFound, TokenExpired, Unauthorized, Unavailable
from footlight.people import site_keys
from footlight.people.oidc import Claims, discovered, verify
from footlight.tables import sign_outs
from footlight.tables.items import Ref, get
from footlight.tables.sign_outs import SignOut
from footlight.tables.transactions import commit, upsert
from footlight.wire import Wire

LOGIN_COOKIE = "footlight_login_"
"""Name prefix of the cookies of sign-ins in progress. Each tab has its own."""
SESSION_COOKIE = "footlight_session"
LOGIN_SECONDS = 600
MAX_LOGINS = 4
SESSION_SECONDS = 30 * 24 * 3600
PROVIDER_SECONDS = 2.5
"""Timeout of one call to the token endpoint. A sign-in makes one such call."""
MAX_COOKIE_BYTES = 4000
"""Browsers store at most 4,096 bytes per cookie, including its name."""

_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")
_ODD_SEGMENT = re.compile(r"^[^?#]*/(?=/)|^[^?#]*/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
_ADDRESS_SAFE = "%!#$&'()*+,-./:;=?@[]_~"
_SESSION_ENDED = {
    "invalid_grant",
    "interaction_required",
    "login_required",
    "consent_required",
}
"""Refresh errors that end the session. Other errors are the operator's or the provider's fault."""

_COGNITO = re.compile(r"https://cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")

_UNAVAILABLE = "Sign-in is temporarily unavailable"


class AccessToken(Wire):
    """A short-lived token for the API, and its lifetime in seconds."""

    access_token: str
    expires_in: int


class SignedOut(Wire):
    """The page that ends the provider's session, or null if the provider has none.

    The browser must go there. It returns to the site's home page.
    """

    logout_url: str | None


@dataclass(frozen=True)
class SignInStart:
    """A sign-in in progress: the address to redirect to, and the cookie to set until the return."""

    address: str
    cookie_name: str
    cookie: str


@dataclass(frozen=True)
class SignInResult:
    """A completed sign-in: the session cookie, and the address to redirect to."""

    cookie: str
    address: str


@dataclass(frozen=True)
class RefreshedSession:
    """A refreshed session: the page's access token, and the new session cookie."""

    token: AccessToken
    cookie: str


class SignInFailed(Exception):
    """A failed sign-in. `address` is the page to return to, with the reason in `?signin=`.

    `denied`: the user declined. `expired`: started too long ago, or in another browser. `failed`:
    the provider's or the operator's fault, which the log explains.
    """

    def __init__(self, return_to: str, reason: str) -> None:
        super().__init__(reason)
        self.address = _address(return_to, signin=reason)


@contextmanager
def _failing_to(return_to: str) -> Generator[None]:
    """Convert the provider's errors to SignInFailed, which returns to a page."""
    try:
        yield
    except OAuthError as error:
        log.error("sign-in failed", error=error.error)
        raise SignInFailed(return_to, "failed") from error
    except TokenExpired as error:
        log.error(
            "access token expired on arrival",
            hint="the clock of the identity provider is behind: synchronize it",
        )
        raise SignInFailed(return_to, "failed") from error
    except Unauthorized as error:
        # The issuer's access tokens are opaque, or meant for another audience.
        log.error("access token not verifiable")
        raise SignInFailed(return_to, "failed") from error
    except Unavailable as error:
        raise SignInFailed(return_to, "failed") from error


def safe_return(path: str | None) -> str:
    """Return the path if it belongs to this site, else `/`. Prevents open redirects.

    A path with empty or dot segments (`/.//x`) is no page of the site after the browser has
    resolved it.
    """
    if not path or len(path) > 512 or not _PATH.fullmatch(path) or _ODD_SEGMENT.search(path):
        return "/"
    return path


def _address(path: str, **marks: str) -> str:
    before, hash_mark, fragment = path.partition("#")
    if marks:
        before += ("&" if "?" in before else "?") + urlencode(marks)
    quoted = quote(before + hash_mark + fragment, safe=_ADDRESS_SAFE, errors="replace")
    return settings.site_url() + quoted


@cache
def _tls() -> ssl.SSLContext:
    """Return a cached TLS context. Creating one reads all root certificates, about 60 ms."""
    return httpx2.create_ssl_context()


def _client() -> Any:
    """Return a new OAuth2Client, which has no types. A client remembers one user's tokens."""
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
        log.error("provider has no endpoint", endpoint=name)
        raise Unavailable(_UNAVAILABLE)
    return address


def _tokens(request: Callable[[Any, str], dict[str, Any]]) -> dict[str, Any]:
    """Return the token endpoint's response. Raise OAuthError if it refuses."""
    endpoint = _endpoint("token_endpoint")
    try:
        with _client() as client:
            tokens = request(client, endpoint)
    except (httpx2.HTTPError, ValueError) as error:  # ValueError: the response isn't a JSON object
        log.warning("provider unavailable", reason=type(error).__name__)
        raise Unavailable(_UNAVAILABLE) from error
    if not isinstance(tokens.get("access_token"), str):
        log.error("provider sent no access token")
        raise Unavailable(_UNAVAILABLE)
    return tokens


@dataclass(frozen=True)
class _Session:
    """What the session cookie holds: who signed in when, and how to get access tokens."""

    refresh_token: str
    subject: str
    started_at: datetime

    @property
    def sign_out_ref(self) -> Ref[SignOut]:
        """The item that ends all sessions of this user."""
        return sign_outs.sign_out(Claims(settings.oidc_issuer(), self.subject).ref)


def _session_cookie(refresh_token: Any, subject: str, started_at: datetime) -> str | None:
    """Return the encrypted cookie value, or None if there is no token or it doesn't fit."""
    if not isinstance(refresh_token, str) or not refresh_token:
        log.error(
            "provider sent no refresh token",
            hint="some providers require the scope offline_access",
        )
        return None
    now = int(clock.now().timestamp())
    claims = {"exp": now + SESSION_SECONDS, "sub": subject, "start": clock.ms(started_at)}
    cookie = site_keys.encrypt("session", claims | {"token": refresh_token})
    if len(cookie) > MAX_COOKIE_BYTES:
        log.error("refresh token too large", size=len(cookie), maximum=MAX_COOKIE_BYTES)
        return None
    return cookie


def _session_in(cookie: str | None) -> _Session | None:
    """Return the session of a cookie, or None if it is missing, forged, or expired."""
    claims = site_keys.decrypted("session", cookie) if cookie else None
    if claims is None or claims["exp"] <= clock.now().timestamp():
        return None
    return _Session(claims["token"], claims["sub"], clock.from_ms(claims["start"]))


def _login_cookie(state: str) -> str:
    return LOGIN_COOKIE + state[:12]


def start(return_to: str | None) -> SignInStart:
    """Start a sign-in that returns to a path of this site."""
    path = safe_return(return_to)
    state, verifier = random.token_urlsafe(24), random.token_urlsafe(48)
    parameters = {"scope": settings.oidc_scopes()}
    if settings.oidc_audience() != settings.oidc_client_id():
        # Without it, Auth0's access tokens are opaque.
        parameters["audience"] = settings.oidc_audience()
    claims = {
        "exp": int(clock.now().timestamp()) + LOGIN_SECONDS,
        "state": state,
        "verifier": verifier,
        "return": path,
    }
    with _failing_to(path):
        with _client() as client:
            address, _ = client.create_authorization_url(
                _endpoint("authorization_endpoint"),
                state=state,
                code_verifier=verifier,
                **parameters,
            )
        cookie = site_keys.sign("login", claims)
    return SignInStart(str(address), _login_cookie(state), cookie)


def login_cookie_of(cookies: Mapping[str, str], state: str | None) -> str | None:
    """Return the name of the cookie of this state's sign-in, or None if the browser has none."""
    name = _login_cookie(state or "")
    return name if name in cookies else None


def abandoned(cookies: Mapping[str, str]) -> list[str]:
    """Return the cookie names of unfinished sign-ins once they are too many for the headers."""
    names = [name for name in cookies if name.startswith(LOGIN_COOKIE)]
    return names if len(names) >= MAX_LOGINS else []


def finish(
    cookies: Mapping[str, str], *, state: str | None, code: str | None, error: str | None
) -> SignInResult:
    """Exchange the authorization code for a session."""
    login = _login_claims(cookies, state)
    path = safe_return(login["return"])
    if error or not code:
        log.info("sign-in refused by the provider", error=(error or "")[:64])
        raise SignInFailed(path, "denied" if error == "access_denied" else "failed")
    with _failing_to(path):
        tokens = _tokens(
            lambda client, endpoint: client.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=login["verifier"],
            )
        )
        subject = verify(tokens["access_token"]).subject
        cookie = _session_cookie(tokens.get("refresh_token"), subject, clock.now())
    if cookie is None:
        raise SignInFailed(path, "failed")
    return SignInResult(cookie, _address(path))


def _login_claims(cookies: Mapping[str, str], state: str | None) -> dict[str, str]:
    """Return the claims of the cookie that this browser got when the sign-in started."""
    name = login_cookie_of(cookies, state)
    required = ("exp", "state", "verifier", "return")
    with _failing_to("/"):
        claims = site_keys.verified("login", cookies[name], *required) if name else None
    if not claims or not state or not secrets.equal(state, claims["state"]):
        raise SignInFailed("/", "expired")
    return claims


def refresh(cookie: str | None) -> RefreshedSession:
    """Return a new access token and a new session cookie.

    Raises:
        Unauthorized: there is no session, or it has ended.
        Unavailable: the provider or the table doesn't respond.
    """
    session = _session_in(cookie)
    if session is None or _has_signed_out_everywhere(session):
        raise Unauthorized
    try:
        tokens = _tokens(
            lambda client, endpoint: client.refresh_token(
                endpoint, refresh_token=session.refresh_token
            )
        )
    except OAuthError as error:
        if error.error in _SESSION_ENDED:
            raise Unauthorized from error
        log.error("refresh failed", error=error.error)
        raise Unavailable(_UNAVAILABLE) from error
    refresh_token = tokens.get("refresh_token") or session.refresh_token
    new_cookie = _session_cookie(refresh_token, session.subject, session.started_at)
    if new_cookie is None:
        raise Unauthorized
    return RefreshedSession(
        AccessToken(
            access_token=tokens["access_token"], expires_in=int(tokens.get("expires_in") or 300)
        ),
        new_cookie,
    )


def _has_signed_out_everywhere(session: _Session) -> bool:
    """Return True if the user has signed out everywhere since this session started."""
    last = get(session.sign_out_ref, consistent=True)
    return last is not None and session.started_at <= last.at


def sign_out(cookie: str | None, *, everywhere: bool = False) -> SignedOut:
    """End the session at the provider, if the provider supports it and responds.

    Providers have no standard request that ends the sessions of a user's other browsers. So
    `everywhere` also stores the time, and `refresh` refuses sessions from before. Access tokens
    that the other browsers have remain valid until they expire.

    Raises:
        Unavailable: `everywhere`, and the time can't be stored.
    """
    if everywhere and (session := _session_in(cookie)):
        now = clock.now()
        expires_at = int(now.timestamp()) + SESSION_SECONDS
        changes = (SignOut.at.set(now), SignOut.expires_at.set(expires_at))
        commit(upsert(session.sign_out_ref, *changes))
    try:
        metadata, session = discovered(), _session_in(cookie)
    except Unavailable:
        log.warning("signed out without the provider")
        return SignedOut(logout_url=None)
    if session:
        _revoke(session.refresh_token, metadata.get("revocation_endpoint"))
    return SignedOut(logout_url=_logout_url(metadata))


def passkey_page() -> str:
    """Return the address of Cognito's page where a signed-in person adds a passkey.

    https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-endpoints.html

    Raises:
        NotFound: the provider isn't Cognito.
    """
    if not _is_cognito():
        raise NotFound
    page = urljoin(_endpoint("authorization_endpoint"), "/passkeys/add")
    back = f"{settings.site_url()}/api/session/passkey"
    query = {"client_id": settings.oidc_client_id(), "redirect_uri": back}
    return f"{page}?{urlencode(query)}"


def passkey_added(result: str) -> str:
    """Return the page to show after Cognito's page has returned with a result."""
    return _address("/", signin="passkey-added" if result == "success" else "passkey-failed")


def _is_cognito() -> bool:
    return bool(_COGNITO.match(settings.oidc_issuer()))


def _revoke(refresh_token: str, endpoint: Any) -> None:
    if not isinstance(endpoint, str):
        log.warning("refresh token not revoked", reason="the provider has no revocation_endpoint")
        return
    try:
        with _client() as client:
            client.revoke_token(
                endpoint,
                token=refresh_token,
                token_type_hint="refresh_token",  # noqa: S106 - RFC 7009's word
            ).raise_for_status()
    except (OAuthError, httpx2.HTTPError, Unavailable) as error:
        log.warning("refresh token not revoked", reason=type(error).__name__)


def _logout_url(metadata: dict[str, Any]) -> str | None:
    """Return the address that ends the provider's own session in the browser.

    RP-Initiated Logout 1.0, section 2. We keep no id token to send as `id_token_hint`, so the
    provider may ask the user to confirm. Cognito's page has other parameters:
    https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
    """
    home, client_id = f"{settings.site_url()}/", settings.oidc_client_id()
    if _is_cognito():
        page = urljoin(metadata.get("authorization_endpoint") or "", "/logout")
        query = {"client_id": client_id, "logout_uri": home}
    else:
        page = metadata.get("end_session_endpoint")
        query = {"client_id": client_id, "post_logout_redirect_uri": home}
    if not isinstance(page, str) or not page.startswith(("https://", "http://")):
        log.warning("provider session not ended", reason="the provider has no end_session_endpoint")
        return None
    return page + ("&" if "?" in page else "?") + urlencode(query)
