"""Give and take the role of an operator. Only `make operator` does, no route."""

from footlight import clock
from footlight.errors import NotFound
from footlight.identities import Person
from footlight.operators import log
from footlight.operators.role import Operator
from footlight.people import usernames
from footlight.tables import users
from footlight.tables.operators import operator_ref
from footlight.tables.transactions import commit, delete_existing, put_new


def appoint(by: Operator, username: str) -> bool:
    """Give a user the role. Return False if they have it already."""
    user = _user(username)
    role = operator_ref(user.id).new(at=clock.now())
    return commit(put_new(role), log.record(by, "appointed", user))


def dismiss(by: Operator, username: str) -> bool:
    """Take the role from a user. Return False if they don't have it."""
    user = _user(username)
    return commit(delete_existing(operator_ref(user.id)), log.record(by, "dismissed", user))


def _user(username: str) -> Person:
    name = usernames.parse(username)
    user_id = users.user_id_of(name) if name else None
    if name is None or user_id is None:
        raise NotFound
    return Person(user_id, name)
