"""Extraction of prose (comments, docstrings, strings, test names, Markdown) from source files."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools import scanner
from tools.scanner import Piece

ROOT = Path(__file__).parents[1]

Kind = Literal["comment", "docstring", "docs", "string", "name"]

GENERATED = ("web/src/api/schema.gen.ts", "web/package-lock.json")
"""Files that a program writes from other checked files."""

_HASH_NAMES = {"Makefile", ".ci/run", ".gitignore"}
_HASH_SUFFIXES = {".sh", ".toml", ".yml", ".yaml"}
_PRAGMA = re.compile(r"#\s*(?:noqa|type:|pyright:|ruff:|!/)")
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_EVENT_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_QUOTED = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'")


@dataclass(frozen=True)
class Passage:
    """A piece of prose. `text` keeps its line breaks, so that offsets map to lines."""

    path: str
    line: int
    kind: Kind
    text: str

    def line_at(self, offset: int) -> int:
        """Return the line of the file that holds this offset of the text."""
        return self.line + self.text.count("\n", 0, offset)


def files() -> list[str]:
    """Return the repository's files that hold hand-written prose, as relative paths."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return sorted({path for path in listed if is_prose(path) and (ROOT / path).is_file()})


def is_prose(path: str) -> bool:
    """Return whether `passages` can read a file of this name."""
    if path in GENERATED or path.startswith(("styles/", "requirements/")):
        return False
    return (
        path in _HASH_NAMES or Path(path).suffix in _READERS or Path(path).suffix in _HASH_SUFFIXES
    )


def passages(path: str, text: str) -> list[Passage]:
    """Return the prose of a file, in the order of its lines."""
    suffix = Path(path).suffix
    if suffix in _READERS:
        pieces = _READERS[suffix](text)
    elif path in _HASH_NAMES or suffix in _HASH_SUFFIXES:
        pieces = _hash_comments(text)
    else:
        return []
    found = [Passage(path, line, kind, body) for line, kind, body in pieces if body.strip()]
    return sorted(found, key=lambda passage: passage.line)


Read = tuple[int, Kind, str]
"""A line, a kind and a text."""


def _python(text: str) -> Iterator[Read]:
    tree = ast.parse(text)
    docstrings = {id(node) for node in _docstrings(tree)}
    events = {id(name) for name in _log_events(tree)}
    seen: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            seen |= {id(part) for part in parts}
            yield node.lineno, "string", " … ".join(str(part.value) for part in parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in seen:
            if id(node) in docstrings:
                yield node.lineno, "docstring", node.value
            elif id(node) in events:
                yield node.lineno, "string", node.value.replace("_", " ")
            elif re.search(r"\s", node.value.strip()):
                yield node.lineno, "string", node.value
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test_"
        ):
            yield node.lineno, "name", node.name.removeprefix("test_").replace("_", " ")
    yield from _merged(_python_comments(text))


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield docstrings, including those below an attribute or a constant."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, owners) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value


def _log_events(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in _LOG_METHODS
            and node.args
            and isinstance(first := node.args[0], ast.Constant)
            and isinstance(first.value, str)
            and _EVENT_NAME.fullmatch(first.value)
        ):
            yield first


def _python_comments(text: str) -> Iterator[Piece]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not _PRAGMA.match(token.string):
            line, column = token.start
            own_line = not token.line[:column].strip()
            yield Piece("comment", line, column, token.string.lstrip("#"), own_line)


def _c_like(text: str) -> Iterator[Read]:
    return _code(scanner.scan(text))


def _jsx(text: str) -> Iterator[Read]:
    return _code(scanner.scan(text, jsx=True))


def _go(text: str) -> Iterator[Read]:
    return _code(scanner.scan(text, regexes=False))


def _css(text: str) -> Iterator[Read]:
    return _code(scanner.scan_css(text))


def _code(pieces: Iterable[Piece]) -> Iterator[Read]:
    all_pieces = list(pieces)
    yield from _merged(piece for piece in all_pieces if piece.kind == "comment")
    for piece in all_pieces:
        if piece.kind == "string" and is_sentence(piece.text):
            yield piece.line, "string", piece.text


def is_sentence(text: str) -> bool:
    """Return whether a string literal is text for people rather than a name or a code.

    Either it has several words, or it is one capitalized word, such as a button's label.
    """
    stripped = text.strip()
    return bool(re.search(r"\s", stripped) or re.fullmatch(r"[A-Z][a-z]+[.!?…]?", stripped))


def _merged(pieces: Iterable[Piece]) -> Iterator[Read]:
    """Join comments that stand on consecutive lines of the same column."""
    start, column, lines = 0, 0, list[str]()
    for piece in pieces:
        follows = bool(lines) and piece.own_line and piece.column == column
        if follows and piece.line == start + len(lines):
            lines += piece.text.split("\n")
            continue
        if lines:
            yield start, "comment", "\n".join(lines)
        start, lines = piece.line, piece.text.split("\n")
        column = piece.column if piece.own_line else -1
    if lines:
        yield start, "comment", "\n".join(lines)


def _hash_comments(text: str) -> Iterator[Read]:
    """Read comments and quoted sentences of a Makefile, a shell script, TOML or YAML."""
    comments: list[Piece] = []
    for number, line in enumerate(text.splitlines(), 1):
        code, comment = _split_comment(line)
        if comment and not _PRAGMA.match(comment):
            comments.append(
                Piece("comment", number, len(code), comment.lstrip("#"), not code.strip())
            )
        for match in _QUOTED.finditer(code):
            body = match.group(1) or match.group(2) or ""
            if is_sentence(body):
                yield number, "string", body
    yield from _merged(comments)


def _split_comment(line: str) -> tuple[str, str]:
    quote = ""
    for at, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#" and (at == 0 or line[at - 1].isspace()):
            return line[:at], line[at:]
    at = line.find(" # ")  # an apostrophe opened a quote that never closed
    return (line[: at + 1], line[at + 1 :]) if quote and at >= 0 else (line, "")


def _markdown(text: str) -> Iterator[Read]:
    without_code = re.sub(r"(?ms)^ *(```|~~~).*?^ *\1[^\n]*$", _blank, text)
    without_targets = re.sub(r"(?<=\])\([^)\s]*\)", _blank, without_code)
    without_tags = re.sub(r"</?[a-zA-Z][^>]*>", _blank, without_targets)
    yield 1, "docs", without_tags


def _html(text: str) -> Iterator[Read]:
    without_code = re.sub(r"(?is)<(script|style)\b.*?</\1>", _blank, text)
    yield 1, "string", re.sub(r"</?[a-zA-Z!][^>]*>", _blank, without_code)


def _blank(match: re.Match[str]) -> str:
    """Replace a match by spaces, so that offsets and lines stay."""
    return re.sub(r"[^\n]", " ", match.group())


_READERS = {
    ".py": _python,
    ".ts": _c_like,
    ".js": _c_like,
    ".mjs": _c_like,
    ".tsx": _jsx,
    ".go": _go,
    ".css": _css,
    ".md": _markdown,
    ".html": _html,
}
