"""Sign-in by the server: redirects, refresh, sign-out, and attacks on them."""

import base64
import hashlib
import time
from io import StringIO

import pytest

from footlight.people import site_keys
from tests.support.api import Answer, Api
from tests.support.clock import Clock
from tests.support.deployment import COOKIE_KEY, forget, put_secret
from tests.support.provider import CLIENT_ID, Provider, query_of, visit_provider


def provider_query(login: Answer) -> dict[str, str]:
    """Return the query parameters of the redirect to the provider."""
    return query_of(login.headers["location"])


def sign_in(api: Api, provider: Provider, subject: str, return_to: str = "/ann") -> Answer:
    provider.signs_in = subject
    login = api.get("/api/session/login", query={"return": return_to})
    assert login.status == 302
    return api.get("/api/session/callback", query=visit_provider(login.headers["location"]))


def test_sign_in_returns_to_the_page_and_creates_a_session(api: Api, provider: Provider) -> None:
    response = sign_in(api, provider, "a-subject", "/ann?x=1")

    assert response.status == 302
    assert response.headers["location"] == "https://live.example.com/ann?x=1"
    token = api.post("/api/session/token")
    assert token.status == 200
    assert set(token.body) == {"accessToken", "expiresIn"}
    me = api.get("/api/me", token=token.body["accessToken"])
    assert me.body["username"] is None


def test_the_refresh_token_is_sent_only_in_an_encrypted_cookie(
    api: Api, provider: Provider
) -> None:
    response = sign_in(api, provider, "a-subject")
    (refresh_token,) = provider.sessions
    id, _, encoded = api.jar["__Host-footlight_session"].partition(".")
    token = api.post("/api/session/token")

    sent = response.headers["location"] + response.text + token.text + "".join(token.set_cookies)
    assert refresh_token not in sent
    assert refresh_token.encode() not in base64.urlsafe_b64decode(encoded + "===")
    assert id == site_keys.current_key("session").id


def test_a_session_and_a_guest_outlive_a_rotation_of_the_cookie_key(
    api: Api, provider: Provider
) -> None:
    api.joins("ann")
    sign_in(api, provider, "a-subject")
    name = api.post("/api/token", {"host": "ann"}).body["name"]
    login = api.get("/api/session/login", query={"return": "/ann"})

    for current, previous, status in (
        ("n" * 40, COOKIE_KEY, 200),  # the cookies are renewed with the new key
        ("n" * 40, None, 200),
        ("m" * 40, None, 401),
    ):
        put_secret("site", {"cookieKey": current, "previousCookieKey": previous or ""})
        forget()
        assert api.post("/api/session/token").status == status
        assert (api.post("/api/token", {"host": "ann"}).body["name"] == name) is (status == 200)
        if previous:
            callback = visit_provider(login.headers["location"])
            signed_in = api.get("/api/session/callback", query=callback)
            assert signed_in.headers["location"] == "https://live.example.com/ann"


def forgeries(cookie: str) -> list[str]:
    """Return values that the site hasn't made, like this session cookie."""
    id, _, sealed = cookie.partition(".")
    other_use = {"exp": 9e9, "sub": "x", "start": 0, "token": "x"}
    return [
        cookie[:-2],
        cookie[:-6] + ("AAAAAA" if sealed[-6:] != "AAAAAA" else "BBBBBB"),
        f"{id}.",
        f"{id}.{'A' * 40}",
        f"AAAAAAAA.{sealed}",
        sealed,
        site_keys.encrypt("login", other_use),
        "ü.é",
        "made-up",
    ]


@pytest.mark.parametrize("index", range(9))
def test_a_forged_session_does_not_reach_the_provider(
    api: Api, provider: Provider, index: int
) -> None:
    sign_in(api, provider, "a-subject")
    asked = len(provider.asked)
    api.jar["__Host-footlight_session"] = forgeries(api.jar["__Host-footlight_session"])[index]

    assert api.post("/api/session/token").refused_with(401, "unauthorized")
    assert len(provider.asked) == asked
    assert "__Host-footlight_session" not in api.jar


def test_a_session_that_no_one_used_for_30_days_has_ended(
    api: Api, provider: Provider, time: Clock
) -> None:
    """The browser deletes the cookie then. A copy of it must not live longer."""
    sign_in(api, provider, "a-subject")
    time.moves(days=29)
    assert api.post("/api/session/token").status == 200
    time.moves(days=30)
    assert api.post("/api/session/token").refused_with(401, "unauthorized")


