"""The order in which a function imports its modules."""

import ast
import gc
import sys

import pytest

from infra.building import ROOT
from tests.support.api import FUNCTIONS


@pytest.mark.parametrize("function", [*FUNCTIONS, "reconcile"])
def test_a_function_makes_garbage_collection_rare_before_it_imports_libraries(
    function: str,
) -> None:
    module = ast.parse((ROOT / "functions" / function / "handler.py").read_text())
    imported = [
        name.partition(".")[0]
        for statement in module.body
        for name in (
            [alias.name for alias in statement.names]
            if isinstance(statement, ast.Import)
            else [statement.module or ""]
            if isinstance(statement, ast.ImportFrom)
            else []
        )
    ]
    assert next(name for name in imported if name not in sys.stdlib_module_names) == "footlight"


def test_importing_the_product_makes_garbage_collection_rare() -> None:
    assert gc.get_threshold()[0] >= 200_000
