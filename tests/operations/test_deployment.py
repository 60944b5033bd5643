"""Which deployment the commands of operators find."""

import boto3
import pytest

from operations.deployment import configured


def test_the_region_is_the_one_that_the_cdk_would_use(
    account: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Boto3 doesn't read AWS_REGION, which docs/operating.md sets."""
    monkeypatch.setenv("FOOTLIGHT_SETTINGS", "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert configured().session.region_name == "eu-central-1"

    monkeypatch.delenv("AWS_REGION")
    assert configured().session.region_name == "us-east-1"
