"""The contents of the table, and what they mean apart from times and new ids."""

import json
import re
from typing import Any

from footlight.tables.items import Item, Ref
from tests.support.dynamodb import Stored, table


def stored() -> Stored:
    """Return all items."""
    return table().items()


def write_items(*items: Item) -> None:
    """Write items, each of which replaces an item with the same key."""
    table().put(item.serialize() for item in items)


def change_item(ref: Ref[Any], **attributes: Any) -> None:
    """Set attributes of an item. Creates the item if it does not exist."""
    existing = stored().get((ref.pk, ref.sk))
    item = ref.model.from_raw_data(existing) if existing else ref.new()
    for name, value in attributes.items():
        setattr(item, name, value)
    write_items(item)


def without_limits(items: Stored) -> Stored:
    """Return the items without the counters of rate limits."""
    return {key: item for key, item in items.items() if not key[0].startswith("LIMIT#")}


_VOLATILE = {"version", "last_updated", "last_four", "list_sk", "window", "fences"}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\b1\d{9}(?:\d{3})?\b")
"""An instant: ISO 8601, or seconds or milliseconds since 1970."""
_ID = re.compile(
    r"\b(?:[0-9a-f]{32,}|IN_[0-9a-f]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|guest-\d{9})\b"
    r"|(?<=<time>#)[0-9a-f]{8}\b(?!-)"
)
"""An id, or the name that a guest gets from its id."""


def meaning(now: Stored, before: Stored) -> set[str]:
    """Return the items as text without limits, leases, instants, and the ids that are new."""
    old_ids = set(_ID.findall(json.dumps(list(before.values()))))
    items = [
        json.dumps(
            {name: _in_hours(name, v) for name, v in item.items() if name not in _VOLATILE},
            sort_keys=True,
        )
        for (pk, _), item in without_limits(now).items()
        if not pk.startswith("LEASE#")
    ]
    timeless = [_TIME.sub("<time>", item) for item in items]
    return {_ID.sub(lambda id: id[0] if id[0] in old_ids else "<new>", item) for item in timeless}


def _in_hours(name: str, value: Any) -> Any:
    """Return a streamed time in hours, because a retry takes seconds. Another attribute stays."""
    return round(int(value["N"]) / 3_600) if name == "streamed_seconds" else value
