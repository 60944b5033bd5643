"""Pure: decide whether a sender may post a message now.

The rules apply in this order, each with its own refusal:

1. The host isn't offline, and the chat is on.
2. The sender isn't blocked or timed out.
3. The sender is signed in and has followed long enough, if the chat requires it.
4. Slow mode, then the flood limit of all chats together, then the limit of chats at a time.
5. The length of the text.
6. Blocked words, links, and repeats.

The host and the moderators are exempt from 3, from slow mode, and from 6.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from footlight.literals import Role, State

MAX_CHARACTERS = 500
"""Code points. In UTF-8 they take at most 2,000 bytes."""

REPEAT_MS = 30_000

MINUTE_MS = 60_000


MAX_CHATS = 10
"""A sender's last messages are kept for so many chats, so that they fit in the one kilobyte of
which DynamoDB bills a write of one unit."""

MAX_QUOTED = 60
"""Characters of a link that a refusal quotes."""

CHAT_MS = 300_000
"""How long a chat counts toward `MAX_CHATS` after a message: as long as the longest slow mode."""


class Flood(NamedTuple):
    """The flood limit: a number of messages per number of seconds, in all chats together.

    It applies to every sender.
    """

    times: int
    seconds: int

    @property
    def length_ms(self) -> int:
        return self.seconds * 1000

    def window(self, now_ms: int) -> int:
        """Return the number of the current window since 1970."""
        return now_ms // self.length_ms


@dataclass(frozen=True)
class Rules:
    """A creator's chat settings. `delay_ms` and `followers_ms` are None if that rule is off."""

    is_enabled: bool = True
    delay_ms: int | None = None
    followers_ms: int | None = None
    is_signed_in_only: bool = False
    are_links_blocked: bool = False
    are_repeats_blocked: bool = False
    blocked_words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LastMessage:
    """A sender's last message in this chat."""

    sent_ms: int
    fingerprint: str


@dataclass(frozen=True)
class Sent:
    """How many messages a sender posted in a window of the flood limit, in all chats together.

    `chat_times` are the times of the last messages in other chats, in milliseconds.
    """

    window: int
    times: int
    chat_times: Sequence[int] = ()


@dataclass(frozen=True)
class Sender:
    """The sender of a message, and the sender's relation to the host.

    `may_not_watch` is True if the host's stream is closed to guests and the sender is a guest.
    `following_since_ms` is None if the sender doesn't follow the host.
    """

    role: Role
    is_blocked: bool = False
    may_not_watch: bool = False
    timed_out_until_ms: int = 0
    following_since_ms: int | None = None
    last_message: LastMessage | None = None
    sent: Sent | None = None

    @property
    def is_exempt(self) -> bool:
        """True if the rules for viewers don't apply."""
        return self.role in ("host", "moderator")

    def delay_ms(self, rules: Rules) -> int | None:
        """Return the delay between messages that slow mode requires of this sender."""
        return None if self.is_exempt else rules.delay_ms


@dataclass(frozen=True)
class Draft:
    """The text to post, and the first address in it, if the rules allow no links."""

    text: str
    address: str | None = None


@dataclass(frozen=True)
class Situation:
    """The rest that a decision depends on: the stream's state, the flood limit, and the time."""

    state: State
    flood: Flood
    now_ms: int


def refusal(sender: Sender, rules: Rules, draft: Draft, situation: Situation) -> Refused | None:
    """Return why the message may not be posted, or None if it may."""
    if situation.state == "offline":
        return HostOffline()
    if not rules.is_enabled:
        return ChatDisabled()
    if sender.is_blocked:
        return Blocked()
    if sender.timed_out_until_ms > situation.now_ms:
        return TimedOut(sender.timed_out_until_ms - situation.now_ms)
    return (
        (None if sender.is_exempt else _audience_refusal(sender, rules, situation.now_ms))
        or _rate_refusal(sender, rules, situation)
        or _length_refusal(draft)
        or (None if sender.is_exempt else _content_refusal(sender, rules, draft, situation.now_ms))
    )


def _audience_refusal(sender: Sender, rules: Rules, now_ms: int) -> Refused | None:
    if sender.role == "guest" and sender.may_not_watch:
        return SignedInOnly()
    if sender.role == "guest" and rules.is_signed_in_only:
        return SignedInOnly("Sign in to chat here")
    if rules.followers_ms is None:
        return None
    if sender.following_since_ms is None:
        return FollowersOnly()
    wait_ms = sender.following_since_ms + rules.followers_ms - now_ms
    return FollowersOnly(wait_ms) if wait_ms > 0 else None


def _rate_refusal(sender: Sender, rules: Rules, situation: Situation) -> Refused | None:
    last, flood, now_ms = sender.last_message, situation.flood, situation.now_ms
    delay_ms = sender.delay_ms(rules)
    if last is not None and delay_ms is not None:
        wait_ms = last.sent_ms + delay_ms - now_ms
        if wait_ms > 0:
            return SlowMode(wait_ms)
    if sender.sent is None:
        return None
    window = flood.window(now_ms)
    if sender.sent.window == window and sender.sent.times >= flood.times:
        return RateLimited((window + 1) * flood.length_ms - now_ms)
    recent = sorted(at for at in sender.sent.chat_times if at > now_ms - CHAT_MS)
    if last is None and len(recent) >= MAX_CHATS:
        return RateLimited(recent[-MAX_CHATS] + CHAT_MS - now_ms)
    return None


def _length_refusal(draft: Draft) -> Refused | None:
    return TextTooLong() if len(draft.text) > MAX_CHARACTERS else None


def _content_refusal(sender: Sender, rules: Rules, draft: Draft, now_ms: int) -> Refused | None:
    if blocked_words.has_any(rules.blocked_words, draft.text):
        return NotAllowed("Your message contains a blocked word")
    if rules.are_links_blocked and draft.address:
        return NotAllowed(f"Links aren't allowed in this chat: {_quoted(draft.address)}")
    last = sender.last_message
    if (
        rules.are_repeats_blocked
        and last is not None
        and now_ms - last.sent_ms < REPEAT_MS
        and last.fingerprint == fingerprint(draft.text)
    ):
        return NotAllowed("You just sent this message")
    return None


def fingerprint(text: str) -> str:
    """Return a hash by which repeats are recognized.

    Case, blanks, accents, and invisible characters don't change it.
    """
    letters = "".join(blocked_words.undisguise(text).split())
    return hashlib.sha256(letters.encode()).hexdigest()[:16]


def _quoted(address: str) -> str:
    return address if len(address) <= MAX_QUOTED else f"{address[:MAX_QUOTED]}…"
