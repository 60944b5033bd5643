"""Items, and typed reads of them by reference.

profile_ref, block_ref = users.profile(host_id), relations.block(host_id, viewer_id)
found = batch_get(profile_ref, block_ref)
profile = found.require(profile_ref)      # Profile, or Unavailable
is_blocked = block_ref in found
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.connection import TableConnection
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from footlight.errors import Unavailable
from footlight.tables import _pynamodb
from footlight.tables.attributes import Changes, optional
from footlight.tables.faults import unavailable_on_faults

# PynamoDB's defaults (15 s, 30 s, 3 retries) outlive a function.
CONNECT_SECONDS = 1
READ_SECONDS = 1
MAX_RETRIES = 1

BATCH_KEYS = 100
"""The most keys that one BatchGetItem takes."""


PAGE = 1000
"""Items that DynamoDB reads for one page of a long partition, if they have at most 1 MB."""


class Lists(GlobalSecondaryIndex["Item"]):
    """The sparse index: listed items, in the order of `list_sk`."""

    class Meta:
        index_name = "lists"
        projection = AllProjection()

    list_pk = UnicodeAttribute(hash_key=True)
    list_sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """The base of every item. `kind` names the model that a stored item belongs to."""

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride] - the rest has defaults
        table_name = ""  # set on first use, so that an import reads no setting
        connect_timeout_seconds = CONNECT_SECONDS
        read_timeout_seconds = READ_SECONDS
        max_retry_attempts = MAX_RETRIES  # a model's `retry_configuration` is ignored

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    list_pk = optional(UnicodeAttribute())
    list_sk = optional(UnicodeAttribute())
    lists = Lists()

    @classmethod
    def _get_connection(cls) -> TableConnection:
        return _pynamodb.shared_connection(Item)


T = TypeVar("T", bound=Item)
T_co = TypeVar("T_co", bound=Item, covariant=True)


@dataclass(frozen=True)
class Ref(Generic[T_co]):
    """A reference to one item, which may or may not exist."""

    model: type[T_co]
    pk: str
    sk: str

    def new(self, **attributes: Any) -> T_co:
        """Return a new item with this key. It is not written yet."""
        return self.model(self.pk, self.sk, **attributes)


class Listing(NamedTuple):
    """The place of an item in a list: the partition and the sort key of the index `lists`."""

    list_pk: str
    list_sk: str

    def attributes(self) -> dict[str, str]:
        """Return the attributes of an item that is listed here."""
        return self._asdict()


def assign_place(changes: Changes, place: Listing | None) -> None:
    """Move the changed item to a place in a list, or out of all lists for None."""
    changes.assign(Item.list_pk, place.list_pk if place else None)
    changes.assign(Item.list_sk, place.list_sk if place else None)


class ListEntry(NamedTuple):
    """An entry of the index `lists`."""

    owner_id: str
    """The part of the item's `pk` after `#`: the id of the user or the thing that it belongs to."""
    sk: str
    list_sk: str


class Found:
    """The items that one read returned."""

    def __init__(self, items: Mapping[tuple[str, str], Item]) -> None:
        self._items = dict(items)

    def get(self, ref: Ref[T]) -> T | None:
        """Return the item, or None if it does not exist."""
        item = self._items.get((ref.pk, ref.sk))
        if item is None or isinstance(item, ref.model):
            return item
        raise TypeError(f"{ref} is a {type(item).__name__}")

    def require(self, ref: Ref[T]) -> T:
        """Return an item that must exist.

        Raises:
            Unavailable: it does not exist, although it was written in an earlier transaction.
        """
        item = self.get(ref)
        if item is None:
            raise Unavailable
        return item

    def __contains__(self, ref: Ref[Any]) -> bool:
        return (ref.pk, ref.sk) in self._items

    def __or__(self, other: "Found") -> "Found":
        return Found(self._items | other._items)

    def __len__(self) -> int:
        return len(self._items)

    @staticmethod
    def of(items: Iterable[Item]) -> "Found":
        """Return items that a query returned, so that they can be read by reference."""
        return Found({(item.pk, item.sk): item for item in items})


def get(ref: Ref[T], *, consistent: bool = False) -> T | None:
    """Return one item, or None if it does not exist."""
    with unavailable_on_faults():
        try:
            item = Item.get(ref.pk, ref.sk, consistent_read=consistent)
        except DoesNotExist:
            return None
    return Found.of([item]).get(ref)


