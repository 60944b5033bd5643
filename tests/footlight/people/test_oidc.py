"""Access tokens of the identity provider: which are accepted, and how others are rejected."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from footlight import identities
from footlight.errors import TokenExpired, Unauthorized, Unavailable
from footlight.identities import Guest
from footlight.people import guests, oidc, site_keys
from tests.support.api import Api
from tests.support.clock import Clock
from tests.support.deployment import COOKIE_KEY, forget
from tests.support.provider import Provider

pytestmark = pytest.mark.usefixtures("deployed")


def claims(provider: Provider) -> dict[str, object]:
    return jwt.decode(provider.token("a-subject"), options={"verify_signature": False})


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(part: dict[str, object]) -> str:
    return base64url(json.dumps(part).encode())


def test_a_token_identifies_a_user_and_its_issuer(provider: Provider) -> None:
    verified = oidc.verify(provider.token("a-subject"))
    assert (verified.issuer, verified.subject) == (provider.issuer, "a-subject")
    another = oidc.Claims("https://another.example", "a-subject")
    assert verified.ref != another.ref


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None, "aud": "footlight-test"},
        {"client_id": None, "aud": ["another", "footlight-test"]},
        {"client_id": None, "azp": "footlight-test"},
        {"token_use": None},
        {"token_use": None, "aud": "footlight-test", "scope": "openid"},
        {"token_use": None, "aud": "footlight-test", "scp": ["openid"]},
    ],
)
def test_tokens_for_this_site_are_accepted(provider: Provider, changes: dict[str, object]) -> None:
    assert oidc.verify(provider.token("a-subject", **changes)).subject == "a-subject"


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -20), ("nbf", 20), ("iat", 20)])
def test_a_small_clock_difference_is_accepted(provider: Provider, claim: str, seconds: int) -> None:
    token = provider.token("a-subject", **{claim: timedelta(seconds=seconds)})
    assert oidc.verify(token).subject == "a-subject"


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
        ({"aud": "another"}, Unauthorized),  # even though `client_id` is this site's
        ({"aud": []}, Unauthorized),
        ({"aud": ""}, Unauthorized),
        ({"aud": "footlight-test-2"}, Unauthorized),
        ({"token_use": "id"}, Unauthorized),
        # Id tokens. Their audience is the client, and they have no scope.
        ({"client_id": None, "token_use": None, "aud": "footlight-test"}, Unauthorized),
        ({"token_use": None, "aud": ["footlight-test"], "azp": "footlight-test"}, Unauthorized),
        ({"aud": "footlight-test", "at_hash": "x"}, Unauthorized),
        ({"client_id": "another", "azp": "footlight-test"}, Unauthorized),
        ({"sub": ""}, Unauthorized),
    ],
)
def test_invalid_tokens_and_tokens_for_other_sites_are_rejected(
    provider: Provider, changes: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        oidc.verify(provider.token("a-subject", **changes))
    assert type(refused.value) is refusal


def test_an_access_token_of_rfc_9068_may_have_the_client_as_audience(provider: Provider) -> None:
    one = claims(provider) | {"aud": "footlight-test"}
    del one["token_use"]
    for kind, is_accepted in (("at+jwt", True), ("application/at+JWT", True), ("JWT", False)):
        headers = {"kid": "rsa", "typ": kind}
        token = jwt.encode(one, provider.key, algorithm="RS256", headers=headers)
        if is_accepted:
            assert oidc.verify(token).subject == "a-subject"
        else:
            with pytest.raises(Unauthorized):
                oidc.verify(token)


def test_an_id_token_is_rejected_next_to_an_audience_of_the_api(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_AUDIENCE", "https://live.example.com")
    api_only: dict[str, object] = {"token_use": None, "aud": "https://live.example.com"}
    both = api_only | {"aud": ["footlight-test", "https://live.example.com"]}

    assert oidc.verify(provider.token("a-subject", **api_only)).subject == "a-subject"
    with pytest.raises(Unauthorized):
        oidc.verify(provider.token("a-subject", **both))


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize("seconds", [45, 300])
def test_a_token_of_a_provider_whose_clock_is_ahead_is_rejected_and_logged(
    provider: Provider, time: Clock, logged: StringIO, claim: str, seconds: int
) -> None:
    token = provider.token("a-subject", **{claim: timedelta(seconds=seconds)})
    with pytest.raises(Unauthorized):
        oidc.verify(token)
    line = json.loads(logged.getvalue())
    assert line["message"] == "access token from the future"
    assert line["seconds"] == seconds
    assert token not in logged.getvalue()


def without_signature(provider: Provider) -> str:
    return jwt.encode(claims(provider), "", algorithm="none", headers={"kid": "rsa"})


def signed_with_the_public_key(provider: Provider) -> str:
    """RFC 8725, section 2.1: HS256 whose secret is the public RSA key."""
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = encoded({"alg": "HS256", "typ": "JWT", "kid": "rsa"})
    signed = f"{head}.{encoded(claims(provider))}"
    digest = hmac.digest(public, signed.encode(), "sha256")  # by hand, because PyJWT refuses to
    return f"{signed}.{base64url(digest)}"


def another_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed_by_another_key(provider: Provider) -> str:
    return jwt.encode(claims(provider), another_key(), algorithm="RS256", headers={"kid": "rsa"})


def with_an_unknown_key_id(provider: Provider) -> str:
    return jwt.encode(claims(provider), another_key(), algorithm="RS256", headers={"kid": "new"})


def without_a_key_id(provider: Provider) -> str:
    return jwt.encode(claims(provider), provider.key, algorithm="RS256")


def signed_with_another_algorithm(provider: Provider) -> str:
    return jwt.encode(claims(provider), provider.key, algorithm="PS256", headers={"kid": "rsa"})


def with_its_own_key(provider: Provider) -> str:
    """RFC 7515, `jwk` and `jku` in the header. Only keys of the issuer are used."""
    key = another_key()
    jwk = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    headers = {"kid": "own", "jwk": jwk, "jku": "https://evil.example/jwks"}
    return jwt.encode(claims(provider), key, algorithm="RS256", headers=headers)


def with_another_subject(provider: Provider) -> str:
    head, _, signature = provider.token("a-subject").split(".")
    return f"{head}.{encoded(claims(provider) | {'sub': 'another'})}.{signature}"


FORGERIES: list[Callable[[Provider], str]] = [
    without_signature,
    signed_with_the_public_key,
    signed_by_another_key,
    with_an_unknown_key_id,
    without_a_key_id,
    signed_with_another_algorithm,
    with_its_own_key,
    with_another_subject,
    lambda _: "",
    lambda _: "x",
    lambda _: "x.y.z",
    lambda _: "a.b.c.d.e",
    lambda _: "\u2603." * 2,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_forged_tokens_are_rejected(provider: Provider, forge: Callable[[Provider], str]) -> None:
    with pytest.raises(Unauthorized) as refused:
        oidc.verify(forge(provider))
    assert refused.value.code == "unauthorized"


def test_an_elliptic_curve_key_is_accepted_if_configured(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = jwt.encode(claims(provider), provider.curve_key, "ES256", headers={"kid": "ec"})
    assert oidc.verify(token).subject == "a-subject"
    monkeypatch.setenv("FOOTLIGHT_OIDC_ALGORITHMS", "RS256")
    with pytest.raises(Unauthorized):
        oidc.verify(token)


def test_unknown_key_ids_fetch_the_providers_keys_only_once(
    provider: Provider,
) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            oidc.verify(with_an_unknown_key_id(provider))
    assert provider.visited == ["/.well-known/openid-configuration", "/jwks"]


def test_a_malformed_token_is_rejected_without_the_provider(provider: Provider) -> None:
    with pytest.raises(Unauthorized):
        oidc.verify("x")
    assert provider.visited == []


def test_a_provider_outage_makes_tokens_unavailable_and_not_invalid(
    provider: Provider,
) -> None:
    token = provider.token("a-subject")
    provider.failing = True
    with pytest.raises(Unavailable):
        oidc.verify(token)
    provider.failing = False
    assert oidc.verify(token).subject == "a-subject"


def test_cached_keys_are_used_during_a_provider_outage(provider: Provider) -> None:
    oidc.verify(provider.token("a-subject"))
    provider.failing = True
    assert oidc.verify(provider.token("a-subject")).subject == "a-subject"


@pytest.mark.parametrize("metadata", [{"jwks_uri": None}, {}])
def test_invalid_metadata_is_an_outage_and_is_not_cached(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, metadata: dict[str, None]
) -> None:
    provider.metadata = metadata
    if not metadata:
        monkeypatch.setenv("FOOTLIGHT_OIDC_DISCOVERY_URL", f"{provider.issuer}/jwks")
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("a-subject"))
    provider.metadata = {}
    monkeypatch.delenv("FOOTLIGHT_OIDC_DISCOVERY_URL", raising=False)
    assert oidc.verify(provider.token("a-subject")).subject == "a-subject"


def test_a_provider_that_can_not_be_reached(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTLIGHT_OIDC_ISSUER", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("a-subject"))


def test_unreachable_keys_are_an_outage(provider: Provider) -> None:
    provider.metadata = {"jwks_uri": "http://127.0.0.1:9/jwks"}
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("a-subject"))


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearertoken", "token token", "Bearer x y"]
)
def test_only_a_bearer_token_is_an_authorization(api: Api, header: str) -> None:
    for path in ("/api/me", "/api/pages/home"):
        response = api.get(path, headers={"authorization": header})
        assert response.refused_with(401, "unauthorized")
        assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_case_of_the_scheme_is_ignored(api: Api, provider: Provider, scheme: str) -> None:
    header = f"{scheme} {provider.token('somebody')}"
    assert api.get("/api/me", headers={"authorization": header}).status == 200


def test_a_guest_is_identified_by_a_cookie_that_only_the_site_can_sign() -> None:
    guest = Guest(identities.new_guest_id())
    cookie = guests.guest_cookie(guest)
    head, body, signature = cookie.split(".")
    key = site_keys.current_key("guest")
    named = {"kid": key.id}
    bare = jwt.encode({"sub": guest.id}, key.secret, algorithm="HS256", headers=named)
    guest_claims = {"sub": guest.id, "aud": "guest"}

    assert guests.read_guest_cookie({guests.GUEST_COOKIE: cookie}) == guest
    for forged in (
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
        site_keys.sign("login", {"sub": guest.id}),
        bare,
        jwt.encode(guest_claims, "", algorithm="none", headers=named),
        jwt.encode(guest_claims, COOKIE_KEY, algorithm="HS256", headers=named),
        jwt.encode(guest_claims, key.secret, algorithm="HS256"),
        "",
    ):
        assert guests.read_guest_cookie({guests.GUEST_COOKIE: forged}) is None
    assert guests.read_guest_cookie({}) is None


def test_each_cold_start_fetches_the_providers_metadata(provider: Provider) -> None:
    oidc.verify(provider.token("a-subject"))
    provider.failing = True
    forget()
    with pytest.raises(Unavailable):
        oidc.verify(provider.token("a-subject"))
