"""A checker of plain English: it applies the word list in styles/Footlight/Terms.yml.

`python -m tools.prose` checks the repository; paths narrow it to files and folders. It reads
comments, docstrings, test names, Markdown, log events, and strings that are sentences. Ignored are
inline code, URLs, and a single word in quotes. A line of code that must use a listed word, such as
a message of AWS, ends with the comment `prose: ignore`.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from tools.passages import ROOT, Passage, files, passages

TERMS = ROOT / "styles" / "Footlight" / "Terms.yml"
IGNORE = "prose: ignore"

_MASKED = re.compile(
    r"""``.+?``|`[^`]*`|https?://\S+|"[^"\s]+"|(?<!\w)'[^'\s]+'(?!\w)""", re.DOTALL
)


@dataclass(frozen=True)
class Hit:
    """A listed word in a file."""

    path: str
    line: int
    found: str
    better: str

    def __str__(self) -> str:
        choice = " or ".join(f"'{word}'" for word in self.better.split("|"))
        return f"{self.path}:{self.line}: use {choice} instead of '{self.found}'"


class Terms:
    """A word list: patterns, each with the words to use instead."""

    def __init__(self, swap: dict[str, str]) -> None:
        self.better = list(swap.values())
        groups = (f"(?P<t{at}>{_wrapped(pattern)})" for at, pattern in enumerate(swap))
        self.pattern = re.compile(rf"\b(?:{'|'.join(groups)})\b", re.IGNORECASE)

    def hits(self, passage: Passage) -> Iterator[Hit]:
        """Yield the listed words of a passage."""
        text = _MASKED.sub(_blank, passage.text)
        for match in self.pattern.finditer(text):
            better = self.better[int((match.lastgroup or "t0")[1:])]
            found = " ".join(match.group().split())
            yield Hit(passage.path, passage.line_at(match.start()), found, better)


@cache
def terms() -> Terms:
    """Return the repository's word list."""
    return Terms(yaml.safe_load(TERMS.read_text())["swap"])


def check(paths: Iterable[str], words: Terms) -> Iterator[Hit]:
    """Yield the hits in files of the repository."""
    for path in paths:
        yield from check_text(path, (ROOT / path).read_text(), words)


def check_text(path: str, text: str, words: Terms) -> Iterator[Hit]:
    """Yield the hits in the text of one file."""
    lines = text.splitlines()
    for passage in passages(path, text):
        for hit in words.hits(passage):
            if hit.line > len(lines) or IGNORE not in lines[hit.line - 1]:
                yield hit


def _is_in(path: str, folders: Iterable[str]) -> bool:
    return any(f"{path}/".startswith(f"{folder}/") for folder in folders)


def _wrapped(pattern: str) -> str:
    """Let a space of a pattern match a line break, with the indentation behind it."""
    return pattern.replace(" ", r"\s+")


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())


def main(arguments: Sequence[str]) -> int:
    """Print the hits; return 1 if there are any."""
    chosen = [path.removeprefix("./").rstrip("/") for path in arguments]
    paths = files()
    if chosen:
        paths = [path for path in paths if _is_in(path, chosen)]
    hits = list(check(paths, terms()))
    for hit in hits:
        print(hit)
    if hits:
        print(f"✗ {len(hits)} words to replace (see CONTRIBUTING.md)", file=sys.stderr)
    return 1 if hits else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
