"""Users and the settings of their channels."""

import hashlib
from datetime import datetime
from typing import Any, Final, Literal

from pynamodb.attributes import Attribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition, size

from footlight import clock
from footlight.tables.attributes import InstantAttribute, IntegerAttribute, optional
from footlight.tables.items import Item, Listing, Ref, get

LISTED_CHANNELS = "CHANNELS"

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


def profile(user_id: str) -> Ref[Profile]:
    return Ref(Profile, f"USER#{user_id}", "PROFILE")


def stream(user_id: str) -> Ref[Stream]:
    return Ref(Stream, f"USER#{user_id}", "STREAM")


def by_last_change(user_id: str, changed_at: datetime) -> Listing:
    """Return the place of a channel in the list of all channels, in which the newest is last."""
    return Listing(LISTED_CHANNELS, f"{clock.iso(changed_at)}#{user_id}")


def has_room_for_moderator(user_id: str, most: int) -> Condition:
    """Return the condition that a user is no moderator and that there are fewer than `most`."""
    moderators = Stream.moderators
    return moderators.does_not_exist() | (~moderators.contains(user_id) & (size(moderators) < most))


def user_id_of(username: str) -> str | None:
    """Return the user id for a username, or None if it is free."""
    claim = get(name(username), consistent=True)
    return claim.user_id if claim else None
