"""Sign-in at a certified OpenID provider, npm's oidc-provider: the real protocol on both sides."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from io import StringIO
from threading import Barrier, Lock

import httpx2
import jwt
import pytest

from footlight.people import site_keys
from tests.sign_in.visitor import Visitor
from tests.support import openid_provider
from tests.support.openid_provider import SITE
from tests.support.provider import Provider, query_of

SESSION = "__Host-footlight_session"


def test_a_visitor_signs_in_and_uses_the_api(visitor: Visitor) -> None:
    assert visitor.sign_in("ann").headers["location"] == f"{SITE}/ann"

    token = visitor.token().body["accessToken"]
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert visitor.api.get("/api/me", token=token).status == 200


def test_each_refresh_token_is_used_once(visitor: Visitor) -> None:
    visitor.sign_in("ann")
    first = visitor.api.jar[SESSION]
    for _ in range(3):
        assert visitor.token().status == 200

    visitor.api.jar[SESSION] = first
    assert visitor.token().refused_with(401, "unauthorized")


def test_two_tabs_that_take_turns_stay_signed_in(visitor: Visitor) -> None:
    """The site's tabs take turns with a Web Lock and share the browser's cookies."""
    visitor.sign_in("ann")
    turn, both = Lock(), Barrier(2)

    def refresh(_: int) -> list[int]:
        both.wait()
        statuses: list[int] = []
        for _ in range(5):
            with turn:
                statuses.append(visitor.token().status)
        return statuses

    with ThreadPoolExecutor(2) as tabs:
        assert list(tabs.map(refresh, range(2))) == [[200] * 5] * 2


def test_a_copied_session_that_is_used_next_to_the_original_ends(visitor: Visitor) -> None:
    """A reused refresh token looks like theft, so the provider ends both (RFC 9700, 4.14.2)."""
    visitor.sign_in("ann")
    thief = copy(visitor)
    thief.api = copy(visitor.api)
    thief.api.jar = dict(visitor.api.jar)
    assert visitor.token().status == 200

    assert thief.token().refused_with(401, "unauthorized")
    assert visitor.token().refused_with(401, "unauthorized")


def test_signing_out_ends_the_session_at_the_provider_too(visitor: Visitor) -> None:
    visitor.sign_in("ann")
    copied = visitor.api.jar[SESSION]

    logout_url = visitor.api.delete("/api/session").body["logoutUrl"]
    assert visitor.at_provider.visit(logout_url, logout="yes") == f"{SITE}/"

    visitor.api.jar[SESSION] = copied
    assert visitor.token().refused_with(401, "unauthorized")
    visitor.at_provider.pages.clear()
    visitor.sign_in("bob")
    assert "Sign-in" in visitor.at_provider.pages


def test_without_the_providers_sign_out_the_next_sign_in_asks_no_one(visitor: Visitor) -> None:
    """This is why the browser must go to `logoutUrl`."""
    visitor.sign_in("ann")
    visitor.api.delete("/api/session")
    visitor.at_provider.pages.clear()
    visitor.sign_in("bob")
    assert "Sign-in" not in visitor.at_provider.pages


@pytest.mark.parametrize("has_audience", [True, False])
def test_an_id_token_is_no_access_token(
    deployed: None,
    provider: Provider,
    issuer: str,
    monkeypatch: pytest.MonkeyPatch,
    has_audience: bool,
) -> None:
    client_id = "footlight-api" if has_audience else "footlight-alone"
    visitor = Visitor(provider, monkeypatch, issuer, client_id=client_id, has_audience=has_audience)
    login = visitor.api.get("/api/session/login")
    (cookie,) = visitor.api.jar.values()
    saved_sign_in = site_keys.verified("login", cookie)
    assert saved_sign_in
    back = visitor.at_provider.visit(login.headers["location"], login="ann", password="x")
    tokens = httpx2.post(
        f"{issuer}/token",
        data={
            "grant_type": "authorization_code",
            "client_id": client_id,
            "redirect_uri": f"{SITE}/api/session/callback",
            "code": query_of(back)["code"],
            "code_verifier": saved_sign_in["verifier"],
        },
    ).json()

    id_token, access_token = tokens["id_token"], tokens["access_token"]
    assert jwt.decode(id_token, options={"verify_signature": False})["aud"] == client_id
    assert visitor.api.get("/api/me", token=access_token).status == 200
    assert visitor.api.get("/api/me", token=id_token).refused_with(401, "unauthorized")


@pytest.mark.parametrize(("seconds", "is_accepted"), [(20, True), (45, False), (300, False)])
def test_a_provider_whose_clock_is_ahead(
    deployed: None,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    logged: StringIO,
    seconds: int,
    is_accepted: bool,
) -> None:
    with openid_provider.running(seconds) as issuer:
        visitor = Visitor(
            provider, monkeypatch, issuer, client_id="footlight-api", has_audience=True
        )
        location = visitor.sign_in("ann").headers["location"]

    assert location == f"{SITE}/ann" + ("" if is_accepted else "?signin=failed")
    assert (SESSION in visitor.api.jar) is is_accepted
    assert ("access token from the future" in logged.getvalue()) is not is_accepted
