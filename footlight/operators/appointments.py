"""Give and take the role of an operator. Only `make operator` does, no route."""

from footlight import clock
from footlight.operators import log
from footlight.operators.role import Operator
from footlight.operators.suspensions import find_user
from footlight.tables.operators import operator_ref
from footlight.tables.transactions import commit, delete_existing, put_new


def appoint(by: Operator, username: str) -> bool:
    """Give a user the role. Return False if they have it already."""
    user = find_user(username)
    role = operator_ref(user.id).new(at=clock.now())
    return commit(put_new(role), log.record(by, "appointed", user))


def dismiss(by: Operator, username: str) -> bool:
    """Take the role from a user. Return False if they don't have it."""
    user = find_user(username)
    return commit(delete_existing(operator_ref(user.id)), log.record(by, "dismissed", user))
