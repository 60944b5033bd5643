"""The private API of PynamoDB 6.1 that Footlight needs, in one place. Check it at each upgrade."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pynamodb.connection import TableConnection
from pynamodb.models import Model

from footlight import settings
from footlight.aws.json_api import JsonApi

TRANSACTION_ORDER = ("condition_check", "delete", "put", "update")
"""PynamoDB sends a transaction's operations grouped by kind, in this order, not in call order
(`Connection.transact_write_items`, pynamodb/connection/base.py). DynamoDB reports the reasons of a
cancellation in the order sent."""


class _Client:
    """DynamoDB as PynamoDB calls it, in place of botocore's client."""

    _request_signer = None

    def __init__(self, meta: Any) -> None:
        self._api = JsonApi(
            "dynamodb",
            connect_seconds=meta.connect_timeout_seconds,
            read_seconds=meta.read_timeout_seconds,
            attempts=1 + meta.max_retry_attempts,
        )

    def _make_api_call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return self._api.call(operation, arguments)


@cache
def shared_connection(model: type[Model]) -> TableConnection:
    """Return the one connection of all models. It creates no botocore client.

    Without this, each model would create its own client (`Model._get_connection`,
    pynamodb/models.py; `Connection.client`, pynamodb/connection/base.py).
    """
    model.Meta.table_name = settings.table()  # pyright: ignore[reportAttributeAccessIssue]
    table: TableConnection = Model._get_connection.__func__(model)  # pyright: ignore[reportPrivateUsage, reportFunctionMemberAccess]
    client: Any = _Client(model.Meta)
    table.connection._client = client  # pyright: ignore[reportPrivateUsage]
    return table