def batch_get(*refs: Ref[Any], consistent: bool = False) -> Found:
    """Return items of any kind, in one BatchGetItem for each 100 references.

    Keys that DynamoDB leaves unprocessed, as it does when it throttles, are requested once more.
    PynamoDB's own `batch_get` would retry without end.

    Raises:
        Unavailable: some keys are still unprocessed.
    """
    keys = [{"pk": pk, "sk": sk} for pk, sk in dict.fromkeys((ref.pk, ref.sk) for ref in refs)]
    found: dict[tuple[str, str], Item] = {}
    for first in range(0, len(keys), BATCH_KEYS):
        remaining: Any = keys[first : first + BATCH_KEYS]
        for _ in range(1 + MAX_RETRIES):
            if remaining:
                items, remaining = _batch(remaining, consistent=consistent)
                found |= {(item.pk, item.sk): item for item in items}
        if remaining:
            raise Unavailable
    return Found(found)


def _batch(keys: Any, *, consistent: bool) -> tuple[list[Item], Any]:
    """Return the items found, and the keys that were not processed."""
    with unavailable_on_faults():
        response = _pynamodb.shared_connection(Item).batch_get_item(
            keys, consistent_read=consistent
        )
    table = Item.Meta.table_name
    items = [Item.from_raw_data(raw) for raw in response["Responses"].get(table, [])]
    unprocessed = response["UnprocessedKeys"].get(table, {}).get("Keys", [])
    plain = [{name: value["S"] for name, value in key.items()} for key in unprocessed]
    return items, plain


def newest(
    model: type[T], pk: str, before: str | None, limit: int, *, consistent: bool = False
) -> tuple[list[T], bool]:
    """Return up to `limit` items of a partition, newest first, and whether more follow.

    `before` is a sort key: only items that sort before it are returned.
    """
    condition = None if before is None else model.sk < before
    with unavailable_on_faults():
        items = list(
            model.query(
                pk,
                condition,
                scan_index_forward=False,
                limit=limit + 1,
                consistent_read=consistent,
            )
        )
    return items[:limit], len(items) > limit


def pages(
    model: type[T],
    pk: str,
    *,
    filter_condition: Condition | None = None,
    page_size: int = PAGE,
) -> Iterator[list[T]]:
    """Yield the items of a partition page by page, last first, as they are when they are read.

    DynamoDB reads up to `page_size` items, or 1 MB, for a page, and then filters them.
    """
    with unavailable_on_faults():
        read = model.query(
            pk,
            filter_condition=filter_condition,
            consistent_read=True,
            scan_index_forward=False,
            page_size=page_size,
        ).page_iter
        for page in read:
            yield [model.from_raw_data(item) for item in page["Items"]]


def listed(list_pk: str, *, before: str | None = None) -> list[ListEntry]:
    """Return all entries of a list whose `list_sk` sorts before `before`, in the list's order."""
    condition = None if before is None else Item.list_sk < before
    with unavailable_on_faults():
        return [_entry(item) for item in Item.lists.query(list_pk, condition)]


def listed_newest(list_pk: str, *, before: str | None, limit: int) -> tuple[list[ListEntry], bool]:
    """Return up to `limit` entries of a list, last first, and whether more follow."""
    condition = None if before is None else Item.list_sk < before
    with unavailable_on_faults():
        items = list(
            Item.lists.query(
                list_pk, condition, scan_index_forward=False, limit=limit + 1, page_size=limit + 1
            )
        )
    return [_entry(item) for item in items[:limit]], len(items) > limit


def listed_pages(list_pk: str, *, page_size: int = BATCH_KEYS) -> Iterator[list[ListEntry]]:
    """Yield the entries of a list page by page, in the list's order."""
    with unavailable_on_faults():
        for page in Item.lists.query(list_pk, page_size=page_size).page_iter:
            yield [_entry(Item.from_raw_data(item)) for item in page["Items"]]


def delete_all(refs: Iterable[Ref[Any]]) -> None:
    """Delete items, 25 in one BatchWriteItem. No-op for items that don't exist."""
    with unavailable_on_faults(), Item.batch_write() as batch:
        for ref in refs:
            batch.delete(ref.new())


def ref_of(item: T) -> Ref[T]:
    """Return the reference to an item that was read."""
    return Ref(type(item), item.pk, item.sk)


def _entry(item: Item) -> ListEntry:
    return ListEntry(owner_id=item.pk.partition("#")[2], sk=item.sk, list_sk=item.list_sk or "")
