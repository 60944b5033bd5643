"""AWS by moto, in an account that nothing else uses."""

from collections.abc import Generator
from functools import cache

import boto3
import pytest

from footlight.tables import _pynamodb, items
from operations.deployment import Deployment, Resource, Stack
from operations.migrate import connect
from tests.support import dynamodb, templates
from tests.support.deployment import moto_account

TABLE = "Footlight-TableCD117FA1"
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
def table(account: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty table of a deployment, to which the process's table code is connected."""
    monkeypatch.setattr(
        _pynamodb, "shared_connection", cache(_pynamodb.shared_connection.__wrapped__)
    )
    monkeypatch.setenv("FOOTLIGHT_TABLE", "")  # restores what `connect` sets
    for name in ("connect_timeout_seconds", "read_timeout_seconds"):
        monkeypatch.setattr(items.Item.Meta, name, 1)
    account.client("dynamodb").create_table(TableName=TABLE, **templates.table())
    connect(Deployment(Stack("Footlight", "CREATE_COMPLETE", {"TableName": TABLE}), account))


@pytest.fixture
def deployment(account: boto3.Session) -> Deployment:
    """A stack with an alarm and the log of one function."""
    resources = [
        Resource("FunctionErrorsAlarm1", "AWS::CloudWatch::Alarm", "FunctionErrors"),
        Resource("TokenFunctionLog1", "AWS::Logs::LogGroup", FUNCTION_LOG),
    ]
    outputs = {"DistributionDomain": "d1.cloudfront.net", "DistributionId": "E1"}
    return Deployment(Stack("Footlight", "CREATE_COMPLETE", outputs, resources), account)
