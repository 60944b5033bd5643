"""Sign-in by the server: there and back, refresh, sign-out, and what must not pass."""

import base64
import hashlib
import time
from io import StringIO

import jwt
import pytest

from tests.support.api import Answer, Api
from tests.support.deployment import COOKIE_KEY, forget, put_secret
from tests.support.provider import Provider, query_of, there


def asked_of(begun: Answer) -> dict[str, str]:
    """What the browser is sent to the provider with."""
    return query_of(begun.headers["location"])


def sign_in(api: Api, provider: Provider, subject: str, return_to: str = "/ann") -> Answer:
    provider.signs_in = subject
    begun = api.get("/api/session/login", query={"return": return_to})
    assert begun.status == 302
    return api.get("/api/session/callback", query=there(begun.headers["location"]))


def test_sign_in_leads_back_and_makes_a_session(api: Api, provider: Provider) -> None:
    answer = sign_in(api, provider, "somebody", "/ann?x=1")

    assert answer.status == 302
    assert answer.headers["location"] == "https://live.example.com/ann?x=1"
    token = api.post("/api/session/token")
    assert token.status == 200
    assert set(token.body) == {"accessToken", "expiresIn"}
    me = api.get("/api/me", token=token.body["accessToken"])
    assert me.body["username"] is None


def test_the_refresh_token_is_in_no_address_and_no_body(api: Api, provider: Provider) -> None:
    answer = sign_in(api, provider, "somebody")
    refresh_token = api.jar["footlight_session"]
    token = api.post("/api/session/token")

    assert refresh_token not in answer.headers["location"] + answer.text + token.text


def test_a_session_outlives_each_refresh_token(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "somebody")
    used = api.jar["footlight_session"]
    for _ in range(3):
        assert api.post("/api/session/token", cookies_in_header=True).status == 200
    assert api.jar["footlight_session"] != used


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\nb", "/\t/evil"],
)
def test_sign_in_never_leads_elsewhere(api: Api, provider: Provider, elsewhere: str) -> None:
    answer = sign_in(api, provider, "somebody", elsewhere)
    assert answer.headers["location"] == "https://live.example.com/"


