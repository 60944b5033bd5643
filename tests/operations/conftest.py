"""AWS by moto, in an account that nothing else uses."""

from collections.abc import Generator
from contextlib import ExitStack

import boto3
import pytest
from moto import mock_aws

from operations.deployment import Deployment, Resource, Stack
from tests.support import dynamodb
from tests.support._moto import answer_json_api
from tests.support.deployment import AWS_SETTINGS

FUNCTION_LOG = "Footlight-TokenFunctionLog"


@pytest.fixture
def account(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Generator[boto3.Session]:
    """An empty account."""
    for name, value in AWS_SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(), ExitStack() as started:
        answer_json_api(monkeypatch)
        session = boto3.Session()
        # Within another mock, this one changes nothing, and tests would see each other's data.
        if session.client("dynamodb").list_tables()["TableNames"]:
            pytest.fail("The account is in use: run tests/operations in a process of its own")
        if request.config.getoption("dynamodb") == "dynoxide":
            url = started.enter_context(dynamodb.dynoxide())
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
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
