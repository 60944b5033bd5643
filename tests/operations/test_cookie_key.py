"""`make cookie-key`: what it stores, and when it refuses."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from operations import cookie_key
from operations.checks import Failed
from operations.deployment import Deployment, Resource, Stack

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OLD = "a-key-that-cloudformation-generated"


@pytest.fixture
def deployment(account: boto3.Session) -> Deployment:
    """A stack with two secrets, of which one is the site's."""
    client = account.client("secretsmanager")
    value = json.dumps({"cookieKey": OLD, "oidcClientSecret": "s"})
    site = client.create_secret(Name="site", SecretString=value)["ARN"]
    livekit = client.create_secret(Name="livekit")["ARN"]
    kind = "AWS::SecretsManager::Secret"
    resources = [Resource("SecretsLiveKit1", kind, livekit), Resource("SecretsSite1", kind, site)]
    return Deployment(Stack("Footlight", "CREATE_COMPLETE", {}, resources), account)


def stored(deployment: Deployment) -> dict[str, str]:
    client = deployment.client("secretsmanager")
    return json.loads(client.get_secret_value(SecretId="site")["SecretString"])


def test_a_rotation_keeps_the_previous_key_and_the_client_secret(deployment: Deployment) -> None:
    cookie_key.rotate(deployment, NOW)
    first = stored(deployment)
    assert first["previousCookieKey"] == OLD
    assert first["oidcClientSecret"] == "s"
    assert first["cookieKey"] != OLD
    assert len(first["cookieKey"]) >= 64

    cookie_key.rotate(deployment, NOW + timedelta(days=30))
    second = stored(deployment)
    assert second["previousCookieKey"] == first["cookieKey"] != second["cookieKey"]


@pytest.mark.parametrize("leaked", [False, True])
def test_the_key_of_hashed_addresses_never_changes(deployment: Deployment, leaked: bool) -> None:
    for month in range(3):
        cookie_key.rotate(deployment, NOW + timedelta(days=30 * month), leaked=leaked)
        assert stored(deployment)["emailKey"] == OLD


def test_a_second_rotation_waits_until_sessions_of_the_first_key_have_ended(
    deployment: Deployment,
) -> None:
    cookie_key.rotate(deployment, NOW)
    first = stored(deployment)

    with pytest.raises(Failed, match="2026-11-30") as refused:
        cookie_key.rotate(deployment, NOW + timedelta(days=29))

    assert "2026-12-30" in refused.value.help
    assert stored(deployment) == first


def test_a_leaked_key_is_dropped_at_once(deployment: Deployment) -> None:
    cookie_key.rotate(deployment, NOW)
    leaked = stored(deployment)["cookieKey"]

    cookie_key.rotate(deployment, NOW + timedelta(days=1), leaked=True)

    assert stored(deployment)["previousCookieKey"] == ""
    assert stored(deployment)["cookieKey"] not in ("", leaked, OLD)


def test_a_secret_without_a_key_is_not_changed(deployment: Deployment) -> None:
    client = deployment.client("secretsmanager")
    client.put_secret_value(SecretId="site", SecretString="{}")

    with pytest.raises(Failed, match="no cookieKey"):
        cookie_key.rotate(deployment, NOW)

    assert stored(deployment) == {}
