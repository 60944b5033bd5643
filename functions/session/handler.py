"""`/api/session/*`: sign-in, the page's access token, sign-out."""

from typing import Annotated

from footlight import settings
from footlight.edge.http import Api, caller_address, cookies_of
from footlight.errors import Forbidden, NotFound, RateLimited, Unauthorized
from footlight.people import addresses, sign_in
from footlight.people.sign_in import SESSION_COOKIE, AccessToken, SignedOut

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.shared.cookies import SameSite

app = Api("session")
handler = app.resolve


@app.get("/api/session/login", ok=302)
def login(return_to: Annotated[str | None, Query(alias="return")] = None) -> Response[None]:
    """Sign in. Redirect the browser to the identity provider.

    After sign-in, the browser returns to `return`, a path of this site.
    """
    for name in sign_in.abandoned(_cookies()):
        _delete_cookie(name)
    try:
        start = sign_in.start(return_to)
    except sign_in.SignInFailed as failed:
        return _redirect(failed.address)
    # The provider's redirect back is a request from another site. A Strict cookie isn't sent then.
    app.set_cookie(start.cookie_name, start.cookie, sign_in.LOGIN_SECONDS, SameSite.LAX_MODE)
    return _redirect(start.address)


@app.get("/api/session/callback", RateLimited, ok=302)
def callback(
    state: Annotated[str | None, Query()] = None,
    code: Annotated[str | None, Query()] = None,
    error: Annotated[str | None, Query()] = None,
) -> Response[None]:
    """Complete sign-in. Redirect the browser to the page that it came from.

    The caller is a browser, not an API client. It learns of a failure by `?signin=` in the page's
    address.
    """
    cookies = _cookies()
    login_cookie = sign_in.login_cookie_of(cookies, state)
    if login_cookie:
        _count_call_of_provider()
    try:
        result = sign_in.finish(cookies, state=state, code=code, error=error)
    except sign_in.SignInFailed as failed:
        address = failed.address
    else:
        app.set_cookie(SESSION_COOKIE, result.cookie, sign_in.SESSION_SECONDS)
        address = result.address
    if login_cookie:
        _delete_cookie(login_cookie)
    return _redirect(address)


@app.get("/api/session/passkey", NotFound, ok=302)
def passkey(result: Annotated[str | None, Query()] = None) -> Response[None]:
    """Add a passkey. Redirect the browser to the identity provider's page for it.

    Sign in shortly before: let `/api/session/login` return here. The provider then returns here
    with a `result`, and the browser goes to the home page, which shows it. 404 if the provider
    isn't Cognito.
    """
    return _redirect(sign_in.passkey_page() if result is None else sign_in.passkey_added(result))


@app.post("/api/session/token", Unauthorized, Forbidden, RateLimited)
def post_session_token() -> AccessToken:
    """Get an access token for the page.

    The session cookie authorizes it. Without a session the response is 401.
    """
    _refuse_forgery()
    cookie = _cookies().get(SESSION_COOKIE)
    if cookie:
        _count_call_of_provider()
    try:
        session = sign_in.refresh(cookie)
    except Unauthorized:
        if cookie:
            _delete_cookie(SESSION_COOKIE)
        raise
    app.set_cookie(SESSION_COOKIE, session.cookie, sign_in.SESSION_SECONDS)
    return session.token


@app.delete("/api/session", Forbidden, RateLimited)
def delete_session(everywhere: Annotated[bool, Query()] = False) -> SignedOut:
    """Sign out. Idempotent.

    This ends the site's session in this browser, and with `everywhere` those of the user's other
    browsers too. Their access tokens remain valid until they expire. Then send the browser to
    `logoutUrl`, which ends the identity provider's session, so that the next sign-in asks for a
    password.
    """
    _refuse_forgery()
    cookie = _cookies().get(SESSION_COOKIE)
    if cookie:
        _count_call_of_provider()
    signed_out = sign_in.sign_out(cookie, everywhere=everywhere)
    _delete_cookie(SESSION_COOKIE)
    return signed_out


def _refuse_forgery() -> None:
    """Refuse a request that another site's page makes with the visitor's cookie (CSRF).

    Checks Fetch Metadata (`Sec-Fetch-Site`) and `Origin`, as OWASP's CSRF cheat sheet recommends.
    The session cookie's `SameSite=Strict` is the second defense.
    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
    """
    headers = app.event.headers
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site not in (None, "same-origin", "none") or origin not in (None, settings.site_url()):
        raise Forbidden("This request comes from another site")


def _count_call_of_provider() -> None:
    """Count a call of the identity provider for the browser's address, or raise RateLimited.

    The caller isn't known before the provider has responded, and anyone can make up a cookie.
    """
    addresses.count_or_refuse("session", caller_address(app.event.raw_event))


def _cookies() -> dict[str, str]:
    return cookies_of(app.event.raw_event)


def _delete_cookie(name: str) -> None:
    app.set_cookie(name, "", 0)


def _redirect(address: str) -> Response[None]:
    return Response(status_code=302, headers={"Location": address})
