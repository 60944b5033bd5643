"""A creator's key item, and when the key works."""

from datetime import datetime, timedelta
from typing import Final, Literal

from pynamodb.expressions.update import Action

from footlight import clock
from footlight.ingress.lease import transaction_of
from footlight.live import record
from footlight.live.state import EndedByCreator
from footlight.tables import base, legacy
from footlight.tables.attributes import assign
from footlight.tables.ingress import Key, key_key, listed_armed
from footlight.tables.leases import Hold

Armed = Literal["off", "always", "half_hour"]
HALF_HOUR: Final = timedelta(minutes=30)


def key_of(user_id: str) -> Key:
    """The key item, an empty one before the first reset."""
    found = base.get(key_key(user_id), consistent=True)
    return found if isinstance(found, Key) else Key(*key_key(user_id), user_id=user_id)


def armed_of(key: Key, now: datetime) -> tuple[Armed, datetime | None]:
    """When the key works: `half_hour` until an instant, and `off` after it."""
    if key.armed == "off":
        return "off", None
    if key.armed == "always":
        return "always", None
    until = key.armed_until
    return ("half_hour", until) if until and now < until else ("off", None)


def is_armed(key: Key, now: datetime) -> bool:
    """Whether an encoder may use the key now."""
    return armed_of(key, now)[0] != "off"


def write_armed(held: Hold, key: Key, armed: Armed, *, ends_broadcast: bool = False) -> None:
    """Records when the key works; `half_hour` begins now. Raises ResetInProgress, Unavailable.

    `ends_broadcast`: by its creator, in the same transaction.
    """
    until = clock.now() + HALF_HOUR if armed == "half_hour" else None
    key.armed, key.armed_until = armed, until
    key.list_pk, key.list_sk = listed_armed(key.user_id, until) if until else (None, None)
    actions: list[Action] = [
        Key.armed.set(armed),
        assign(Key.armed_until, until),
        assign(Key.list_pk, key.list_pk),
        assign(Key.list_sk, key.list_sk),
    ]

    def attempt() -> None:
        end = record.prepare(key.user_id, EndedByCreator(), "creator") if ends_broadcast else None
        with transaction_of(held) as write:
            write.update(Key(key.pk, key.sk), actions=actions, condition=Key.pk.exists())
            if end and end.is_changed:
                end.write(write)
        if end:
            end.tell()

    legacy.retried(attempt)
