"""Access tokens of the identity provider: which are accepted, and how others are refused."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from footlight import identities
from footlight.errors import TokenExpired, Unauthorized, Unavailable
from footlight.identities import Guest
from footlight.people import guests, oidc
from tests.support.api import Api
from tests.support.deployment import forget
from tests.support.provider import Provider

pytestmark = pytest.mark.usefixtures("deployed")

KEY = b"a-key-that-is-long-enough-to-sign-cookies"


def claims(provider: Provider) -> dict[str, object]:
    return jwt.decode(provider.token("somebody"), options={"verify_signature": False})


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(part: dict[str, object]) -> str:
    return base64url(json.dumps(part).encode())


def test_a_token_identifies_a_user_and_its_issuer(provider: Provider) -> None:
    known = oidc.verify(provider.token("somebody"))
    assert (known.issuer, known.subject) == (provider.issuer, "somebody")
    another = oidc.Claims("https://another.example", "somebody")
    assert known.ref != another.ref


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None, "aud": "footlight-test"},
        {"client_id": None, "aud": ["another", "footlight-test"]},
        {"client_id": None, "azp": "footlight-test"},
        {"token_use": None},
    ],
)
def test_tokens_for_this_site_are_believed(provider: Provider, changes: dict[str, object]) -> None:
    assert oidc.verify(provider.token("somebody", **changes)).subject == "somebody"


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -20), ("nbf", 20)])
def test_clocks_may_differ_a_little(provider: Provider, claim: str, seconds: int) -> None:
    token = provider.token("somebody", **{claim: timedelta(seconds=seconds)})
    assert oidc.verify(token).subject == "somebody"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"exp": timedelta(seconds=-60)}, TokenExpired),
        ({"exp": None}, Unauthorized),
        ({"exp": "soon"}, Unauthorized),
        ({"nbf": timedelta(seconds=600)}, Unauthorized),
        ({"iss": "https://evil.example"}, Unauthorized),
        ({"iss": None}, Unauthorized),
        ({"sub": None}, Unauthorized),
        ({"sub": 7}, Unauthorized),
        ({"client_id": "another"}, Unauthorized),
        ({"client_id": None}, Unauthorized),
        ({"client_id": None, "azp": "another"}, Unauthorized),
        ({"aud": "another"}, Unauthorized),  # though `client_id` is ours
        ({"aud": []}, Unauthorized),
        ({"aud": ""}, Unauthorized),
        ({"aud": "footlight-test-2"}, Unauthorized),
        ({"token_use": "id"}, Unauthorized),
    ],
)
def test_tokens_for_anything_else_are_refused(
    provider: Provider, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        oidc.verify(provider.token("somebody", **changes))
    assert type(refused.value) is refusal


def without_signature(provider: Provider) -> str:
    return jwt.encode(claims(provider), "", algorithm="none", headers={"kid": "rsa"})


def signed_with_the_public_key(provider: Provider) -> str:
    """RFC 8725, section 2.1: HS256 with the RSA key that everyone knows as its secret."""
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = encoded({"alg": "HS256", "typ": "JWT", "kid": "rsa"})
    signed = f"{head}.{encoded(claims(provider))}"
    digest = hmac.digest(public, signed.encode(), "sha256")  # by hand, since PyJWT refuses to
    return f"{signed}.{base64url(digest)}"


def another_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed_by_another(provider: Provider) -> str:
    return jwt.encode(claims(provider), another_key(), algorithm="RS256", headers={"kid": "rsa"})


def of_an_unknown_key(provider: Provider) -> str:
    return jwt.encode(claims(provider), another_key(), algorithm="RS256", headers={"kid": "new"})


def of_no_key(provider: Provider) -> str:
    return jwt.encode(claims(provider), provider.key, algorithm="RS256")


def by_another_algorithm(provider: Provider) -> str:
    return jwt.encode(claims(provider), provider.key, algorithm="PS256", headers={"kid": "rsa"})


def bringing_its_own_key(provider: Provider) -> str:
    """RFC 7515, `jwk` and `jku` in the header: keys come from the issuer alone."""
    key = another_key()
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    headers = {"kid": "own", "jwk": jwk, "jku": "https://evil.example/jwks"}
    return jwt.encode(claims(provider), key, algorithm="RS256", headers=headers)


def with_another_subject(provider: Provider) -> str:
    head, _, signature = provider.token("somebody").split(".")
    return f"{head}.{encoded(claims(provider) | {'sub': 'another'})}.{signature}"


FORGERIES: list[Callable[[Provider], str]] = [
    without_signature,
    signed_with_the_public_key,
    signed_by_another,
    of_an_unknown_key,
    of_no_key,
    by_another_algorithm,
    bringing_its_own_key,
    with_another_subject,
    lambda _: "",
    lambda _: "x",
    lambda _: "x.y.z",
    lambda _: "a.b.c.d.e",
    lambda _: "\u2603." * 2,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_tokens_are_refused(provider: Provider, forge: Callable[[Provider], str]) -> None:
    with pytest.raises(Unauthorized) as refused:
        oidc.verify(forge(provider))
    assert refused.value.code == "unauthorized"


def test_a_key_of_the_other_kind_is_believed_too(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = jwt.encode(claims(provider), provider.curve_key, "ES256", headers={"kid": "ec"})
    assert oidc.verify(token).subject == "somebody"
    monkeypatch.setenv("FOOTLIGHT_OIDC_ALGORITHMS", "RS256")
    with pytest.raises(Unauthorized):
        oidc.verify(token)


def test_tokens_of_unknown_keys_do_not_have_the_provider_asked_each_time(
    provider: Provider,
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            oidc.verify(of_an_unknown_key(provider))
    assert provider.visited == ["/.well-known/openid-configuration", "/jwks"]


def test_what_is_no_token_at_all_needs_no_provider(provider: Provider) -> None:
    with pytest.raises(Unauthorized):
        oidc.verify("x")
    assert provider.visited == []


def test_a_provider_outage_does_not_make_tokens_invalid(
    provider: Provider,
) -> None:
    token = provider.token("somebody")
    provider.failing = True
    with pytest.raises(Unavailable):
        oidc.verify(token)
    provider.failing = False
    assert oidc.verify(token).subject == "somebody"


def test_what_is_known_of_the_provider_outlives_it(provider: Provider) -> None:
    oidc.verify(provider.token("somebody"))
    provider.failing = True
    assert oidc.verify(provider.token("somebody")).subject == "somebody"


@pytest.mark.parametrize("kept", [{"jwks_uri": None}, {}])
def test_what_is_no_metadata_is_an_outage_and_not_kept(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, kept: dict[str, None]
) -> None:
    provider.metadata = kept
    if not kept:
        monkeypatch.setenv("FOOTLIGHT_OIDC_DISCOVERY_URL", f"{provider.issuer}/jwks")
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("somebody"))
    provider.metadata = {}
    monkeypatch.delenv("FOOTLIGHT_OIDC_DISCOVERY_URL", raising=False)
    assert oidc.verify(provider.token("somebody")).subject == "somebody"


def test_a_provider_that_can_not_be_reached(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_ISSUER", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("somebody"))


def test_keys_that_can_not_be_had(provider: Provider) -> None:
    provider.metadata = {"jwks_uri": "http://127.0.0.1:9/jwks"}
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("somebody"))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearertoken", "token token", "Bearer x y"]
)
def test_only_a_bearer_is_an_authorization(api: Api, header: str) -> None:
    for path in ("/api/me", "/api/pages/home"):
        answer = api.get(path, headers={"authorization": header})
        assert answer.refused_with(401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_schemes_case_does_not_matter(api: Api, provider: Provider, scheme: str) -> None:
    header = f"{scheme} {provider.token('somebody')}"
    assert api.get("/api/me", headers={"authorization": header}).status == 200


def test_a_guest_is_known_by_a_cookie_that_only_the_site_can_sign() -> None:
    guest = Guest(identities.new_guest_id())
    cookie = guests.guest_cookie(guest, KEY)
    head, body, signature = cookie.split(".")
    login = jwt.encode({"sub": guest.id, "aud": "login"}, KEY, algorithm="HS256")
    bare = jwt.encode({"sub": guest.id}, KEY, algorithm="HS256")
    unsigned = jwt.encode({"sub": guest.id, "aud": "guest"}, "", algorithm="none")

    assert guests.read_guest_cookie({guests.GUEST_COOKIE: cookie}, KEY) == guest
    for forged in (
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
        login,
        bare,
        unsigned,
        "",
    ):
        assert guests.read_guest_cookie({guests.GUEST_COOKIE: forged}, KEY) is None
    assert guests.read_guest_cookie({guests.GUEST_COOKIE: cookie}, KEY + b"2") is None
    assert guests.read_guest_cookie({}, KEY) is None


def test_each_cold_start_fetches_the_providers_metadata(provider: Provider) -> None:
    oidc.verify(provider.token("somebody"))
    provider.failing = True
    forget()
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("somebody"))
