"""Which deployment the commands of operators find."""

import pytest

from operations.deployment import session_of_environment


def test_the_region_is_the_one_that_the_cdk_would_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boto3 doesn't read AWS_REGION, which docs/operating.md sets."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert session_of_environment().region_name == "eu-central-1"

    monkeypatch.delenv("AWS_REGION")
    assert session_of_environment().region_name == "us-east-1"
