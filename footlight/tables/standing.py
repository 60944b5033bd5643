"""The standing of an account: an item for each user who is suspended or deleted."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from footlight import clock
from footlight.literals import StandingState
from footlight.tables.attributes import (
    ExpiryAttribute,
    InstantAttribute,
    LiteralAttribute,
    optional,
)
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Listing, Ref

LISTED_SUSPENDED = "SUSPENDED"


class Standing(Item, discriminator="standing"):
    """Why an account isn't in good standing, since `at`, and at most until `until`.

    An item whose `until` has passed means nothing. Deleted accounts have no `until`. Suspensions
    are listed by when LiveKit must be changed next. Items of deleted accounts expire.
    """

    user_id = UnicodeAttribute()
    state = LiteralAttribute[StandingState]()
    reason = optional(UnicodeAttribute())
    until = optional(InstantAttribute())
    at = InstantAttribute()
    expires_at = optional(ExpiryAttribute())

    def has_ended(self, now: datetime) -> bool:
        """Return True if the suspension has ended, so that the account is in good standing."""
        return self.until is not None and self.until <= now


def standing_ref(user_id: str) -> Ref[Standing]:
    return Ref(Standing, f"STANDING#{user_id}", "STANDING")


def by_due(user_id: str, due: datetime | None) -> Listing:
    """Return the place in the list of suspensions. Those without a date come last."""
    return Listing(LISTED_SUSPENDED, f"{clock.iso(due) if due else 'never'}#{user_id}")


def all_suspensions() -> list[Standing]:
    """Return all suspensions, from the index. There are few, so one query returns them."""
    with unavailable_on_faults():
        return list(Standing.lists.query(LISTED_SUSPENDED))  # pyright: ignore[reportArgumentType, reportReturnType]


def unchanged(before: Standing | None) -> Condition:
    """Return the condition that a standing means what it meant when it was read."""
    if before is None:
        return Standing.pk.does_not_exist()
    is_same_end = Standing.until.does_not_exist()
    if before.until:
        is_same_end = Standing.until == before.until
    return (Standing.at == before.at) & is_same_end


def is_good() -> Condition:
    """Return the condition that a standing doesn't exist, or has ended."""
    return Standing.pk.does_not_exist() | (Standing.until <= clock.now())