def test_a_state_that_is_not_ours_makes_no_session(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login", query={"return": "/ann"})
    back = there(begun.headers["location"]) | {"state": "forged"}

    answer = api.get("/api/session/callback", query=back)

    assert answer.headers["location"] == "https://live.example.com/?signin=expired"
    assert "footlight_session" not in api.jar


def test_a_code_is_of_no_use_in_another_browser(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login")
    back = there(begun.headers["location"])
    other = Api(provider)

    assert "signin=expired" in other.get("/api/session/callback", query=back).headers["location"]
    assert "footlight_session" not in other.jar


@pytest.mark.parametrize(
    ("error", "back", "there"),
    [
        ("access_denied", "/ann", "/ann?signin=denied"),
        ("access_denied", "/ann?x=1", "/ann?x=1&signin=denied"),
        ("access_denied", "/ann#chat", "/ann?signin=denied#chat"),
        ("server_error", "/ann", "/ann?signin=failed"),
        ("", "/ann", "/ann?signin=failed"),
    ],
)
def test_a_declined_sign_in_shows_on_the_page(api: Api, error: str, back: str, there: str) -> None:
    begun = api.get("/api/session/login", query={"return": back})
    state = asked_of(begun)["state"]

    answer = api.get("/api/session/callback", query={"error": error, "state": state})

    assert answer.status == 302
    assert answer.headers["location"] == f"https://live.example.com{there}"
    assert api.jar == {}


def test_the_provider_is_asked_as_the_standards_have_it(api: Api, provider: Provider) -> None:
    begun = api.get("/api/session/login", query={"return": "/ann"})

    asked = asked_of(begun)
    (kept,) = api.jar.values()
    sign_in_kept = jwt.decode(kept, COOKIE_KEY, algorithms=["HS256"], audience="login")
    digest = hashlib.sha256(sign_in_kept["verifier"].encode()).digest()
    assert begun.headers["location"].startswith(f"{provider.issuer}/authorize?")
    assert asked == {
        "response_type": "code",
        "client_id": "footlight-test",
        "redirect_uri": "https://live.example.com/api/session/callback",
        "scope": "openid email",
        "state": sign_in_kept["state"],
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert 590 <= sign_in_kept["exp"] - time.time() <= 600
    assert begun.headers["cache-control"] == "private, no-store"


def test_sign_in_requests_the_apis_own_audience(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_AUDIENCE", "https://live.example.com/api")
    monkeypatch.setenv("FOOTLIGHT_OIDC_SCOPES", "openid offline_access")

    asked = asked_of(api.get("/api/session/login"))

    assert asked["audience"] == "https://live.example.com/api"
    assert asked["scope"] == "openid offline_access"


@pytest.mark.parametrize(
    ("site", "secure"), [("https://live.example.com", True), ("http://localhost:8080", False)]
)
def test_no_script_and_no_other_site_has_the_cookies(
    api: Api, provider: Provider, monkeypatch: pytest.MonkeyPatch, site: str, secure: bool
) -> None:
    monkeypatch.setenv("FOOTLIGHT_SITE_URL", site)
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login")
    back = api.get("/api/session/callback", query=there(begun.headers["location"]))

    (login,), (session, login_over) = begun.set_cookies, back.set_cookies
    ending = "; HttpOnly" + ("; Secure" if secure else "") + "; SameSite=Lax"
    name = login.partition("=")[0]
    assert login.endswith(f"; Path=/; Max-Age=600{ending}")
    assert session.startswith("footlight_session=")
    assert session.endswith(f"; Path=/; Max-Age=2592000{ending}")
    assert login_over == f"{name}=; Path=/; Max-Age=0{ending}"


@pytest.mark.parametrize("in_header", [False, True])
def test_cookies_are_found_in_either_place(api: Api, provider: Provider, in_header: bool) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login", cookies_in_header=in_header)
    back = there(begun.headers["location"])
    api.get("/api/session/callback", query=back, cookies_in_header=in_header)
    assert api.post("/api/session/token", cookies_in_header=in_header).status == 200
    assert api.delete("/api/session", cookies_in_header=in_header).status == 204
    assert len(provider.revoked) == 1


def test_two_tabs_can_sign_in_at_the_same_time(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    one = api.get("/api/session/login", query={"return": "/ann"})
    two = api.get("/api/session/login", query={"return": "/bob"})

    for begun, page in ((one, "/ann"), (two, "/bob")):
        answer = api.get("/api/session/callback", query=there(begun.headers["location"]))
        assert answer.headers["location"] == f"https://live.example.com{page}"
    assert set(api.jar) == {"footlight_session"}


def test_sign_ins_that_were_given_up_do_not_pile_up(api: Api) -> None:
    for _ in range(20):
        api.get("/api/session/login", query={"return": "/" + "x" * 500})
        assert len(api.jar) <= 4


def test_a_state_is_good_once(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login")
    back = there(begun.headers["location"])
    api.get("/api/session/callback", query=back)

    assert "signin=expired" in api.get("/api/session/callback", query=back).headers["location"]
    assert "footlight_session" in api.jar


def test_a_sign_in_takes_ten_minutes_at_most(api: Api, provider: Provider) -> None:
    begun = api.get("/api/session/login")
    (name, kept), *_ = api.jar.items()
    claims = jwt.decode(kept, COOKIE_KEY, algorithms=["HS256"], audience="login")
    late = claims | {"exp": int(time.time()) - 1}
    api.jar[name] = jwt.encode(late, COOKIE_KEY, algorithm="HS256")

    answer = api.get("/api/session/callback", query=there(begun.headers["location"]))

    assert answer.headers["location"] == "https://live.example.com/?signin=expired"
    assert api.jar == {}


def test_a_guests_cookie_is_no_sign_in(api: Api, provider: Provider) -> None:
    begun = api.get("/api/session/login")
    (name, _), *_ = api.jar.items()
    guest = {"aud": "guest", "sub": "x", "exp": int(time.time()) + 99}
    api.jar[name] = jwt.encode(guest, COOKIE_KEY, algorithm="HS256")

    answer = api.get("/api/session/callback", query=there(begun.headers["location"]))

    assert answer.headers["location"] == "https://live.example.com/?signin=expired"


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/ünï/ann", "/%C3%BCn%C3%AF/ann"),
        ("/search?term=a%20b&x=é", "/search?term=a%20b&x=%C3%A9"),
        ("/a b", "/a%20b"),
        ("/" + "x" * 600, "/"),
    ],
)
def test_an_address_is_as_headers_can_hold_it(
    api: Api, provider: Provider, back: str, location: str
) -> None:
    answer = sign_in(api, provider, "somebody", back)
    assert answer.headers["location"] == f"https://live.example.com{location}"


def test_a_confidential_client_proves_itself(api: Api, provider: Provider) -> None:
    provider.client_secret = "s3cret:with/signs"
    assert "signin=failed" in sign_in(api, provider, "somebody").headers["location"]
    put_secret("site", {"cookieKey": COOKIE_KEY, "oidcClientSecret": "s3cret:with/signs"})
    forget()

    sign_in(api, provider, "somebody")
    assert api.post("/api/session/token").status == 200
    assert api.delete("/api/session").status == 204
    assert len(provider.revoked) == 1


UNUSABLE: dict[str, dict[str, object]] = {
    "opaque access token": {"access_token": "opaque"},
    "no access token": {"access_token": None},
    "no refresh token": {"refresh_token": None},
    "a refresh token that no browser keeps": {"refresh_token": "x" * 4001},
}
LOGGED = {
    "opaque access token": "access token not verifiable",
    "no access token": "provider sent no access token",
    "no refresh token": "provider sent no refresh token",
    "a refresh token that no browser keeps": "refresh token too large",
}


@pytest.mark.parametrize("answer", UNUSABLE)
def test_an_unusable_provider_response_fails_sign_in_and_is_logged(
    api: Api, provider: Provider, logged: StringIO, answer: str
) -> None:
    provider.answers = UNUSABLE[answer]

    back = sign_in(api, provider, "somebody")

    assert back.headers["location"] == "https://live.example.com/ann?signin=failed"
    assert "footlight_session" not in api.jar
    assert LOGGED[answer] in logged.getvalue()


def test_sign_in_fails_if_the_provider_is_down_at_its_start(api: Api, provider: Provider) -> None:
    provider.failing = True

    answer = api.get("/api/session/login", query={"return": "/ann"})

    assert answer.status == 302
    assert answer.headers["location"] == "https://live.example.com/ann?signin=failed"


def test_sign_in_fails_if_the_provider_goes_down_during_it(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login", query={"return": "/ann"})
    back = there(begun.headers["location"])
    provider.failing = True

    answer = api.get("/api/session/callback", query=back)

    assert answer.headers["location"] == "https://live.example.com/ann?signin=failed"


@pytest.mark.parametrize("token", ["1//0a=b+c", "a;b", "a, b", 'a"b\\c', "100%41", "=" * 3 + "|~!"])
def test_any_refresh_token_fits_into_a_cookie(api: Api, provider: Provider, token: str) -> None:
    provider.answers = {"refresh_token": token}
    sign_in(api, provider, "somebody")

    assert api.post("/api/session/token", cookies_in_header=True).status == 200
    assert api.post("/api/session/token").status == 200
    assert provider.asked[-1]["refresh_token"] == token


def test_without_rotation_the_refresh_token_stays(api: Api, provider: Provider) -> None:
    provider.rotates = False
    sign_in(api, provider, "somebody")
    kept = api.jar["footlight_session"]

    answer = api.post("/api/session/token")

    assert answer.cookies == {"footlight_session": kept}
    assert answer.headers["cache-control"] == "private, no-store"
    assert set(provider.asked[-1]) == {"grant_type", "refresh_token", "client_id"}


@pytest.mark.parametrize(
    ("status", "said", "over"),
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
def test_only_the_providers_word_ends_a_session(
    api: Api, provider: Provider, status: int, said: str, over: bool
) -> None:
    sign_in(api, provider, "somebody")
    provider.refuses = (status, said)

    answer = api.post("/api/session/token")

    if over:
        assert answer.refused_with(401, "unauthorized")
        assert "footlight_session" not in api.jar
        return
    assert answer.refused_with(503, "unavailable")
    assert answer.headers["retry-after"]
    assert answer.set_cookies == []
    provider.refuses = None
    assert api.post("/api/session/token").status == 200


def test_without_a_session_there_is_no_token(api: Api) -> None:
    assert api.post("/api/session/token").refused_with(401, "unauthorized")
    api.jar["footlight_session"] = "made-up"
    assert api.post("/api/session/token").refused_with(401, "unauthorized")
    assert "footlight_session" not in api.jar


def test_a_provider_that_is_down_ends_no_session(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "somebody")
    provider.failing = True
    forget()

    assert api.post("/api/session/token").refused_with(503, "unavailable")
    assert "footlight_session" in api.jar


def test_a_provider_that_can_not_be_reached_ends_no_session(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "somebody")
    provider.metadata = {"token_endpoint": "http://127.0.0.1:9/token"}
    forget()

    assert api.post("/api/session/token").refused_with(503, "unavailable")
    assert "footlight_session" in api.jar


def test_a_provider_without_a_token_endpoint_is_not_available(api: Api, provider: Provider) -> None:
    provider.metadata = {"token_endpoint": None}
    api.jar["footlight_session"] = "x"
    assert api.post("/api/session/token").refused_with(503, "unavailable")


@pytest.mark.parametrize(
    "metadata",
    [{"revocation_endpoint": None}, {"revocation_endpoint": "http://127.0.0.1:9/revoke"}, {}],
)
def test_signing_out_works_without_the_provider(
    api: Api, provider: Provider, metadata: dict[str, str | None]
) -> None:
    sign_in(api, provider, "somebody")
    provider.metadata = metadata
    provider.failing = not metadata
    forget()

    assert api.delete("/api/session").status == 204
    assert "footlight_session" not in api.jar


def test_signing_out_revokes_and_may_be_repeated(api: Api, provider: Provider) -> None:
    sign_in(api, provider, "somebody")
    refresh_token = api.jar["footlight_session"]

    for _ in range(2):
        assert api.delete("/api/session").status == 204

    assert provider.revoked == [refresh_token]
    assert api.post("/api/session/token").refused_with(401, "unauthorized")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_page_can_not_use_the_session(
    api: Api, provider: Provider, headers: dict[str, str]
) -> None:
    sign_in(api, provider, "somebody")

    assert api.post("/api/session/token", headers=headers).refused_with(403, "forbidden")
    assert api.delete("/api/session", headers=headers).refused_with(403, "forbidden")
    for good in ({"sec-fetch-site": "same-origin"}, {"origin": "https://live.example.com"}):
        assert api.post("/api/session/token", headers=good).status == 200


def test_no_log_holds_what_opens_a_session(api: Api, provider: Provider, logged: StringIO) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login")
    (kept,) = api.jar.values()
    verifier = jwt.decode(kept, COOKIE_KEY, algorithms=["HS256"], audience="login")["verifier"]
    back = there(begun.headers["location"])
    api.get("/api/session/callback", query=back)
    api.get("/api/session/callback", query=back)  # the second time it fails, and that is logged
    first = api.jar["footlight_session"]
    token = api.post("/api/session/token").body["accessToken"]
    second = api.jar["footlight_session"]
    provider.refuses = (401, '{"error": "invalid_client"}')
    api.post("/api/session/token")
    provider.failing = True
    api.delete("/api/session")

    lines = logged.getvalue()
    assert "refresh failed" in lines
    for secret in (kept, verifier, back["code"], first, token, second, COOKIE_KEY):
        assert secret not in lines


def test_a_person_is_the_same_whenever_they_sign_in(api: Api, provider: Provider) -> None:
    ann = api.joins("ann")
    sign_in(api, provider, ann.subject)
    token = api.post("/api/session/token").body["accessToken"]
    assert api.get("/api/me", token=token).body["id"] == ann.id
