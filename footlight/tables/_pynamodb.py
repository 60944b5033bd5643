"""The private API of PynamoDB 6.1 that Footlight needs, in one place. Check it at each upgrade."""

from functools import cache

from pynamodb.connection import TableConnection
from pynamodb.models import Model

from footlight import settings
from footlight.aws.clients import session

TRANSACTION_ORDER = ("condition_check", "delete", "put", "update")
"""PynamoDB sends a transaction's operations grouped by kind, in this order, not in call order
(`Connection.transact_write_items`, pynamodb/connection/base.py). DynamoDB reports the reasons of a
cancellation in the order sent."""


@cache
def shared_connection(model: type[Model]) -> TableConnection:
    """Return the one connection of all models. It uses the process's botocore session.

    Without this, each model would create its own client, and each thread its own session
    (`Model._get_connection`, pynamodb/models.py; `Connection.session`,
    pynamodb/connection/base.py; https://github.com/pynamodb/PynamoDB/issues/153).
    """
    model.Meta.table_name = settings.table()  # pyright: ignore[reportAttributeAccessIssue]
    table: TableConnection = Model._get_connection.__func__(model)  # pyright: ignore[reportPrivateUsage, reportFunctionMemberAccess]
    table.connection._local.session = session  # pyright: ignore[reportPrivateUsage]
    return table
