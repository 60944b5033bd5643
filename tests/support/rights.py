"""The rights of `infra/needs.py`, checked at each call that a function makes in a unit test.

This covers the calls of every branch. `tests/infra/test_rights.py` evaluates the policies
themselves, with the calls of the route table.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any, Final

import pytest

from infra.needs import FUNCTIONS, Keys, Needs
from tests.support.iam import table_actions
from tests.support.table import wrap_calls

_function: ContextVar[str | None] = ContextVar("function", default=None)
"""The function that runs."""

ON_THE_TABLE: Final = {
    *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
    *("BatchWriteItem", "TransactWriteItems"),
}


@contextmanager
def acting_as(function: str) -> Generator[None]:
    """Check the calls of this thread by the rights of a function."""
    token = _function.set(function)
    try:
        yield
    finally:
        _function.reset(token)


def check_rights(patch: pytest.MonkeyPatch) -> None:
    """Check the calls of all clients until the end of the run."""

    def checked(call: Callable[[], Any], operation: str, arguments: Any) -> Any:
        function = _function.get()
        if function and operation in ON_THE_TABLE:
            _check(function, operation, arguments)
        return call()

    wrap_calls(patch, checked)


def _check(function: str, operation: str, arguments: Any) -> None:
    needs = FUNCTIONS[function]
    for action in table_actions(operation, arguments, "all items of an action"):
        patterns = (
            ("*",) if action.on_index and needs.query_index else _patterns(needs, action.name)
        )
        denied = {key for key in action.keys if not any(fnmatchcase(key, p) for p in patterns)}
        assert not denied, f"{function} may not {action.name} {denied}: see infra/needs.py"


def _patterns(needs: Needs, action: str) -> Keys:
    match action:
        case "GetItem":
            return (*needs.read, *needs.get)
        case "BatchGetItem":
            return needs.read
        case "Query":
            return needs.query
        case "PutItem":
            return needs.put
        case "UpdateItem":
            return needs.update
        case "DeleteItem":
            return needs.delete
        case "ConditionCheckItem":
            return needs.check
        case _:
            return needs.batch_write
