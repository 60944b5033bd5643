"""The standing of an account: an item for each user who is suspended or deleted."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from footlight import clock
from footlight.literals import StandingState
from footlight.tables.attributes import InstantAttribute, LiteralAttribute, optional
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Listing, Ref

LISTED_SUSPENDED = "SUSPENDED"


class Standing(Item, discriminator="standing"):
    """Why an account isn't in good standing, since `at`, and at most until `until`.

    An item whose `until` has passed means nothing. Deleted accounts have no `until`. Suspensions
    are listed by when LiveKit must be changed next.
    """

    user_id = UnicodeAttribute()
    state = LiteralAttribute[StandingState]()
    reason = optional(UnicodeAttribute())
    until = optional(InstantAttribute())
    at = InstantAttribute()


def standing_ref(user_id: str) -> Ref[Standing]:
    return Ref(Standing, f"STANDING#{user_id}", "STANDING")


def by_due(user_id: str, due: datetime | None) -> Listing:
    """Return the place in the list of suspensions. Those without a date come last."""
    return Listing(LISTED_SUSPENDED, f"{clock.iso(due) if due else 'never'}#{user_id}")


def all_suspensions() -> list[Standing]:
    """Return all suspensions, from the index. There are few, so one query returns them."""
    with unavailable_on_faults():
        return list(Standing.lists.query(LISTED_SUSPENDED))  # pyright: ignore[reportArgumentType, reportReturnType]


def is_good() -> Condition:
    """Return the condition that a standing doesn't exist, or has ended."""
    return Standing.pk.does_not_exist() | (Standing.until <= clock.now())
