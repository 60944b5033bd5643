"""AWS by moto, in an account that nothing else uses."""

from collections.abc import Generator

import boto3
import pytest

from operations.deployment import Deployment, Resource, Stack
from tests.support import dynamodb
from tests.support.deployment import moto_account

FUNCTION_LOG = "Footlight-TokenFunctionLog"


@pytest.fixture
def account(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Generator[boto3.Session]:
    """An empty account."""
    with moto_account(monkeypatch):
        session = boto3.Session()
        # Within another mock, this one changes nothing, and tests would see each other's data.
        if session.client("dynamodb").list_tables()["TableNames"]:
            pytest.fail("The account is in use: run tests/operations in a process of its own")
        with dynamodb.chosen(monkeypatch, request.config):
            yield session


@pytest.fixture
def deployment(account: boto3.Session) -> Deployment:
    """A stack with an alarm and the log of one function."""
    resources = [
        Resource("FunctionErrorsAlarm1", "AWS::CloudWatch::Alarm", "FunctionErrors"),
        Resource("TokenFunctionLog1", "AWS::Logs::LogGroup", FUNCTION_LOG),
    ]
    outputs = {"DistributionDomain": "d1.cloudfront.net", "DistributionId": "E1"}
    return Deployment(Stack("Footlight", "CREATE_COMPLETE", outputs, resources), account)
