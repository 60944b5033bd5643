"""A creator's ingress. The stream key itself is LiveKit's and is not kept here."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from footlight import clock
from footlight.tables.base import Item
from footlight.tables.base import Key as ItemKey

LISTED_ARMED = "ARMED"


class Key(Item, discriminator="key"):
    """The current ingress and when its key works; listed by the end of that, where it has one."""

    user_id = UnicodeAttribute()
    version = NumberAttribute(default=0)
    ingress_id = UnicodeAttribute(null=True)
    input_type = UnicodeAttribute(null=True)
    last_four = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    armed = UnicodeAttribute(default="always")
    armed_until = UnicodeAttribute(null=True)


class IngressOwner(Item, discriminator="ingress"):
    """Whose ingress this is: written in the transaction of its reset, since an index would lag."""

    user_id = UnicodeAttribute()


def key_key(user_id: str) -> ItemKey:
    return f"USER#{user_id}", "KEY"


def owner_key(ingress_id: str) -> ItemKey:
    return f"INGRESS#{ingress_id}", "INGRESS"


def listed_armed(user_id: str, until: datetime) -> ItemKey:
    """`list_pk` and `list_sk` of a key that works for a while."""
    return LISTED_ARMED, f"{clock.iso(until)}#{user_id}"
