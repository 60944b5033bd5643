"""Users and the settings of their channels."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, Literal

from pynamodb.attributes import Attribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition, size

from footlight import clock
from footlight.tables.attributes import (
    ExpiryAttribute,
    InstantAttribute,
    IntegerAttribute,
    optional,
)
from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import PAGE, Item, Listing, Ref, get
from footlight.tables.standing import Standing, by_due, standing_ref

LISTED_CHANNELS = "CHANNELS"
LISTED_BLOCKED = "FORMER"

ALWAYS: Final = "always"
"""Instead of an instant: guests can't watch until the creator turns this off."""


class UntilAttribute(Attribute[datetime | Literal["always"]]):
    """An instant, or `always`, stored as text."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        return ALWAYS if value == ALWAYS else clock.iso(value)

    def deserialize(self, value: str) -> Any:
        return ALWAYS if value == ALWAYS else clock.parse(value)


class Name(Item, discriminator="name"):
    """The claim of a username."""

    user_id = UnicodeAttribute()


class Skeleton(Item, discriminator="skeleton"):
    """The claim of what look-alike usernames have in common."""

    user_id = UnicodeAttribute()


class Subject(Item, discriminator="subject"):
    """An account at the identity provider, and the user that it belongs to."""

    user_id = UnicodeAttribute()
    username = UnicodeAttribute()


class Reservation(Item, discriminator="reservation"):
    """The username of a deleted account, or its skeleton, which only the same person can choose.

    An item whose `until` has passed means nothing.
    """

    user_id = UnicodeAttribute()
    until = InstantAttribute()
    expires_at = ExpiryAttribute()


class FormerUser(Item, discriminator="former_user"):
    """The user id that a deleted account had, so that the same person gets it again.

    Blocks and timeouts still hold then, and so does a suspension, which is kept here. The item has
    no `expires_at` as long as the deletion runs, and if a block or suspension has no end. Items
    that only a block keeps are listed by when the blocks must be read next. `email_hash` names the
    person's `FormerEmail`.
    """

    user_id = UnicodeAttribute()
    suspended_at = optional(InstantAttribute())
    suspended_until = optional(InstantAttribute())
    suspension_reason = optional(UnicodeAttribute())
    email_hash = optional(UnicodeAttribute())
    expires_at = optional(ExpiryAttribute())

    def suspend(self, standing: Standing) -> None:
        """Keep a suspension until the person returns."""
        self.suspended_at, self.suspended_until = standing.at, standing.until
        self.suspension_reason = standing.reason

    def suspension(self) -> Standing | None:
        """Return the standing that the account has after a return, or None if it's good."""
        if self.suspended_at is None:
            return None
        return standing_ref(self.user_id).new(
            user_id=self.user_id,
            state="suspended",
            reason=self.suspension_reason,
            until=self.suspended_until,
            at=self.suspended_at,
            **by_due(self.user_id, self.suspended_until).attributes(),
        )


class FormerEmail(Item, discriminator="former_email"):
    """The email address that a deleted account had in the stack's own user pool, as a keyed hash.

    It leads to the `FormerUser` of a person who signs up again, and is kept as long.
    """

    subject_key = UnicodeAttribute()
    expires_at = optional(ExpiryAttribute())


class Profile(Item, discriminator="profile"):
    """What others see of a user."""

    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    bio = UnicodeAttribute(default="")
    image = optional(UnicodeAttribute())
    follower_count = IntegerAttribute(default=0)
    created_at = InstantAttribute()


