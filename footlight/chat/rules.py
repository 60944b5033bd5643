"""Pure: may this person post this message now?

The rules in their order, each with its own refusal: the host is not offline; the chat is on; not
blocked; not timed out; signed in, where that is asked; a follower, where that is asked, for long
enough; slow mode, then floods; the length; blocked words, links, repeats. The host and the
moderators are free of what is about followers, guests, slow mode and content.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from footlight.chat import blocked_words
from footlight.errors import (
    Blocked,
    ChatDisabled,
    FollowersOnly,
    HostOffline,
    NotAllowed,
    RateLimited,
    Refused,
    SignedInOnly,
    SlowMode,
    TextTooLong,
    TimedOut,
)
from footlight.live.state import State

Role = Literal["host", "moderator", "viewer", "guest"]

MOST_CHARACTERS = 500
"""Code points; in UTF-8 they are never more than 2000 bytes."""

REPEAT_MS = 30_000

MINUTE_MS = 60_000


class Flood(NamedTuple):
    """So many messages in so many seconds are a flood, whoever sends them."""

    times: int
    seconds: int

    @property
    def length_ms(self) -> int:
        return self.seconds * 1000

    def window(self, now_ms: int) -> int:
        """The number of the present stretch of time since 1970."""
        return now_ms // self.length_ms


@dataclass(frozen=True)
class Rules:
    """A creator's choices. `delay_ms`, `followers_ms`: None where that rule is off."""

    is_enabled: bool = True
    delay_ms: int | None = None
    followers_ms: int | None = None
    is_signed_in_only: bool = False
    are_links_blocked: bool = False
    are_repeats_blocked: bool = False
    blocked_words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Before:
    """What somebody wrote before: when last, its `fingerprint`, and how many in that window."""

    last_sent_ms: int
    last_text: str
    window: int
    times: int


@dataclass(frozen=True)
class Sender:
    """Somebody who wants to write, and how they stand to the host.

    `is_kept_out`: guests may not even watch. `following_since_ms`: None for who does not follow.
    """

    role: Role
    is_blocked: bool = False
    is_kept_out: bool = False
    timed_out_until_ms: int = 0
    following_since_ms: int | None = None
    before: Before | None = None

    @property
    def is_exempt(self) -> bool:
        """Whether the rules for viewers don't hold for them."""
        return self.role in ("host", "moderator")


def refusal(
    sender: Sender,
    rules: Rules,
    state: State,
    flood: Flood,
    text: str,
    *,
    has_links: bool,
    now_ms: int,
) -> Refused | None:
    """Why the message may not be posted, None where it may. `state`: of the host's stream."""
    if state == "offline":
        return HostOffline()
    if not rules.is_enabled:
        return ChatDisabled()
    if sender.is_blocked:
        return Blocked()
    if sender.timed_out_until_ms > now_ms:
        return TimedOut(sender.timed_out_until_ms - now_ms)
    return (
        (None if sender.is_exempt else _not_among_those(sender, rules, now_ms))
        or _too_soon(sender, rules, flood, now_ms)
        or _too_long(text)
        or (None if sender.is_exempt else _not_wanted(sender, rules, text, has_links, now_ms))
    )


def _not_among_those(sender: Sender, rules: Rules, now_ms: int) -> Refused | None:
    if sender.role == "guest" and sender.is_kept_out:
        return SignedInOnly()
    if sender.role == "guest" and rules.is_signed_in_only:
        return SignedInOnly("Sign in to chat here")
    if rules.followers_ms is None:
        return None
    if sender.following_since_ms is None:
        return FollowersOnly()
    left_ms = sender.following_since_ms + rules.followers_ms - now_ms
    return FollowersOnly(left_ms) if left_ms > 0 else None


def _too_soon(sender: Sender, rules: Rules, flood: Flood, now_ms: int) -> Refused | None:
    before = sender.before
    if before is None:
        return None
    if rules.delay_ms is not None and not sender.is_exempt:
        left_ms = before.last_sent_ms + rules.delay_ms - now_ms
        if left_ms > 0:
            return SlowMode(left_ms)
    window = flood.window(now_ms)
    if before.window == window and before.times >= flood.times:
        return RateLimited((window + 1) * flood.length_ms - now_ms)
    return None


def _too_long(text: str) -> Refused | None:
    return TextTooLong() if len(text) > MOST_CHARACTERS else None


def _not_wanted(
    sender: Sender, rules: Rules, text: str, has_links: bool, now_ms: int
) -> Refused | None:
    if blocked_words.has_any(rules.blocked_words, text):
        return NotAllowed("It has a word that is not wanted here")
    if rules.are_links_blocked and has_links:
        return NotAllowed("Links are not allowed here")
    before = sender.before
    if (
        rules.are_repeats_blocked
        and before is not None
        and now_ms - before.last_sent_ms < REPEAT_MS
        and before.last_text == fingerprint(text)
    ):
        return NotAllowed("You have just said that")
    return None


def fingerprint(text: str) -> str:
    """Two texts that say the same have the same: case, blanks and invisible ones don't count."""
    said = "".join(blocked_words.plain(text).split())
    return hashlib.sha256(said.encode()).hexdigest()[:16]
