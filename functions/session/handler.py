"""`/api/session/*`: sign-in, the page's access token, sign-out."""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.shared.cookies import Cookie

from footlight import sessions, settings
from footlight.errors import Forbidden, Unauthorized
from footlight.http import Api, answers, cookies_of, no_content, site_cookie
from footlight.sessions import LOGIN_COOKIE, SESSION_COOKIE, AccessToken

app = Api()


@app.get(
    "/api/session/login",
    summary="Sign in",
    operation_id="login",
    responses=answers(ok=302, says="To the identity provider"),
    tags=["session"],
)
def login(
    return_to: Annotated[str | None, Query(alias="return", max_length=2048)] = None,
) -> Response[None]:
    """A browser goes here; it comes back to `return`, a path of this site."""
    started = sessions.start(return_to)
    cookie = site_cookie(LOGIN_COOKIE, started.cookie, sessions.LOGIN_SECONDS)
    return _redirect(started.address, [cookie])


@app.get(
    "/api/session/callback",
    summary="Back from the identity provider",
    operation_id="callback",
    responses=answers(ok=302, says="Back to where sign-in began"),
    tags=["session"],
)
def callback(
    state: Annotated[str | None, Query(max_length=2048)] = None,
    code: Annotated[str | None, Query(max_length=4096)] = None,
    error: Annotated[str | None, Query(max_length=256)] = None,
) -> Response[None]:
    """What fails is told on the page, by `?signin=` and a word."""
    kept = cookies_of(app.current_event.raw_event).get(LOGIN_COOKIE)
    over = site_cookie(LOGIN_COOKIE, "", 0)
    try:
        refresh_token, back = sessions.finish(kept, state=state, code=code, error=error)
    except sessions.SignInFailed as failed:
        mark = "&" if urlsplit(failed.return_to).query else "?"
        back = f"{failed.return_to}{mark}{urlencode({'signin': failed.reason})}"
        return _redirect(settings.site_url() + back, [over])
    session = site_cookie(SESSION_COOKIE, refresh_token, sessions.SESSION_SECONDS)
    return _redirect(settings.site_url() + back, [session, over])


@app.post(
    "/api/session/token",
    summary="An access token for this page",
    operation_id="postSessionToken",
    responses=answers(Unauthorized, Forbidden, body=AccessToken, says="A short access token"),
    tags=["session"],
)
def post_session_token() -> Response[Any]:
    """From the session's cookie; 401 where nobody is signed in."""
    _refuse_forgery()
    kept = cookies_of(app.current_event.raw_event).get(SESSION_COOKIE)
    try:
        session = sessions.refresh(kept)
    except Unauthorized as refused:
        answer = app.refuse(refused)
        if kept:
            answer.cookies.append(site_cookie(SESSION_COOKIE, "", 0))
        return answer
    renewed = site_cookie(SESSION_COOKIE, session.refresh_token, sessions.SESSION_SECONDS)
    return Response(
        status_code=200, content_type="application/json", body=session.token, cookies=[renewed]
    )


@app.delete(
    "/api/session",
    summary="Sign out",
    operation_id="deleteSession",
    responses=answers(Forbidden, ok=204),
    tags=["session"],
)
def delete_session() -> Response[None]:
    """Safe to repeat."""
    _refuse_forgery()
    sessions.revoke(cookies_of(app.current_event.raw_event).get(SESSION_COOKIE))
    return no_content([site_cookie(SESSION_COOKIE, "", 0)])


def _refuse_forgery() -> None:
    """Another site's page can't use a visitor's cookie: the browser says where a request is from.

    Fetch Metadata (`Sec-Fetch-Site`) and `Origin`, as OWASP's sheet on CSRF has it; `SameSite` of
    the cookies is the second line.
    """
    headers = app.current_event.headers
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site not in (None, "same-origin", "none") or origin not in (None, settings.site_url()):
        raise Forbidden("This request comes from another site")


def _redirect(address: str, cookies: list[Cookie]) -> Response[None]:
    return Response(status_code=302, headers={"Location": address}, cookies=cookies)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
