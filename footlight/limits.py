"""How often somebody may do something: one conditional write for each time, in one place.

Time is cut into windows of the limit's length. Somebody who uses up two windows at their border has
twice as many in a short while, which is fine here: what these keep away is a flood.
"""

import hashlib
import hmac
import ipaddress
from typing import Final, Literal, NamedTuple, get_args

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from footlight import clock, settings
from footlight.errors import RateLimited
from footlight.tables import base, transactions
from footlight.tables.limits import Taken, taken_key

Name = Literal["token", "guest_token", "reset", "write", "chat", "guest_chat"]


class Limit(NamedTuple):
    """So many times in so many seconds."""

    times: int
    seconds: int


LIMITS: Final[dict[Name, Limit]] = {
    "token": Limit(60, 60),
    "guest_token": Limit(300, 60),
    "reset": Limit(5, 3600),
    "write": Limit(60, 60),
    "chat": Limit(30, 10),
    "guest_chat": Limit(60, 60),
}
"""By default: viewer tokens of one person; those of all guests of one address, behind which a whole
campus may be; resets of one creator's key; all that one person changes; messages of one person in
one chat; those of all guests of one address in one chat, who else had a new wait with each new
cookie. The last two `footlight.chat` counts by itself, in the write that stores the message."""


class Count(NamedTuple):
    """One time more: what to write, where `condition` holds, and how long the window lasts."""

    key: base.Key
    actions: list[Action]
    condition: Condition
    most: int
    ends_in_ms: int

    def is_too_many(self, item: base.Item | None) -> bool:
        """Whether there were as many as may be, by what the table has at `key`."""
        return isinstance(item, Taken) and item.times >= self.most


def count(name: Name, who: str) -> Count:
    """One time more for somebody, in the window of now."""
    limit = of(name)
    now_ms = clock.now_ms()
    length_ms = limit.seconds * 1000
    window = now_ms // length_ms
    ends_ms = (window + 1) * length_ms
    return Count(
        key=taken_key(name, who, window),
        actions=[
            Taken.kind.set(Taken),
            Taken.times.set((Taken.times | 0) + 1),
            Taken.expires_at.set(ends_ms // 1000 + 60),
        ],
        condition=Taken.pk.does_not_exist() | (Taken.times < limit.times),
        most=limit.times,
        ends_in_ms=ends_ms - now_ms,
    )


def take(name: Name, who: str) -> None:
    """Counts one time more. Raises RateLimited, which says when the next one is let through."""
    one_more = count(name, who)

    def attempt() -> None:
        with base.faults():
            Taken(*one_more.key).update(actions=one_more.actions, condition=one_more.condition)

    try:
        transactions.retried(attempt)
    except UpdateError as error:
        raise RateLimited(one_more.ends_in_ms) from error


def of_address(address: str, key: bytes) -> str:
    """An address as limits know it: keyed, so that nobody reads it out of the table.

    Of IPv6 the first 64 bits, which are what one household or phone has; an IPv4 address in the
    form of IPv6 is that IPv4 address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        if parsed.version == 6:
            parsed = parsed.ipv4_mapped or parsed
        bits = 64 if parsed.version == 6 else 32
        network = str(ipaddress.ip_network((parsed, bits), strict=False))
    return hmac.new(key, network.encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def of(name: Name) -> Limit:
    """The limit of that name: the operator's, or the default."""
    told = settings.limits().get(name)
    return Limit(*told) if told else LIMITS[name]


def names() -> tuple[str, ...]:
    """What an operator may set."""
    return get_args(Name)
