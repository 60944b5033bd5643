"""A scanner of comments, strings, and JSX text in TypeScript, JavaScript, Go, and CSS.

It knows just enough grammar to separate strings, templates, regular expressions, and JSX from code.
`scan` never raises: an element that does not close is read as code.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Piece:
    """A comment or a string, with the position of its first character."""

    kind: Literal["comment", "string"]
    line: int
    column: int
    text: str
    own_line: bool
    """No code stands before it on its line."""


_WORD = re.compile(r"[\w$]+")
_TAG = re.compile(r"<([A-Za-z][\w.:-]*)?(?=[\s/>{])")
_GENERIC = re.compile(r"<\s*[\w$]+\s*(?:,|extends\b)")
_REGEX = re.compile(r"/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_ENTITY = {"&amp;": "&", "&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
# After these words an expression begins, so `/` opens a regular expression and `<` an element.
_BEFORE_EXPRESSION = frozenset(
    {"return", "typeof", "case", "do", "else", "in", "of", "void", "delete", "throw", "new"}
    | {"yield", "await", "default", "instanceof"}
)


class _Unclosed(Exception):
    """Raised if an element does not end; the caller then reads `<` as an operator."""


class _Scanner:
    """One pass over a source text. Methods take an offset and return the offset behind."""

    def __init__(self, text: str, *, jsx: bool, regexes: bool) -> None:
        self.text = text
        self.jsx = jsx
        self.regexes = regexes
        self.pieces: list[Piece] = []

    def code(self, at: int, until: str = "") -> int:
        """Scan code up to the bracket `until` that closes it, or to the end of the text."""
        text, depth = self.text, 0
        expression = True  # whether an expression may begin here, rather than an operator
        while at < len(text):
            sign = text[at]
            if sign.isspace():
                at += 1
            elif text.startswith(("//", "/*"), at):
                at = self.comment(at)
            elif sign in "\"'":
                at, expression = self.string(at), False
            elif sign == "`":
                at, expression = self.template(at), False
            elif sign == "/" and self.regexes and expression and (m := _REGEX.match(text, at)):
                at, expression = m.end(), False
            elif sign == "<" and self.jsx and expression and self.may_be_element(at):
                at, expression = self.element_or_operator(at)
            elif word := _WORD.match(text, at):
                at, expression = word.end(), word.group() in _BEFORE_EXPRESSION
            else:
                if sign == "{":
                    depth += 1
                elif sign == "}":
                    if until == "}" and depth == 0:
                        return at + 1
                    depth -= 1
                at += 1
                expression = sign not in ")]}"
        if until:
            raise _Unclosed
        return at

    def comment(self, at: int) -> int:
        text = self.text
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            self.add("comment", at, text[at:end].lstrip("/"))
            return end
        end = text.find("*/", at + 2)
        end = len(text) if end < 0 else end
        body = re.sub(r"\n[ \t]*\*", "\n", text[at + 2 : end].removeprefix("*"))
        self.add("comment", at, body)
        return end + 2

    def string(self, at: int) -> int:
        """Scan a quoted string that ends on its line."""
        text, quote, end = self.text, self.text[at], at + 1
        while end < len(text) and text[end] not in (quote, "\n"):
            end += 2 if text[end] == "\\" else 1
        self.add("string", at, _unescaped(text[at + 1 : end]))
        return end + 1

    def template(self, at: int) -> int:
        """Scan a template literal, or a raw string of Go. A placeholder becomes an ellipsis."""
        text, parts, end = self.text, list[str](), at + 1
        while end < len(text) and text[end] != "`":
            if self.regexes and text.startswith("${", end):
                parts.append("…")
                end = self.code(end + 2, "}")
            else:
                step = 2 if text[end] == "\\" and self.regexes else 1
                parts.append(text[end : end + step])
                end += step
        self.add("string", at, "".join(parts))
        return end + 1

    def may_be_element(self, at: int) -> bool:
        return bool(_TAG.match(self.text, at)) and not _GENERIC.match(self.text, at)

    def element_or_operator(self, at: int) -> tuple[int, bool]:
        """Scan an element, or step over `<` if no element closes. Also return what may follow."""
        kept = len(self.pieces)
        try:
            return self.element(at), False
        except _Unclosed:
            del self.pieces[kept:]
            return at + 1, True

    def element(self, at: int) -> int:
        tag = _TAG.match(self.text, at)
        if not tag:
            raise _Unclosed
        at, is_empty = self.attributes(tag.end())
        return at if is_empty else self.children(at, tag.group(1) or "")

    def attributes(self, at: int) -> tuple[int, bool]:
        """Scan attributes; return the offset behind the tag, and whether it closes itself."""
        text = self.text
        while at < len(text):
            sign = text[at]
            if text.startswith("/>", at):
                return at + 2, True
            if sign == ">":
                return at + 1, False
            if text.startswith(("//", "/*"), at):
                at = self.comment(at)
            elif sign == "{":
                at = self.code(at + 1, "}")
            elif sign in "\"'":
                end = text.find(sign, at + 1)
                if end < 0:
                    raise _Unclosed
                self.add("string", at, text[at + 1 : end])
                at = end + 1
            elif sign in ";)":
                raise _Unclosed
            else:
                at += 1
        raise _Unclosed

    def children(self, at: int, name: str) -> int:
        text = self.text
        while at < len(text):
            if text.startswith("</", at):
                end = text.find(">", at)
                if end < 0 or text[at + 2 : end].strip() != name:
                    raise _Unclosed
                return end + 1
            if text[at] == "<":
                at = self.element(at)
            elif text[at] == "{":
                at = self.code(at + 1, "}")
            else:
                at = self.jsx_text(at)
        raise _Unclosed

    def jsx_text(self, at: int) -> int:
        match = re.compile(r"[^<{]+").match(self.text, at)
        assert match
        body = match.group()
        for entity, sign in _ENTITY.items():
            body = body.replace(entity, sign)
        lead = len(body) - len(body.lstrip())
        if body.strip():
            self.add("string", at + lead, body.strip())
        return match.end()

    def add(self, kind: Literal["comment", "string"], at: int, body: str) -> None:
        line_start = self.text.rfind("\n", 0, at) + 1
        before = self.text[line_start:at]
        line = self.text.count("\n", 0, at) + 1
        self.pieces.append(Piece(kind, line, at - line_start, body, not before.strip()))


def scan(text: str, *, jsx: bool = False, regexes: bool = True) -> list[Piece]:
    """Return the comments and strings of TypeScript, JavaScript or (without regexes) Go."""
    scanner = _Scanner(text, jsx=jsx, regexes=regexes)
    with suppress(_Unclosed):  # a template whose placeholder never ends
        scanner.code(0)
    return sorted(scanner.pieces, key=lambda piece: (piece.line, piece.column))


def scan_css(text: str) -> Iterator[Piece]:
    """Yield the comments of a style sheet."""
    for match in re.finditer(r"/\*(.*?)\*/", text, re.DOTALL):
        line_start = text.rfind("\n", 0, match.start()) + 1
        before = text[line_start : match.start()]
        yield Piece(
            "comment",
            text.count("\n", 0, match.start()) + 1,
            len(before),
            re.sub(r"\n[ \t]*\*", "\n", match.group(1)),
            not before.strip(),
        )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: " " if match.group(1) in "nt" else match.group(1), text)
