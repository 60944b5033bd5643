"""A creator's ingress. LiveKit keeps the stream key itself, so it is not stored here."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from footlight import clock
from footlight.literals import Armed, InputType
from footlight.tables.attributes import (
    InstantAttribute,
    IntegerAttribute,
    LiteralAttribute,
    optional,
)
from footlight.tables.items import Item, Listing, Ref

LISTED_ARMED = "ARMED"


class Ingress(Item, discriminator="key"):
    """The current ingress and when its stream key works. Listed by `armed_until`, if it has one."""

    user_id = UnicodeAttribute()
    version = IntegerAttribute(default=0)
    ingress_id = optional(UnicodeAttribute())
    input_type = optional(LiteralAttribute[InputType]())
    last_four = optional(UnicodeAttribute())
    created_at = optional(InstantAttribute())
    armed = LiteralAttribute[Armed](default="always")
    armed_until = optional(InstantAttribute())


class IngressOwner(Item, discriminator="ingress"):
    """The owner of an ingress, by which a webhook finds the channel.

    Written in the transaction of the key reset, because an index would lag.
    """

    user_id = UnicodeAttribute()


def ingress_ref(user_id: str) -> Ref[Ingress]:
    return Ref(Ingress, f"USER#{user_id}", "KEY")


def owner_ref(ingress_id: str) -> Ref[IngressOwner]:
    return Ref(IngressOwner, f"INGRESS#{ingress_id}", "INGRESS")


def by_armed_until(user_id: str, until: datetime) -> Listing:
    """Return the place in the list of keys that expire, soonest first."""
    return Listing(LISTED_ARMED, f"{clock.iso(until)}#{user_id}")
