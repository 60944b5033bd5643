"""What all items share: the table, its keys, its one index, the time-outs, and what faults mean."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from footlight import settings
from footlight.aws import clients
from footlight.aws.logs import log
from footlight.errors import Unavailable

# PynamoDB's defaults (15 s, 30 s, 3 retries) outlive a function.
CONNECT_SECONDS = 1
READ_SECONDS = 1
MAX_RETRIES = 1

MOST_KEYS = 100
"""Of one BatchGetItem."""

LOST_CONDITION = "ConditionalCheckFailedException"


class Lists(GlobalSecondaryIndex["Item"]):
    """The sparse index: items that are listed, in the order of `list_sk`."""

    class Meta:
        index_name = "lists"
        projection = IncludeProjection(["kind", "created_at", "name"])

    list_pk = UnicodeAttribute(hash_key=True)
    list_sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """Base of every item; `kind` tells which model a stored item belongs to."""

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride] - the rest has defaults
        table_name = settings.table()
        connect_timeout_seconds = CONNECT_SECONDS
        read_timeout_seconds = READ_SECONDS
        max_retry_attempts = MAX_RETRIES  # a model's `retry_configuration` is ignored

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    list_pk = UnicodeAttribute(null=True)
    list_sk = UnicodeAttribute(null=True)
    lists = Lists()


connection: Final[Connection] = Item._get_connection().connection  # pyright: ignore[reportPrivateUsage]
"""That of all models, which inherit it: each would make a client of its own else. And all clients
are of one session."""
connection._local.session = clients.session  # pyright: ignore[reportPrivateUsage]

Key = tuple[str, str]

Some = TypeVar("Some", bound=Item)


@contextmanager
def faults() -> Generator[None]:
    """Turns DynamoDB's throttles, time-outs and outages into Unavailable.

    A lost condition is an answer, not a fault, and passes as it is, as does a cancelled transaction
    in which a condition was lost.
    """
    try:
        yield
    except PynamoDBException as error:
        if lost_condition(error):
            raise
        log.info("table_unavailable", reason=code_of(error) or type(error.cause).__name__)
        raise Unavailable from error


def lost_condition(error: PynamoDBException) -> bool:
    """Whether a write was refused because its condition did not hold."""
    if isinstance(error, TransactWriteError):
        return any(lost_conditions(error))
    return code_of(error) == LOST_CONDITION


def code_of(error: PynamoDBException) -> str | None:
    """DynamoDB's word for what went wrong; None where it has not answered.

    PynamoDB's own `cause_response_code` fails for a time-out, whose response is None.
    """
    response: dict[str, Any] = getattr(error.cause, "response", None) or {}
    return response.get("Error", {}).get("Code")


def lost_conditions(error: TransactWriteError) -> list[bool]:
    """For each part of a cancelled transaction, in order, whether its condition was lost."""
    return [code == "ConditionalCheckFailed" for code in cancellation_codes(error)]


def cancellation_codes(error: TransactWriteError) -> list[str | None]:
    """For each part of a cancelled transaction, in order, why; None where it was not the cause."""
    return [reason.code if reason else None for reason in error.cancellation_reasons]


def batch_get(keys: Iterable[Key], *, consistent: bool = False) -> dict[Key, Item]:
    """Items of any kind by their keys, in one BatchGetItem (one for each 100 keys).

    Keys that DynamoDB leaves unprocessed, as it does when it throttles, are asked for once more and
    then Unavailable is raised: PynamoDB's own `batch_get` would ask without end.
    """
    wanted = [{"pk": pk, "sk": sk} for pk, sk in dict.fromkeys(keys)]
    found: dict[Key, Item] = {}
    for first in range(0, len(wanted), MOST_KEYS):
        left: Any = wanted[first : first + MOST_KEYS]
        for _ in range(1 + MAX_RETRIES):
            if left:
                items, left = _batch(left, consistent=consistent)
                found |= {(item.pk, item.sk): item for item in items}
        if left:
            raise Unavailable
    return found


def _batch(keys: Any, *, consistent: bool) -> tuple[list[Item], Any]:
    """The items found, and the keys that were not processed."""
    with faults():
        answer = Item._get_connection().batch_get_item(  # pyright: ignore[reportPrivateUsage]
            keys, consistent_read=consistent
        )
    table = Item.Meta.table_name
    items = [Item.from_raw_data(raw) for raw in answer["Responses"].get(table, [])]
    unprocessed = answer["UnprocessedKeys"].get(table, {}).get("Keys", [])
    plain = [{name: value["S"] for name, value in key.items()} for key in unprocessed]
    return items, plain


def get(key: Key, *, consistent: bool = False) -> Item | None:
    """One item by its key, None where there is none."""
    with faults():
        try:
            return Item.get(*key, consistent_read=consistent)
        except DoesNotExist:
            return None


def newest(model: type[Some], pk: str, before: str | None, limit: int) -> tuple[list[Some], bool]:
    """So many items of a partition, the last first, before a sort key; and whether more follow."""
    condition = None if before is None else model.sk < before
    with faults():
        found = list(model.query(pk, condition, scan_index_forward=False, limit=limit + 1))
    return found[:limit], len(found) > limit


def transaction() -> TransactWrite:
    """A TransactWriteItems: all of it or nothing. Use it inside `faults()`."""
    return TransactWrite(connection=connection)
