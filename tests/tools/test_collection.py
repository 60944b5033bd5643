"""No test computes a time when pytest collects it.

A suite may reach a test many minutes after it was collected.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests").rglob("*.py"))
CLOCKS = {
    *("time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter"),
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("clock.now", "clock.now_ms"),
}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that run when a module is imported: not those in the body of a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*node.decorator_list, node.args):
                yield from calls(part)
                if isinstance(part, ast.Call):
                    yield part
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                yield node
            yield from calls(node)


def clocks_read_by(source: str) -> list[str]:
    names = [
        (call.lineno, ".".join(ast.unparse(call.func).rsplit(".", 2)[-2:]))
        for call in calls(ast.parse(source))
    ]
    return [f"line {line}: {name}()" for line, name in names if name in CLOCKS]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_test_file_reads_no_clock_when_it_is_imported(file: Path) -> None:
    assert clocks_read_by(file.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.parametrize('exp', [int(time.time()) + 600])\ndef test(exp): ...",
        "@pytest.mark.parametrize('at', [{'at': datetime.now(UTC)}])\ndef test(at): ...",
        "START = clock.now()",
        "class A:\n    now = footlight.clock.now_ms()",
        "def test(at=time.time()): ...",
    ],
)
def test_a_clock_read_at_import_is_found(source: str) -> None:
    assert len(clocks_read_by(source)) == 1


def test_a_clock_read_inside_a_function_is_allowed() -> None:
    assert clocks_read_by("def test():\n    assert time.time()\nlater = lambda: time.time()") == []
