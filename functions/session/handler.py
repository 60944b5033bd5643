"""`/api/session/*`: sign-in, the page's access token, sign-out."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.shared.cookies import Cookie

from footlight import settings
from footlight.edge.http import Api, answers, cookies_of, no_content, site_cookie
from footlight.errors import Forbidden, Unauthorized
from footlight.people import sign_in
from footlight.people.sign_in import SESSION_COOKIE, AccessToken

app = Api()


@app.get(
    "/api/session/login",
    summary="Sign in",
    operation_id="login",
    responses=answers(ok=302, says="To the identity provider"),
    tags=["session"],
)
def login(return_to: Annotated[str | None, Query(alias="return")] = None) -> Response[None]:
    """A browser goes here; it comes back to `return`, a path of this site."""
    over = [site_cookie(name, "", 0) for name in sign_in.abandoned(_cookies())]
    try:
        started = sign_in.start(return_to)
    except sign_in.SignInFailed as failed:
        return _redirect(failed.address, over)
    begun = site_cookie(started.cookie_name, started.cookie, sign_in.LOGIN_SECONDS)
    return _redirect(started.address, [*over, begun])


@app.get(
    "/api/session/callback",
    summary="Back from the identity provider",
    operation_id="callback",
    responses=answers(ok=302, says="Back to where sign-in began"),
    tags=["session"],
)
def callback(
    state: Annotated[str | None, Query()] = None,
    code: Annotated[str | None, Query()] = None,
    error: Annotated[str | None, Query()] = None,
) -> Response[None]:
    """What fails is told on the page, by `?signin=` and a word: here is a browser, not a client."""
    cookies = _cookies()
    kept = sign_in.kept_login(cookies, state)
    over = [site_cookie(kept, "", 0)] if kept else []
    try:
        finished = sign_in.finish(cookies, state=state, code=code, error=error)
    except sign_in.SignInFailed as failed:
        return _redirect(failed.address, over)
    session = site_cookie(SESSION_COOKIE, finished.cookie, sign_in.SESSION_SECONDS)
    return _redirect(finished.address, [session, *over])


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
    kept = _cookies().get(SESSION_COOKIE)
    try:
        session = sign_in.refresh(kept)
    except Unauthorized as refused:
        answer = app.refuse(refused)
        if kept:
            answer.cookies.append(site_cookie(SESSION_COOKIE, "", 0))
        return answer
    renewed = site_cookie(SESSION_COOKIE, session.cookie, sign_in.SESSION_SECONDS)
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
    sign_in.revoke(_cookies().get(SESSION_COOKIE))
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


def _cookies() -> dict[str, str]:
    return cookies_of(app.current_event.raw_event)


def _redirect(address: str, cookies: list[Cookie]) -> Response[None]:
    return Response(status_code=302, headers={"Location": address}, cookies=cookies)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Entry of the function."""
    return app.resolve(event, context)