def test_a_session_continues_as_its_refresh_tokens_rotate(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "a-subject")
    first_token = api.jar["__Host-footlight_session"]
    for _ in range(3):
        assert api.post("/api/session/token", cookies_in_header=True).status == 200
    assert api.jar["__Host-footlight_session"] != first_token


@pytest.mark.parametrize(
    "return_to",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\nb"),
        *(
            "/\t/evil",
            "/.//x",
            "/./",
            "/..//evil.example",
            "/a/../x",
            "/a/%2E%2e/x",
            "/%2e",
            "/a//b",
        ),
    ],
)
def test_sign_in_redirects_only_to_this_site(api: Api, provider: Provider, return_to: str) -> None:
    response = sign_in(api, provider, "a-subject", return_to)
    assert response.headers["location"] == "https://live.example.com/"


def test_a_forged_state_creates_no_session(api: Api, provider: Provider) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login", query={"return": "/ann"})
    callback = visit_provider(login.headers["location"]) | {"state": "forged"}

    response = api.get("/api/session/callback", query=callback)

    assert response.headers["location"] == "https://live.example.com/?signin=expired"
    assert "__Host-footlight_session" not in api.jar


def test_a_code_is_rejected_in_another_browser(api: Api, provider: Provider) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login")
    callback = visit_provider(login.headers["location"])
    other = Api(provider)

    assert (
        "signin=expired" in other.get("/api/session/callback", query=callback).headers["location"]
    )
    assert "__Host-footlight_session" not in other.jar


@pytest.mark.parametrize(
    ("error", "return_to", "location"),
    [
        ("access_denied", "/ann", "/ann?signin=denied"),
        ("access_denied", "/ann?x=1", "/ann?x=1&signin=denied"),
        ("access_denied", "/ann#chat", "/ann?signin=denied#chat"),
        ("server_error", "/ann", "/ann?signin=failed"),
        ("", "/ann", "/ann?signin=failed"),
    ],
)
def test_a_failed_sign_in_is_shown_on_the_page(
    api: Api, error: str, return_to: str, location: str
) -> None:
    login = api.get("/api/session/login", query={"return": return_to})
    state = provider_query(login)["state"]

    response = api.get("/api/session/callback", query={"error": error, "state": state})

    assert response.status == 302
    assert response.headers["location"] == f"https://live.example.com{location}"
    assert api.jar == {}


