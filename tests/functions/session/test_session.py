"""Sign-in by the server: there and back, refresh, sign-out, and what must not pass."""

from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from tests.conftest import forget
from tests.support.api import Answer, Api, Person
from tests.support.provider import Provider


class Stay(HTTPRedirectHandler):
    """Does not follow."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def there(address: str) -> dict[str, str]:
    """What the provider sends the browser back with."""
    try:
        build_opener(Stay).open(Request(address))  # noqa: S310 - the test's own provider
    except OSError as answered:
        back = getattr(answered, "headers", {})["Location"]
        asked = parse_qs(urlsplit(back).query)
        return {name: values[0] for name, values in asked.items()}
    raise AssertionError("The provider did not send the browser back")


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

    assert answer.headers["location"] == "https://live.example.com/ann?signin=expired"
    assert "footlight_session" not in api.jar


def test_a_code_is_of_no_use_in_another_browser(api: Api, provider: Provider) -> None:
    provider.signs_in = "somebody"
    begun = api.get("/api/session/login")
    back = there(begun.headers["location"])
    other = Api(provider)

    assert "signin=expired" in other.get("/api/session/callback", query=back).headers["location"]
    assert "footlight_session" not in other.jar


def test_who_declines_is_told_so_on_the_page(api: Api) -> None:
    begun = api.get("/api/session/login", query={"return": "/ann"})
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]

    answer = api.get("/api/session/callback", query={"error": "access_denied", "state": state})

    assert answer.headers["location"] == "https://live.example.com/ann?signin=denied"


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
    assert api.post("/api/session/token", headers={"sec-fetch-site": "same-origin"}).status == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "token_expired"),
        ({"iss": "https://evil.example"}, "unauthorized"),
        ({"client_id": "another"}, "unauthorized"),
        ({"aud": "another"}, "unauthorized"),
        ({"token_use": "id"}, "unauthorized"),
        ({"sub": None}, "unauthorized"),
        ({"exp": None}, "unauthorized"),
    ],
)
def test_an_access_token_that_is_not_for_here_is_refused(
    api: Api, provider: Provider, changes: dict[str, object], code: str
) -> None:
    token = provider.token("somebody", **changes)
    assert api.get("/api/me", token=token).refused_with(401, code)


@pytest.mark.parametrize("claims", [{"aud": "footlight-test"}, {"azp": "footlight-test"}])
def test_the_audience_is_ours_in_any_of_its_places(
    api: Api, provider: Provider, claims: dict[str, str]
) -> None:
    token = provider.token("somebody", client_id=None, token_use=None, **claims)
    assert api.get("/api/me", token=token).status == 200


def test_only_a_bearer_is_an_authorization(api: Api) -> None:
    answer = api.get("/api/me", headers={"authorization": "Basic eDp5"})
    assert answer.refused_with(401, "unauthorized")


def test_a_person_is_the_same_whenever_they_sign_in(api: Api, provider: Provider) -> None:
    ann = api.joins("ann")
    sign_in(api, provider, ann.subject)
    token = api.post("/api/session/token").body["accessToken"]
    assert api.get("/api/me", token=token).body["id"] == ann.id
    assert isinstance(ann, Person)
