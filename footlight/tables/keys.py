"""A creator's ingress. The stream key itself is LiveKit's and is not kept here."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from footlight.tables.base import Item
from footlight.tables.base import Key as ItemKey


class Key(Item, discriminator="key"):
    """The current ingress, and the lease of whoever is resetting it."""

    user_id = UnicodeAttribute()
    version = NumberAttribute(default=0)
    ingress_id = UnicodeAttribute(null=True)
    input_type = UnicodeAttribute(null=True)
    last_four = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    lease_until_ms = NumberAttribute(null=True)
    lease_id = UnicodeAttribute(null=True)


class IngressOwner(Item, discriminator="ingress"):
    """Whose ingress this is: written in the transaction of its reset, since an index would lag."""

    user_id = UnicodeAttribute()


def key_key(user_id: str) -> ItemKey:
    return f"USER#{user_id}", "KEY"


def owner_key(ingress_id: str) -> ItemKey:
    return f"INGRESS#{ingress_id}", "INGRESS"