class Stream(Item, discriminator="stream"):
    """A channel's settings, listed by last change.

    `moderators` are user ids. Messages sent up to `chat_cleared_ms` are hidden. `block_count` is
    the number of the host's blocks, except those from before release 0.3.0.
    """

    user_id = UnicodeAttribute()
    title = UnicodeAttribute()
    thumbnail = optional(UnicodeAttribute())
    is_chat_enabled = BooleanAttribute(default=True)
    is_chat_delayed = BooleanAttribute(default=False)
    is_chat_followers_only = BooleanAttribute(default=False)
    chat_delay_seconds = IntegerAttribute(default=3)
    chat_followers_minutes = IntegerAttribute(default=0)
    is_chat_signed_in_only = BooleanAttribute(default=False)
    are_chat_links_blocked = BooleanAttribute(default=False)
    are_chat_repeats_blocked = BooleanAttribute(default=False)
    chat_blocked_words = optional(UnicodeSetAttribute())
    chat_cleared_ms = IntegerAttribute(default=0)
    moderators = optional(UnicodeSetAttribute())
    signed_in_only_until = optional(UntilAttribute())
    is_for_adults = BooleanAttribute(default=False)
    block_count = IntegerAttribute(default=0)
    created_at = InstantAttribute()
    updated_at = InstantAttribute()


def name(username: str) -> Ref[Name]:
    return Ref(Name, f"NAME#{username}", "NAME")


def skeleton(text: str) -> Ref[Skeleton]:
    return Ref(Skeleton, f"SKELETON#{text}", "SKELETON")


def subject(issuer: str, subject: str) -> Ref[Subject]:
    """Return the reference to a provider account, by a hash: the provider's ids are not stored."""
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    return Ref(Subject, f"SUBJECT#{digest}", "SUBJECT")


def name_reservation(username: str) -> Ref[Reservation]:
    return Ref(Reservation, f"NAME#{username}", "RESERVATION")


def skeleton_reservation(text: str) -> Ref[Reservation]:
    return Ref(Reservation, f"SKELETON#{text}", "RESERVATION")


def is_free_for(user_id: str) -> Condition:
    """Return the condition that a user may choose a reserved name: their own, or a free one."""
    return (
        Reservation.pk.does_not_exist()
        | (Reservation.user_id == user_id)
        | (Reservation.until <= clock.now())
    )


def former_user(subject_key: str) -> Ref[FormerUser]:
    """Return the reference to a provider account's former user. `subject_key` is `subject().pk`."""
    return Ref(FormerUser, subject_key, "FORMER")


def by_next_read(former: FormerUser, at: datetime) -> Listing:
    """Return the place in the list of former users whom a block keeps, the one due first."""
    return Listing(LISTED_BLOCKED, f"{clock.iso(at)}#{former.user_id}")


def former_email(email_hash: str) -> Ref[FormerEmail]:
    return Ref(FormerEmail, f"EMAIL#{email_hash}", "FORMER")


def profile(user_id: str) -> Ref[Profile]:
    return Ref(Profile, f"USER#{user_id}", "PROFILE")


def stream(user_id: str) -> Ref[Stream]:
    return Ref(Stream, f"USER#{user_id}", "STREAM")


def by_last_change(user_id: str, changed_at: datetime) -> Listing:
    """Return the place of a channel in the list of all channels, in which the newest is last.

    Home lists only channels that have streamed (`live.last_broadcast_item`).
    """
    return Listing(LISTED_CHANNELS, f"{clock.iso(changed_at)}#{user_id}")


def has_room_for_moderator(user_id: str, most: int) -> Condition:
    """Return the condition that a user is no moderator and that there are fewer than `most`."""
    moderators = Stream.moderators
    return moderators.does_not_exist() | (~moderators.contains(user_id) & (size(moderators) < most))


def moderated_by(user_id: str, after: Any = None) -> Iterator[tuple[list[str], Any]]:
    """Yield the hosts whom a user moderates, page by page, and where the next page starts.

    It reads the list of all channels, which may lag behind by a second. `after` is the place that
    an earlier page returned. The place is None after the last page.
    """
    with unavailable_on_faults():
        read = Stream.lists.query(
            LISTED_CHANNELS,
            filter_condition=Stream.moderators.contains(user_id),
            last_evaluated_key=after,
            page_size=PAGE,
        ).page_iter
        for page in read:
            found = [item["pk"]["S"].partition("#")[2] for item in page["Items"]]
            yield found, read.last_evaluated_key


def user_id_of(username: str) -> str | None:
    """Return the user id for a username, or None if it is free."""
    claim = get(name(username), consistent=True)
    return claim.user_id if claim else None
