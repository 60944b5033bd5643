"""The old untyped access to the table, kept until every caller reads by reference."""

from collections.abc import Iterable
from typing import TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from footlight.tables import _pynamodb, items
from footlight.tables.faults import cancellation_codes as cancellation_codes
from footlight.tables.faults import code_of as code_of
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Found, Item, Ref
from footlight.tables.items import newest as newest

Key = tuple[str, str]
Some = TypeVar("Some", bound=Item)
faults = unavailable_on_faults


def lost_conditions(error: TransactWriteError) -> list[bool]:
    return [code == "ConditionalCheckFailed" for code in cancellation_codes(error)]


def batch_get(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Item]:
    found = items.batch_get(*(Ref(Item, *key) for key in keys), consistent=consistent)
    return found._items  # pyright: ignore[reportPrivateUsage]


def get(key: Key, *, consistent: bool = False) -> Item | None:
    return items.get(Ref(Item, *key), consistent=consistent)


def found_of(by_key: dict[Key, Item]) -> Found:
    return Found(by_key)


def connection() -> Connection:
    return _pynamodb.shared_connection(Item).connection


def transaction() -> TransactWrite:
    return TransactWrite(connection=connection())
