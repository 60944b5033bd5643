"""Secrets are read at run time and cached. An unfilled secret differs from an outage."""

import json
from collections.abc import Generator

import boto3
import pytest

from footlight.aws import secrets
from footlight.errors import NotConfigured, Unavailable
from tests.support.clock import Clock
from tests.support.deployment import LIVEKIT_KEY, LIVEKIT_SECRET, put_secret

pytestmark = pytest.mark.usefixtures("deployed")


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Make Secrets Manager unreachable."""
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        secrets.clear_cache()
        yield
    secrets.clear_cache()


def test_livekit_keys_are_read_from_their_secret() -> None:
    assert secrets.livekit_keys() == (LIVEKIT_KEY, LIVEKIT_SECRET, None)


def test_the_previous_key_works_during_a_rotation() -> None:
    now = {"LIVEKIT_API_KEY": "new", "LIVEKIT_API_SECRET": "new secret"}
    before = {"LIVEKIT_PREVIOUS_API_KEY": "old", "LIVEKIT_PREVIOUS_API_SECRET": "old secret"}
    put_secret("livekit", now | before)

    keys = secrets.livekit_keys()

    assert keys.secret_of("new") == "new secret"
    assert keys.secret_of("old") == "old secret"
    assert keys.secret_of("another") is None
    assert keys.secret_of("") is None


def test_a_previous_key_without_its_secret_is_ignored() -> None:
    put_secret(
        "livekit",
        {"LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s", "LIVEKIT_PREVIOUS_API_KEY": "old"},
    )
    assert secrets.livekit_keys().secret_of("old") is None


@pytest.mark.parametrize("placeholder", ["{}", "", "x", "[]", "null", '{"LIVEKIT_API_KEY": "k"}'])
def test_an_unfilled_secret_is_not_configured(placeholder: str) -> None:
    client = boto3.client("secretsmanager")
    client.put_secret_value(SecretId="livekit", SecretString=placeholder or " ")
    with pytest.raises(NotConfigured):
        secrets.livekit_keys()


def test_a_newly_filled_secret_is_read_immediately() -> None:
    put_secret("livekit", {"LIVEKIT_API_KEY": "", "LIVEKIT_API_SECRET": ""})
    with pytest.raises(NotConfigured):
        secrets.livekit_keys()
    put_secret("livekit", {"LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"})
    assert secrets.livekit_keys().key == "k"


def test_a_secret_is_cached_and_read_again_after_its_ttl(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.livekit_keys().key == LIVEKIT_KEY
    put_secret("livekit", {"LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"})
    assert secrets.livekit_keys().key == LIVEKIT_KEY
    monkeypatch.setattr(secrets, "CACHE_SECONDS", 0)
    assert secrets.livekit_keys().key == "k"


def test_an_outage_differs_from_missing_configuration(unreachable: None) -> None:
    for read in (secrets.livekit_keys, secrets.cookie_keys, secrets.oidc_client_secret):
        with pytest.raises(Unavailable) as refused:
            read()
        assert not isinstance(refused.value, NotConfigured)


def test_a_secret_without_a_value_is_not_configured_until_it_is_filled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = boto3.client("secretsmanager")
    # What CloudFormation creates from a template without a value.
    empty = client.create_secret(Name="empty")["ARN"]
    monkeypatch.setenv("FOOTLIGHT_LIVEKIT_SECRET_ID", empty)
    for _ in range(2):
        with pytest.raises(NotConfigured) as refused:
            secrets.livekit_keys()
        assert refused.value.code == "not_configured"
    value = json.dumps({"LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"})
    client.put_secret_value(SecretId=empty, SecretString=value)
    assert secrets.livekit_keys().key == "k"
    client.delete_secret(SecretId=empty, ForceDeleteWithoutRecovery=True)


def test_a_missing_secret_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTLIGHT_LIVEKIT_SECRET_ID", "nowhere")
    with pytest.raises(NotConfigured):
        secrets.livekit_keys()


def test_a_stale_secret_is_used_during_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "CACHE_SECONDS", 0)
    assert secrets.livekit_keys().key == LIVEKIT_KEY
    boto3.client("secretsmanager").delete_secret(
        SecretId="livekit", ForceDeleteWithoutRecovery=True
    )
    assert secrets.livekit_keys().key == LIVEKIT_KEY


def test_the_site_secret_holds_the_cookie_key_and_the_client_secret() -> None:
    assert secrets.oidc_client_secret() is None
    boto3.client("secretsmanager").put_secret_value(
        SecretId="site", SecretString=json.dumps({"cookieKey": "k" * 40, "oidcClientSecret": "s"})
    )
    secrets.clear_cache()
    assert secrets.cookie_keys() == [b"k" * 40]
    assert secrets.oidc_client_secret() == "s"


def test_a_new_cookie_key_is_used_when_every_function_has_read_it(time: Clock) -> None:
    value = {"cookieKey": "new", "previousCookieKey": "old", "cookieKeyRotatedAt": time.after()}
    put_secret("site", value)
    for minutes, keys in ((0, [b"old", b"new"]), (9, [b"old", b"new"]), (2, [b"new", b"old"])):
        time.moves(minutes=minutes)
        secrets.clear_cache()
        assert secrets.cookie_keys() == keys


def test_a_leaked_cookie_key_is_replaced_at_once(time: Clock) -> None:
    put_secret(
        "site",
        {"cookieKey": "new", "previousCookieKey": "", "cookieKeyRotatedAt": time.after()},
    )
    secrets.clear_cache()
    assert secrets.cookie_keys() == [b"new"]


def test_the_origin_secret_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.is_origin_secret("")
    monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", "")
    assert secrets.is_origin_secret("")


@pytest.fixture
def origin(monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """The id of an origin secret without a value."""
    client = boto3.client("secretsmanager")
    secret_id = client.create_secret(Name="origin")["ARN"]
    monkeypatch.setenv("FOOTLIGHT_ORIGIN_SECRET_ID", secret_id)
    yield secret_id
    client.delete_secret(SecretId=secret_id, ForceDeleteWithoutRecovery=True)


def test_the_origin_secret_can_be_rotated_without_downtime(origin: str) -> None:
    client = boto3.client("secretsmanager")
    accepted: list[tuple[bool, ...]] = []
    for value in ("first", "second", "third"):
        client.put_secret_value(SecretId=origin, SecretString=value)
        secrets.clear_cache()
        accepted.append(
            tuple(map(secrets.is_origin_secret, ("first", "second", "third", "", "None")))
        )
    assert accepted == [
        (True, False, False, False, False),
        (True, True, False, False, False),
        (False, True, True, False, False),
    ]


def test_a_missing_origin_secret_is_never_a_match(origin: str) -> None:
    for given in ("", "None", "null"):
        with pytest.raises(Unavailable):
            secrets.is_origin_secret(given)


@pytest.mark.parametrize(
    ("first", "second", "is_equal"),
    [
        ("a", "a", True),
        ("a", "b", False),
        ("", "a", False),
        ("ü", "ü", True),
        ("\ud800", "a", False),
    ],
)
def test_any_two_strings_can_be_compared(first: str, second: str, is_equal: bool) -> None:
    assert secrets.equal(first, second) is is_equal
