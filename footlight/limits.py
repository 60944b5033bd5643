"""Rate limits. Each use costs one conditional write to a counter in the table.

Counters use fixed windows. A caller can therefore spend two windows' allowance around a boundary.
That is acceptable here, because the limits only stop floods.
"""

import hashlib
import hmac
import ipaddress
from typing import Final, Literal, NamedTuple, get_args

from footlight import clock, settings
from footlight.errors import RateLimited
from footlight.tables.limits import Taken, taken
from footlight.tables.transactions import commit, upsert

Name = Literal[
    "token",
    "guest_token",
    "session",
    "ingress",
    "reset",
    "export",
    "write",
    "chat",
    "guest_chat",
    "report",
    "guest_report",
]


class Limit(NamedTuple):
    """A number of uses per number of seconds."""

    times: int
    seconds: int


LIMITS: Final[dict[Name, Limit]] = {
    "token": Limit(60, 60),
    "guest_token": Limit(2_000, 60),
    "session": Limit(2_000, 60),
    "ingress": Limit(60, 60),
    "reset": Limit(5, 3600),
    "export": Limit(10, 3600),
    "write": Limit(60, 60),
    "chat": Limit(30, 10),
    "guest_chat": Limit(60, 60),
    "report": Limit(20, 3600),
    "guest_report": Limit(20, 3600),
}
"""The default limits. An operator can change them with `FOOTLIGHT_LIMITS`.

- `token`: viewer tokens per person
- `guest_token`: viewer tokens for all guests at one address. A lecture hall of 1,000 shares one,
  and all of them may reconnect within the same minute
- `session`: calls of the identity provider for all browsers at one address: the end of a sign-in,
  access tokens, sign-out. As many as `guest_token`, for the same hall
- `ingress`: reads of a creator's ingress, each a call of LiveKit. The keys page reads it 20 times a
  minute, the dashboard 12 times
- `reset`: stream key resets per creator
- `export`: downloads per person of what the site holds about them
- `write`: all other changes per person
- `chat`: messages per person, in all chats together
- `guest_chat`: messages from all guests at one address, in all chats together. Without it, clearing
  the cookie would reset slow mode.
- `report`: reports to the operators per person
- `guest_report`: reports to the operators by all guests at one address

`footlight.chat` counts `chat` in the transaction that stores the message, and `guest_chat` right
before it.
"""


def count_or_refuse(name: Name, subject: str) -> None:
    """Count one use of a limit by a person, an address, or a chat member, in this window.

    Raises:
        RateLimited: the limit is reached. It has the remaining time of the window.
    """
    times, seconds = limit(name)
    now_ms = clock.now_ms()
    length_ms = seconds * 1000
    window = now_ms // length_ms
    ends_ms = (window + 1) * length_ms
    counted = upsert(
        taken(name, subject, window),
        Taken.times.set((Taken.times | 0) + 1),
        Taken.expires_at.set(ends_ms // 1000 + 60),
        condition=Taken.pk.does_not_exist() | (Taken.times < times),
    )
    if not commit(counted):
        raise RateLimited(ends_ms - now_ms)


def address_key(address: str, key: bytes) -> str:
    """Return the counter key of an address: an HMAC, so that the table contains no addresses.

    IPv6 addresses count by their first 64 bits, which one household or phone shares. An
    IPv4-mapped IPv6 address counts as the IPv4 address.
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


def limit(name: Name) -> Limit:
    """Return a limit: the operator's, or the default."""
    configured = settings.limits().get(name)
    return Limit(*configured) if configured else LIMITS[name]


def names() -> tuple[str, ...]:
    """Return the names of the limits that an operator may set."""
    return get_args(Name)
