"""Suspend accounts, and lift suspensions.

The item is all that routes need: it is read with every request. LiveKit is changed in the
background, because it may not answer: `footlight.ingress.suspension`.
"""

from datetime import datetime

from footlight import clock
from footlight.aws import background
from footlight.errors import InvalidRequest, NotFound, Oneself
from footlight.identities import Person
from footlight.operators import log
from footlight.operators.role import Operator, count_change
from footlight.people import usernames
from footlight.tables import users
from footlight.tables.items import get
from footlight.tables.standing import Standing, by_due, standing_ref, unchanged
from footlight.tables.transactions import put, retry, write


def suspend(by: Operator, username: str, reason: str, until: datetime | None) -> None:
    """Suspend an account until an instant, or without an end. Idempotent.

    A suspension with another reason or end replaces the one that exists.

    Raises:
        NotFound: no user has this name.
        Oneself: operators can't suspend themselves.
        InvalidRequest: `until` has passed.
    """
    count_change(by)
    end = clock.truncated(until) if until else None
    if end and end <= clock.now():
        raise InvalidRequest({"until": "Choose an instant in the future"})
    suspend_user(by, find_user(username), reason, end)


def suspend_user(by: Operator, user: Person, reason: str, until: datetime | None) -> None:
    """Suspend an account, as `suspend` does."""
    _refuse_oneself(by, user)
    if retry(lambda: _suspend(by, user, reason, until)):
        background.settle_account(user.id)


def lift(by: Operator, username: str) -> None:
    """End a suspension now. Idempotent.

    Raises:
        NotFound: no user has this name.
        Oneself: operators can't lift their own suspension.
    """
    count_change(by)
    user = find_user(username)
    _refuse_oneself(by, user)
    if retry(lambda: _lift(by, user)):
        background.settle_account(user.id)


def find_user(username: str) -> Person:
    """Return the user with this name."""
    name = usernames.parse(username)
    user_id = users.user_id_of(name) if name else None
    if name is None or user_id is None:
        raise NotFound
    return Person(user_id, name)


def _refuse_oneself(by: Operator, user: Person) -> None:
    if user.id == by.id:
        raise Oneself


def _suspend(by: Operator, user: Person, reason: str, until: datetime | None) -> bool:
    """Write a suspension. Return False if the account already has the same one."""
    now = clock.now()
    before = _standing_of(user)
    if before and not before.has_ended(now) and (before.reason, before.until) == (reason, until):
        return False
    suspension = standing_ref(user.id).new(
        user_id=user.id,
        state="suspended",
        reason=reason,
        until=until,
        at=now,
        **by_due(user.id, now).attributes(),
    )
    write(
        put(suspension, condition=unchanged(before)),
        log.record(by, "suspended", user, reason=reason, until=until),
    )
    return True


def _lift(by: Operator, user: Person) -> bool:
    """Let a suspension end now. Return False if the account has none.

    The item stays until LiveKit accepts the stream key again.
    """
    now = clock.now()
    before = _standing_of(user)
    if before is None or before.has_ended(now):
        return False
    lifted = standing_ref(user.id).new(
        user_id=user.id,
        state="suspended",
        reason=before.reason,
        until=now,
        at=before.at,
        **by_due(user.id, now).attributes(),
    )
    write(put(lifted, condition=unchanged(before)), log.record(by, "lifted", user))
    return True


def _standing_of(user: Person) -> Standing | None:
    item = get(standing_ref(user.id), consistent=True)
    if item and item.state == "deleted":
        raise NotFound
    return item
