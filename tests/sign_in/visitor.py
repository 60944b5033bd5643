"""A browser in which someone signs in at the certified provider."""

import pytest

from tests.support.api import Answer, Api
from tests.support.deployment import forget
from tests.support.openid_provider import SITE, Browser
from tests.support.provider import Provider, query_of


class Visitor:
    """A browser at the site and at the provider."""

    def __init__(
        self,
        provider: Provider,
        patch: pytest.MonkeyPatch,
        issuer: str,
        *,
        client_id: str,
        has_audience: bool,
    ) -> None:
        patch.setenv("FOOTLIGHT_OIDC_ISSUER", issuer)
        patch.setenv("FOOTLIGHT_OIDC_CLIENT_ID", client_id)
        if has_audience:
            patch.setenv("FOOTLIGHT_OIDC_AUDIENCE", f"{SITE}/api")
        forget()
        self.api = Api(provider)
        self.at_provider = Browser()

    def sign_in(self, name: str) -> Answer:
        """Sign in, and return the site's last redirect."""
        login = self.api.get("/api/session/login", query={"return": "/ann"})
        address = self.at_provider.visit(login.headers["location"], login=name, password="x")
        return self.api.get("/api/session/callback", query=query_of(address))

    def token(self) -> Answer:
        """Ask for an access token, as a page does when it loads."""
        return self.api.post("/api/session/token")
