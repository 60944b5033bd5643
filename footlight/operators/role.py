"""The role of an operator: an item by user id, which only `make operator` writes."""

from dataclasses import dataclass

from footlight import limits, standing
from footlight.errors import Forbidden
from footlight.people.callers import subject_of
from footlight.people.oidc import Claims
from footlight.tables.items import batch_get
from footlight.tables.operators import operator_ref
from footlight.tables.standing import standing_ref


@dataclass(frozen=True)
class Operator:
    """Who acts: a user with the role, or a command of the shell, which has no id."""

    id: str | None
    name: str


def require_operator(claims: Claims, *, is_change: bool) -> Operator:
    """Return the caller as an operator. A suspended operator has no role.

    Raises:
        Forbidden: the caller is no operator.
        Suspended: the caller is suspended, and wants to change something.
    """
    subject = subject_of(claims)
    if subject is None:
        raise Forbidden
    role, own_standing = operator_ref(subject.user_id), standing_ref(subject.user_id)
    found = batch_get(role, own_standing, consistent=True)
    if is_change:
        standing.require_good_caller(subject.user_id, found)
    if role not in found or not standing.is_in_good_standing(subject.user_id, found):
        raise Forbidden("Only operators may do this")
    return Operator(subject.user_id, subject.username)


def count_change(by: Operator) -> None:
    """Count a change against the operator's limit. Commands of the shell have none.

    Raises:
        RateLimited: the operator has changed too much in a short time.
    """
    if by.id:
        limits.count_or_refuse("write", by.id)
