"""A deployment for unit tests: the table, the secrets, and the settings of the functions."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.secretsmanager.models import secretsmanager_backends

from footlight import limits, settings
from footlight.aws import background, secrets
from footlight.channels import shell
from footlight.people import callers, oidc
from infra.building import ROOT
from tests.support import dynamodb, templates
from tests.support._moto import answer_json_api
from tests.support.dynamodb import REGION
from tests.support.provider import CLIENT_ID, Provider

SHELL = ROOT / "web" / "index.html"
"""The site's page before it is built. It has the same tags, and other scripts."""
LIVEKIT_KEY = "devkey"
LIVEKIT_SECRET = "a-secret-that-is-long-enough-for-livekit"
NO_LIMITS = " ".join(f"{name}=1000000/60" for name in limits.names())
"""Limits that no test reaches. Tests about limits set their own."""
BEGUN: list[dict[str, str]] = []
"""The background tasks that requests started. Moto has no functions to invoke."""
AWS_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
COOKIE_KEY = "a-key-that-is-long-enough-to-sign-cookies"


def settings_at(provider: Provider) -> dict[str, str]:
    """Return the settings of every function, with this identity provider."""
    return {
        "FOOTLIGHT_SITE_URL": "https://live.example.com",
        "FOOTLIGHT_SITE_NAME": "Footlight",
        "FOOTLIGHT_LIVEKIT_URL": "wss://livekit.example.com",
        "FOOTLIGHT_LIVEKIT_SECRET_ID": "livekit",
        "FOOTLIGHT_SITE_SECRET_ID": "site",
        "FOOTLIGHT_OIDC_ISSUER": provider.issuer,
        "FOOTLIGHT_OIDC_CLIENT_ID": CLIENT_ID,
        "FOOTLIGHT_RECONCILE_FUNCTION": "reconcile",
        "FOOTLIGHT_LIMITS": NO_LIMITS,
        "POWERTOOLS_METRICS_NAMESPACE": "Footlight",
    }


@contextmanager
def moto_account(patch: pytest.MonkeyPatch) -> Generator[None]:
    """Answer all calls of AWS with moto, in an empty account, unless another moto runs already."""
    with mock_aws():
        for name, value in AWS_SETTINGS.items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        answer_json_api(patch)
        yield


def create_table() -> None:
    """Create the table as the synthesized template has it, so that the two can't differ."""
    client: Any = boto3.client("dynamodb")
    client.create_table(TableName=settings.table(), **templates.table())


def _secrets() -> Any:
    return secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION].secrets


@cache
def _secrets_at_first() -> dict[str, Any]:
    return deepcopy(dict(_secrets()))


def restore() -> None:
    """Empty the table, and set the secrets to their first values."""
    table = dynamodb.table()
    if not table.exists():  # a test deleted it
        create_table()
    table.empty()
    secrets_at_first = deepcopy(_secrets_at_first())
    _secrets().clear()
    _secrets().update(secrets_at_first)


@contextmanager
def deployment(provider: Provider) -> Generator[None]:
    """Deploy: an empty table, the secrets, and the settings."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (AWS_SETTINGS | settings_at(provider)).items():
            patch.setenv(name, value)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setattr(background, "_start", BEGUN.append)
        patch.setattr(shell, "FILE", SHELL)  # without a build
        restore()
        forget()
        yield
    forget()


def put_secrets() -> None:
    """Create the secrets that the settings name."""
    put_secret("livekit", {"LIVEKIT_API_KEY": LIVEKIT_KEY, "LIVEKIT_API_SECRET": LIVEKIT_SECRET})
    put_secret("site", {"cookieKey": COOKIE_KEY})


def forget() -> None:
    """Clear all caches, as a cold start does."""
    BEGUN.clear()
    background.clear_cache()
    secrets.clear_cache()
    callers.clear_cache()
    oidc.clear_cache()


@cache
def _secrets_manager() -> Any:
    return boto3.client("secretsmanager")


def put_secret(name: str, value: dict[str, str]) -> None:
    """Create or change a secret."""
    client = _secrets_manager()
    try:
        client.create_secret(Name=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
