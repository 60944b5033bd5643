"""Who may post to a chat, and when: the contract as a table of rules, checked in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from footlight.literals import Role, State

Followers = Literal["anyone", "followers", "followers of ten minutes"]
Trouble = Literal["", "blocked", "timed out", "kept out", "all of these"]
"""What a moderator did to the sender. Guests are *kept out* while the channel requires sign-in."""
Follows = Literal["not", "for a minute", "for long"]
Posted = Literal["ten seconds ago", "a second ago", "too often"]
Flaw = Literal["link", "word", "repeat", "long"]


class Setting(NamedTuple):
    """The chat settings of a creator. Slow mode allows one message in three seconds."""

    enabled: bool
    slow: bool
    followers: Followers
    signed_in_only: bool
    no_links: bool = False
    no_repeats: bool = False
    words: bool = False


class Author(NamedTuple):
    """A viewer who posts, and the flaws of the message."""

    role: Role
    trouble: Trouble = ""
    follows: Follows = "not"
    posted: Posted = "a second ago"
    flaws: tuple[Flaw, ...] = ()


class Case(NamedTuple):
    """A message, and the state of the channel when it arrives."""

    setting: Setting
    author: Author
    state: State


@dataclass(frozen=True)
class Rule:
    """A reason to refuse a message, with the status and the code of the response.

    A rule without `for_all` exempts the host and the moderators.
    """

    status: int
    code: str
    applies: Callable[[Case], bool]
    for_all: bool = False
    retry_after_ms: int | None = None


def _is(case: Case, trouble: Trouble) -> bool:
    return case.author.trouble in (trouble, "all of these")


CONTRACT: list[Rule] = [
    Rule(409, "host_offline", lambda c: c.state == "offline", for_all=True),
    Rule(403, "chat_disabled", lambda c: not c.setting.enabled, for_all=True),
    Rule(403, "blocked", lambda c: _is(c, "blocked"), for_all=True),
    Rule(403, "timed_out", lambda c: _is(c, "timed out"), for_all=True, retry_after_ms=90_000),
    Rule(
        403,
        "signed_in_only",
        lambda c: c.author.role == "guest" and (c.setting.signed_in_only or _is(c, "kept out")),
    ),
    Rule(
        403,
        "followers_only",
        lambda c: c.setting.followers != "anyone" and c.author.follows == "not",
    ),
    Rule(
        403,
        "followers_only",
        lambda c: (
            c.setting.followers == "followers of ten minutes" and c.author.follows == "for a minute"
        ),
        retry_after_ms=540_000,
    ),
    Rule(
        429,
        "slow_mode",
        lambda c: c.setting.slow and c.author.posted != "ten seconds ago",
        retry_after_ms=2_000,
    ),
    Rule(
        429,
        "rate_limited",
        lambda c: c.author.posted == "too often",
        for_all=True,
        retry_after_ms=6_000,
    ),
    Rule(422, "text_too_long", lambda c: "long" in c.author.flaws, for_all=True),
    Rule(422, "not_allowed: word", lambda c: c.setting.words and "word" in c.author.flaws),
    Rule(422, "not_allowed: Links", lambda c: c.setting.no_links and "link" in c.author.flaws),
    Rule(
        422, "not_allowed: just sent", lambda c: c.setting.no_repeats and "repeat" in c.author.flaws
    ),
]
"""The first rule that applies decides."""


def deciding_rule(case: Case) -> Rule | None:
    """Return the rule that refuses a message, or None if it's accepted."""
    is_exempt = case.author.role in ("host", "moderator")
    for rule in CONTRACT:
        if rule.applies(case) and (rule.for_all or not is_exempt):
            return rule
    return None
