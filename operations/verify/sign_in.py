"""Sign-in, as far as a program can go: to the provider's page, and what is refused."""

from urllib.parse import urljoin

from operations import web
from operations.checks import Failed
from operations.deployment import Deployment

MAX_REDIRECTS = 5


def login(deployment: Deployment) -> str:
    """Require that sign-in leads to a page of the provider that knows the site."""
    response = web.get(f"{deployment.site_url}/api/session/login")
    if response.status != 302:
        raise Failed(f"/api/session/login returned {response}, not a redirect", "make doctor")
    redirects: list[str] = []
    while response.status in (301, 302, 303, 307) and len(redirects) < MAX_REDIRECTS:
        redirects.append(urljoin(response.url, response.header("Location")))
        response = web.get(redirects[-1])
    callback = f"{deployment.site_url}/api/session/callback"
    problem = next(
        (error for error in ("redirect_mismatch", "invalid_request") if error in response.url), ""
    )
    if response.status != 200 or problem or b"redirect_mismatch" in response.body:
        raise Failed(
            f"the sign-in page returned {response} {problem}".rstrip(),
            f"register {callback} as redirect URI at the identity provider",
        )
    return f"the page at {redirects[0].partition('?')[0]}"


def refusals(deployment: Deployment) -> str:
    """Require that no token is given without a session, or to another site."""
    address = f"{deployment.site_url}/api/session/token"
    without = web.request("POST", address, headers={"Origin": deployment.site_url})
    if without.status != 401:
        raise Failed(f"POST /api/session/token without a session returned {without}, not 401")
    foreign = web.request("POST", address, headers={"Origin": "https://evil.example"})
    if foreign.status != 403:
        raise Failed(f"POST /api/session/token from another site returned {foreign}, not 403")
    return "no session: 401; another site: 403"
