"""People and their channels' settings."""

import hashlib
from datetime import datetime

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from footlight import clock
from footlight.tables.base import Item, Key, get

LISTED_CHANNELS = "CHANNELS"


class Name(Item, discriminator="name"):
    """The claim of a username."""

    user_id = UnicodeAttribute()


class Skeleton(Item, discriminator="skeleton"):
    """The claim of what look-alike usernames have in common."""

    user_id = UnicodeAttribute()


class Subject(Item, discriminator="subject"):
    """Somebody at the identity provider, and who they are here."""

    user_id = UnicodeAttribute()
    username = UnicodeAttribute()


class Profile(Item, discriminator="profile"):
    """What others see of a user."""

    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    bio = UnicodeAttribute(default="")
    image = UnicodeAttribute(null=True)
    follower_count = NumberAttribute(default=0)
    created_at = UnicodeAttribute()


class Stream(Item, discriminator="stream"):
    """A channel's settings; listed by its last change.

    `moderators`: user ids. `chat_cleared_ms`: what was said in the chat until then is not shown.
    """

    user_id = UnicodeAttribute()
    title = UnicodeAttribute()
    thumbnail = UnicodeAttribute(null=True)
    is_chat_enabled = BooleanAttribute(default=True)
    is_chat_delayed = BooleanAttribute(default=False)
    is_chat_followers_only = BooleanAttribute(default=False)
    chat_delay_seconds = NumberAttribute(default=3)
    chat_followers_minutes = NumberAttribute(default=0)
    is_chat_signed_in_only = BooleanAttribute(default=False)
    are_chat_links_blocked = BooleanAttribute(default=False)
    are_chat_repeats_blocked = BooleanAttribute(default=False)
    chat_blocked_words = UnicodeSetAttribute(null=True)
    chat_cleared_ms = NumberAttribute(default=0)
    moderators = UnicodeSetAttribute(null=True)
    signed_in_only_until = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()


def name_key(username: str) -> Key:
    return f"NAME#{username}", "NAME"


def skeleton_key(skeleton: str) -> Key:
    return f"SKELETON#{skeleton}", "SKELETON"


def subject_key(issuer: str, subject: str) -> Key:
    """Keyed by issuer and subject together, hashed: the provider's words are not kept."""
    digest = hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
    return f"SUBJECT#{digest}", "SUBJECT"


def profile_key(user_id: str) -> Key:
    return f"USER#{user_id}", "PROFILE"


def stream_key(user_id: str) -> Key:
    """Key of the settings item (not the secret that an encoder sends)."""
    return f"USER#{user_id}", "STREAM"


def listed_by_change(user_id: str, changed_at: datetime) -> Key:
    """`list_pk` and `list_sk` of a channel's settings: newest change last."""
    return LISTED_CHANNELS, f"{clock.iso(changed_at)}#{user_id}"


def user_id_of(username: str) -> str | None:
    """The user id behind a username, None where nobody has it."""
    item = get(name_key(username), consistent=True)
    return item.user_id if isinstance(item, Name) else None
