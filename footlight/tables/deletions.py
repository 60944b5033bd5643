"""Accounts that are being deleted: an outbox item for each, until all its steps are done."""

from datetime import datetime
from typing import Final, Literal, get_args

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from footlight import clock
from footlight.tables.attributes import InstantAttribute, optional
from footlight.tables.items import Item, Listing, Ref

LISTED = "DELETIONS"

DeletionStep = Literal[
    "messages",
    "chat",
    "ingress",
    "room",
    "follows",
    "followers",
    "blocks",
    "moderating",
    "broadcasts",
    "sign_in",
]
STEPS: Final[tuple[DeletionStep, ...]] = get_args(DeletionStep)


class Deletion(Item, discriminator="deletion"):
    """What is left of an account, and the steps that remain. Listed by the time of its next run.

    `subject` is the account at the identity provider, which nothing else stores as plain text.
    `email_hash` names the person's `FormerEmail`.
    `position` is where the search for the channels that the user moderates continues. `is_final`
    marks the last pass.
    """

    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    subject = UnicodeAttribute()
    subject_key = UnicodeAttribute()
    deleted_at = InstantAttribute()
    due_at = InstantAttribute()
    remaining = optional(UnicodeSetAttribute())
    email_hash = optional(UnicodeAttribute())
    position: JSONAttribute = JSONAttribute(null=True)
    is_final = BooleanAttribute(default=False)


def deletion(user_id: str) -> Ref[Deletion]:
    return Ref(Deletion, f"DELETION#{user_id}", "DELETION")


def by_due(user_id: str, due_at: datetime) -> Listing:
    """Return the place in the list of all deletions, the one that is due first."""
    return Listing(LISTED, f"{clock.iso(due_at)}#{user_id}")