def test_the_authorization_request_follows_the_standards(api: Api, provider: Provider) -> None:
    login = api.get("/api/session/login", query={"return": "/ann"})

    query = provider_query(login)
    (cookie,) = api.jar.values()
    saved_sign_in = site_keys.verified("login", cookie)
    assert saved_sign_in
    digest = hashlib.sha256(saved_sign_in["verifier"].encode()).digest()
    assert login.headers["location"].startswith(f"{provider.issuer}/authorize?")
    assert query == {
        "response_type": "code",
        "client_id": "footlight-test",
        "redirect_uri": "https://live.example.com/api/session/callback",
        "scope": "openid email",
        "state": saved_sign_in["state"],
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert 590 <= saved_sign_in["exp"] - time.time() <= 600
    assert login.headers["cache-control"] == "private, no-store"


def test_sign_in_requests_the_apis_own_audience(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_AUDIENCE", "https://live.example.com/api")
    monkeypatch.setenv("FOOTLIGHT_OIDC_SCOPES", "openid offline_access")

    query = provider_query(api.get("/api/session/login"))

    assert query["audience"] == "https://live.example.com/api"
    assert query["scope"] == "openid offline_access"


@pytest.mark.parametrize(
    ("site", "secure"), [("https://live.example.com", True), ("http://localhost:8080", False)]
)
def test_cookies_are_hidden_from_scripts_and_from_other_sites(
    api: Api, provider: Provider, monkeypatch: pytest.MonkeyPatch, site: str, secure: bool
) -> None:
    monkeypatch.setenv("FOOTLIGHT_SITE_URL", site)
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login")
    redirect = api.get("/api/session/callback", query=visit_provider(login.headers["location"]))

    (login_cookie,), (session, expired_login_cookie) = login.set_cookies, redirect.set_cookies
    ending = "; HttpOnly" + ("; Secure" if secure else "")
    prefix = "__Host-" if secure else ""
    name = login_cookie.partition("=")[0]
    assert name.startswith(f"{prefix}footlight_login_")
    assert login_cookie.endswith(f"; Path=/; Max-Age=600{ending}; SameSite=Lax")
    assert session.startswith(f"{prefix}footlight_session=")
    assert session.endswith(f"; Path=/; Max-Age=2592000{ending}; SameSite=Strict")
    assert expired_login_cookie == f"{name}=; Path=/; Max-Age=0{ending}; SameSite=Strict"


def test_a_session_cookie_next_to_a_planted_one_gets_no_token(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "a-subject")
    api.jar["footlight_session"] = "planted"  # as a sibling host or plain http can
    assert api.post("/api/session/token").status == 200

    own = api.jar["__Host-footlight_session"]
    twice = {"cookie": "; ".join(f"__Host-footlight_session={value}" for value in (own, "x"))}
    assert api.post("/api/session/token", headers=twice).refused_with(401, "unauthorized")


@pytest.mark.parametrize("in_header", [False, True])
def test_cookies_are_read_from_the_event_and_from_the_header(
    api: Api, provider: Provider, in_header: bool
) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login", cookies_in_header=in_header)
    callback = visit_provider(login.headers["location"])
    api.get("/api/session/callback", query=callback, cookies_in_header=in_header)
    assert api.post("/api/session/token", cookies_in_header=in_header).status == 200
    assert api.delete("/api/session", cookies_in_header=in_header).status == 200
    assert len(provider.revoked) == 1


def test_two_tabs_can_sign_in_at_the_same_time(api: Api, provider: Provider) -> None:
    provider.signs_in = "a-subject"
    first = api.get("/api/session/login", query={"return": "/ann"})
    second = api.get("/api/session/login", query={"return": "/bob"})

    for login, page in ((first, "/ann"), (second, "/bob")):
        response = api.get("/api/session/callback", query=visit_provider(login.headers["location"]))
        assert response.headers["location"] == f"https://live.example.com{page}"
    assert set(api.jar) == {"__Host-footlight_session"}


def test_abandoned_sign_ins_leave_at_most_four_cookies(api: Api) -> None:
    for _ in range(20):
        api.get("/api/session/login", query={"return": "/" + "x" * 500})
        assert len(api.jar) <= 4


def test_a_state_works_once(api: Api, provider: Provider) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login")
    callback = visit_provider(login.headers["location"])
    api.get("/api/session/callback", query=callback)

    assert "signin=expired" in api.get("/api/session/callback", query=callback).headers["location"]
    assert "__Host-footlight_session" in api.jar


def test_a_sign_in_expires_after_ten_minutes(api: Api, provider: Provider) -> None:
    login = api.get("/api/session/login")
    (name, cookie), *_ = api.jar.items()
    claims = site_keys.verified("login", cookie)
    assert claims
    api.jar[name] = site_keys.sign("login", claims | {"exp": int(time.time()) - 1})

    response = api.get("/api/session/callback", query=visit_provider(login.headers["location"]))

    assert response.headers["location"] == "https://live.example.com/?signin=expired"
    assert api.jar == {}


def test_a_guest_cookie_does_not_complete_a_sign_in(api: Api, provider: Provider) -> None:
    login = api.get("/api/session/login")
    (name, cookie), *_ = api.jar.items()
    claims = site_keys.verified("login", cookie)
    assert claims
    api.jar[name] = site_keys.sign("guest", claims | {"sub": "x"})

    response = api.get("/api/session/callback", query=visit_provider(login.headers["location"]))

    assert response.headers["location"] == "https://live.example.com/?signin=expired"


@pytest.mark.parametrize(
    ("return_to", "location"),
    [
        ("/ünï/ann", "/%C3%BCn%C3%AF/ann"),
        ("/search?term=a%20b&x=é", "/search?term=a%20b&x=%C3%A9"),
        ("/a b", "/a%20b"),
        ("/a...b/.x/?y=//.//z#/../", "/a...b/.x/?y=//.//z#/../"),
        ("/" + "x" * 600, "/"),
    ],
)
def test_the_return_address_is_encoded_for_the_location_header(
    api: Api, provider: Provider, return_to: str, location: str
) -> None:
    response = sign_in(api, provider, "a-subject", return_to)
    assert response.headers["location"] == f"https://live.example.com{location}"


def test_a_confidential_client_authenticates_with_its_secret(api: Api, provider: Provider) -> None:
    provider.client_secret = "s3cret:with/signs"
    assert "signin=failed" in sign_in(api, provider, "a-subject").headers["location"]
    put_secret("site", {"cookieKey": COOKIE_KEY, "oidcClientSecret": "s3cret:with/signs"})
    forget()

    sign_in(api, provider, "a-subject")
    assert api.post("/api/session/token").status == 200
    assert api.delete("/api/session").status == 200
    assert len(provider.revoked) == 1


UNUSABLE: dict[str, dict[str, object]] = {
    "opaque access token": {"access_token": "opaque"},
    "no access token": {"access_token": None},
    "no refresh token": {"refresh_token": None},
    "a refresh token too large for a cookie": {"refresh_token": "x" * 4001},
}
LOGGED = {
    "opaque access token": "access token not verifiable",
    "no access token": "provider sent no access token",
    "no refresh token": "provider sent no refresh token",
    "a refresh token too large for a cookie": "refresh token too large",
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_an_unusable_provider_response_fails_sign_in_and_is_logged(
    api: Api, provider: Provider, logged: StringIO, case: str
) -> None:
    provider.answers = UNUSABLE[case]

    redirect = sign_in(api, provider, "a-subject")

    assert redirect.headers["location"] == "https://live.example.com/ann?signin=failed"
    assert "__Host-footlight_session" not in api.jar
    assert LOGGED[case] in logged.getvalue()


def test_sign_in_fails_if_the_provider_is_down_at_the_start(api: Api, provider: Provider) -> None:
    provider.failing = True

    response = api.get("/api/session/login", query={"return": "/ann"})

    assert response.status == 302
    assert response.headers["location"] == "https://live.example.com/ann?signin=failed"


def test_sign_in_fails_if_the_provider_goes_down_during_sign_in(
    api: Api, provider: Provider
) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login", query={"return": "/ann"})
    callback = visit_provider(login.headers["location"])
    provider.failing = True

    response = api.get("/api/session/callback", query=callback)

    assert response.headers["location"] == "https://live.example.com/ann?signin=failed"


@pytest.mark.parametrize("token", ["1//0a=b+c", "a;b", "a, b", 'a"b\\c', "100%41", "=" * 3 + "|~!"])
def test_any_refresh_token_can_be_stored_in_a_cookie(
    api: Api, provider: Provider, token: str
) -> None:
    provider.answers = {"refresh_token": token}
    sign_in(api, provider, "a-subject")

    assert api.post("/api/session/token", cookies_in_header=True).status == 200
    assert api.post("/api/session/token").status == 200
    assert provider.asked[-1]["refresh_token"] == token


def test_the_refresh_token_stays_if_the_provider_does_not_rotate_it(
    api: Api, provider: Provider
) -> None:
    provider.rotates = False
    sign_in(api, provider, "a-subject")
    (refresh_token,) = provider.sessions

    api.post("/api/session/token")
    assert provider.asked[-1]["refresh_token"] == refresh_token
    response = api.post("/api/session/token")
    assert provider.asked[-1]["refresh_token"] == refresh_token
    assert set(response.cookies) == {"__Host-footlight_session"}
    assert response.headers["cache-control"] == "private, no-store"
    assert set(provider.asked[-1]) == {"grant_type", "refresh_token", "client_id"}


@pytest.mark.parametrize(
    ("status", "body", "ends_session"),
    [
        (400, '{"error": "invalid_grant"}', True),
        (400, '{"error": "interaction_required"}', True),
        (401, '{"error": "invalid_client"}', False),
        (400, '{"error": "temporarily_unavailable"}', False),
        (429, '{"error": "slow_down"}', False),
        (429, "<html>", False),
        (500, '{"error": "server_error"}', False),
        (302, "", False),
        (200, "<html>", False),
        (200, "[]", False),
        (200, "{}", False),
    ],
)
def test_only_an_explicit_refusal_by_the_provider_ends_a_session(
    api: Api, provider: Provider, status: int, body: str, ends_session: bool
) -> None:
    sign_in(api, provider, "a-subject")
    provider.refuses = (status, body)

    response = api.post("/api/session/token")

    if ends_session:
        assert response.refused_with(401, "unauthorized")
        assert "__Host-footlight_session" not in api.jar
        return
    assert response.refused_with(503, "unavailable")
    assert response.headers["retry-after"]
    assert response.set_cookies == []
    provider.refuses = None
    assert api.post("/api/session/token").status == 200


def test_a_missing_or_invalid_session_gets_no_token(api: Api) -> None:
    assert api.post("/api/session/token").refused_with(401, "unauthorized")
    api.jar["__Host-footlight_session"] = "made-up"
    assert api.post("/api/session/token").refused_with(401, "unauthorized")
    assert "__Host-footlight_session" not in api.jar


def test_a_provider_outage_keeps_the_session(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "a-subject")
    provider.failing = True
    forget()

    assert api.post("/api/session/token").refused_with(503, "unavailable")
    assert "__Host-footlight_session" in api.jar


def test_an_unreachable_provider_keeps_the_session(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "a-subject")
    provider.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
    forget()

    assert api.post("/api/session/token").refused_with(503, "unavailable")
    assert "__Host-footlight_session" in api.jar


def test_a_provider_without_a_token_endpoint_is_unavailable(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "a-subject")
    provider.metadata = {"token_endpoint": None}
    forget()
    assert api.post("/api/session/token").refused_with(503, "unavailable")


@pytest.mark.parametrize(
    "metadata",
    [{"revocation_endpoint": None}, {"revocation_endpoint": "http://127.0.0.1:9/revoke"}, {}],
)
def test_signing_out_works_during_a_provider_outage(
    api: Api, provider: Provider, metadata: dict[str, str | None]
) -> None:
    sign_in(api, provider, "a-subject")
    provider.metadata = metadata
    provider.failing = not metadata
    forget()

    assert api.delete("/api/session").status == 200
    assert "__Host-footlight_session" not in api.jar


def test_signing_out_revokes_the_refresh_token_and_is_idempotent(
    api: Api, provider: Provider
) -> None:
    sign_in(api, provider, "a-subject")
    (refresh_token,) = provider.sessions

    for _ in range(2):
        assert api.delete("/api/session").status == 200

    assert provider.revoked == [refresh_token]
    assert api.post("/api/session/token").refused_with(401, "unauthorized")


def test_signing_out_everywhere_ends_the_sessions_of_other_browsers(
    api: Api, provider: Provider, time: Clock
) -> None:
    other, someone_else = Api(provider), Api(provider)
    for browser, subject in ((api, "ann"), (other, "ann"), (someone_else, "bob")):
        sign_in(browser, provider, subject)
    time.moves(seconds=1)
    assert other.post("/api/session/token").status == 200  # renews the session, not its start

    assert api.delete("/api/session", query={"everywhere": "true"}).status == 200

    assert other.post("/api/session/token").refused_with(401, "unauthorized")
    assert "__Host-footlight_session" not in other.jar
    assert someone_else.post("/api/session/token").status == 200
    time.moves(seconds=1)
    sign_in(other, provider, "ann")
    assert other.post("/api/session/token").status == 200


def test_signing_out_here_keeps_the_sessions_of_other_browsers(
    api: Api, provider: Provider
) -> None:
    other = Api(provider)
    for browser in (api, other):
        sign_in(browser, provider, "ann")
    for query in ({}, {"everywhere": "false"}):
        assert api.delete("/api/session", query=query).status == 200
    assert other.post("/api/session/token").status == 200


def test_without_a_session_no_one_is_signed_out_everywhere(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "ann")
    stranger = Api(provider, {"__Host-footlight_session": "made-up"})
    assert stranger.delete("/api/session", query={"everywhere": "true"}).status == 200
    assert api.post("/api/session/token").status == 200


def test_signing_out_names_the_page_that_ends_the_providers_session(
    api: Api, provider: Provider
) -> None:
    provider.metadata = {"end_session_endpoint": f"{provider.issuer}/end?tenant=a"}

    logout_url = api.delete("/api/session").body["logoutUrl"]

    assert logout_url.startswith(f"{provider.issuer}/end?")
    assert query_of(logout_url) == {
        "tenant": "a",
        "client_id": CLIENT_ID,
        "post_logout_redirect_uri": "https://live.example.com/",
    }


@pytest.mark.parametrize("end", ["amazonaws.com", "amazonaws.com.cn"])
def test_cognitos_logout_page_gets_the_parameters_that_it_requires(
    api: Api, provider: Provider, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_ISSUER", f"https://cognito-idp.eu-central-1.{end}/pool")
    discovery = f"{provider.issuer}/.well-known/openid-configuration"
    monkeypatch.setenv("FOOTLIGHT_OIDC_DISCOVERY_URL", discovery)
    host = "https://footlight-1.auth.eu-central-1.amazoncognito.com"
    provider.metadata = {
        "authorization_endpoint": f"{host}/oauth2/authorize",
        "end_session_endpoint": None,
    }

    logout_url = api.delete("/api/session").body["logoutUrl"]

    assert logout_url.startswith(f"{host}/logout?")
    assert query_of(logout_url) == {
        "client_id": CLIENT_ID,
        "logout_uri": "https://live.example.com/",
    }


def test_a_person_adds_a_passkey_at_cognito(
    api: Api, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.get("/api/session/passkey").refused_with(404, "not_found")
    monkeypatch.setenv("FOOTLIGHT_OIDC_ISSUER", "https://cognito-idp.eu-central-1.amazonaws.com/p")
    discovery = f"{provider.issuer}/.well-known/openid-configuration"
    monkeypatch.setenv("FOOTLIGHT_OIDC_DISCOVERY_URL", discovery)

    location = api.get("/api/session/passkey").headers["location"]

    assert location.startswith(f"{provider.issuer}/passkeys/add?")
    assert query_of(location) == {
        "client_id": CLIENT_ID,
        "redirect_uri": "https://live.example.com/api/session/passkey",
    }


@pytest.mark.parametrize(
    ("result", "news"), [("success", "added"), ("cancel", "failed"), ("", "failed")]
)
def test_the_result_of_adding_a_passkey_is_shown_on_the_home_page(
    api: Api, result: str, news: str
) -> None:
    response = api.get("/api/session/passkey", query={"result": result})
    assert response.headers["location"] == f"https://live.example.com/?signin=passkey-{news}"


@pytest.mark.parametrize("endpoint", [None, 7, "javascript:alert(1)"])
def test_a_provider_without_a_logout_page_has_no_logout_address(
    api: Api, provider: Provider, logged: StringIO, endpoint: object
) -> None:
    provider.metadata = {"end_session_endpoint": endpoint}
    assert api.delete("/api/session").body == {"logoutUrl": None}
    assert "provider session not ended" in logged.getvalue()


def test_a_refresh_token_that_the_provider_can_not_revoke_is_logged(
    api: Api, provider: Provider, logged: StringIO
) -> None:
    sign_in(api, provider, "a-subject")
    provider.metadata = {"revocation_endpoint": None}
    forget()

    assert api.delete("/api/session").status == 200
    assert "the provider has no revocation_endpoint" in logged.getvalue()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_page_of_another_site_can_not_use_the_session(
    api: Api, provider: Provider, headers: dict[str, str]
) -> None:
    sign_in(api, provider, "a-subject")

    assert api.post("/api/session/token", headers=headers).refused_with(403, "forbidden")
    assert api.delete("/api/session", headers=headers).refused_with(403, "forbidden")
    for own_site in ({"sec-fetch-site": "same-origin"}, {"origin": "https://live.example.com"}):
        assert api.post("/api/session/token", headers=own_site).status == 200


def test_logs_contain_no_session_secrets(api: Api, provider: Provider, logged: StringIO) -> None:
    provider.signs_in = "a-subject"
    login = api.get("/api/session/login")
    (cookie,) = api.jar.values()
    saved_sign_in = site_keys.verified("login", cookie)
    assert saved_sign_in
    verifier = saved_sign_in["verifier"]
    callback = visit_provider(login.headers["location"])
    api.get("/api/session/callback", query=callback)
    api.get("/api/session/callback", query=callback)  # the second request fails, which is logged
    first = api.jar["__Host-footlight_session"]
    (refresh_token,) = provider.sessions
    token = api.post("/api/session/token").body["accessToken"]
    second = api.jar["__Host-footlight_session"]
    provider.refuses = (401, '{"error": "invalid_client"}')
    api.post("/api/session/token")
    provider.failing = True
    api.delete("/api/session")

    lines = logged.getvalue()
    assert "refresh failed" in lines
    for secret in (
        cookie,
        verifier,
        callback["code"],
        first,
        refresh_token,
        token,
        second,
        COOKIE_KEY,
    ):
        assert secret not in lines


def test_a_user_keeps_their_account_when_they_sign_in_again(api: Api, provider: Provider) -> None:
    ann = api.joins("ann")
    sign_in(api, provider, ann.subject)
    token = api.post("/api/session/token").body["accessToken"]
    assert api.get("/api/me", token=token).body["id"] == ann.id
