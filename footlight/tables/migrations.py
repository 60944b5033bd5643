"""Migrations: how far each has come, and the scan that they share. Nothing else scans the table.

The position is an item of the table itself. A table that is restored to an earlier time has the
position of that time too, so a migration never skips items that it hasn't seen.
"""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute

from footlight.tables.attributes import InstantAttribute, IntegerAttribute, optional
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Ref

PAGE = 200
"""Items that DynamoDB reads for one page. A migration that is stopped repeats at most a page."""


class MigrationProgress(Item, discriminator="migration"):
    """How far a migration has come. Without `finished_at`, it continues after `position`.

    `position` is the last key that DynamoDB read (`LastEvaluatedKey`), in its own JSON.
    """

    position: JSONAttribute = JSONAttribute(null=True)
    read = IntegerAttribute(default=0)
    checked = IntegerAttribute(default=0)
    changed = IntegerAttribute(default=0)
    finished_at = optional(InstantAttribute())


class Page(NamedTuple):
    """A page of a scan: the items of the wanted kinds, and the number of all items read."""

    items: list[Item]
    read: int
    position: Any
    """Where the next page starts, or None after the last page."""


def progress_ref(name: str) -> Ref[MigrationProgress]:
    return Ref(MigrationProgress, f"MIGRATION#{name}", "MIGRATION")


def scan(
    models: Sequence[type[Item]], position: Any, *, units_per_second: float
) -> Generator[Page]:
    """Yield the whole table page by page, after `position`, or from the start for None.

    Items that are written during the scan may be missing. `units_per_second` limits the read
    units; a unit is 4 kB.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html

    Raises:
        Unavailable: DynamoDB throttles, fails, or times out. Continue at the last page's position.
    """
    with unavailable_on_faults():
        pages = Item.scan(
            Item.kind.is_in(*models),
            last_evaluated_key=position,
            page_size=PAGE,
            consistent_read=True,
            rate_limit=units_per_second,
        ).page_iter
        for page in pages:
            items = [Item.from_raw_data(raw) for raw in page["Items"]]
            yield Page(items, page["ScannedCount"], pages.last_evaluated_key)
