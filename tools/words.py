"""A table of indicative words per 10,000 words of prose: docstrings, comments, and Markdown.

`python -m tools.words` counts the working tree. With `--base REV` each cell shows the revision and
then the working tree. Plain technical English uses "if" and "return" often, and the other words
rarely: httpx has 57 and 46, datasette 74 and 60.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tools.passages import ROOT, files, is_prose, passages

PROSE = {"comment", "docstring", "docs"}
AREAS = ("Python", "web", "docs", "other")

MEASURES = {
    "if": r"if",
    "return(s)": r"returns?",
    "tell/told": r"tells?|told",
    "somebody/whoever/nobody": r"somebody|whoever|nobody",
    "where, used for if": (
        r"where\s+(?:there\s+(?:is|are|was)|nobody|none|it\s+is|they\s+are|that\s+is|one\s+is"
        r"|absent|present)"
    ),
    "where, any use": r"where",
}
_PATTERNS = {
    name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for name, pattern in MEASURES.items()
}
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")


@dataclass
class Count:
    """Words of an area, and the hits of each measure."""

    words: int = 0
    hits: Counter[str] = field(default_factory=Counter[str])

    def add(self, text: str) -> None:
        """Count a passage."""
        self.words += len(_WORD.findall(text))
        for name, pattern in _PATTERNS.items():
            self.hits[name] += len(pattern.findall(text))

    def __add__(self, other: "Count") -> "Count":
        return Count(self.words + other.words, self.hits + other.hits)

    def rate(self, name: str) -> float:
        """Return the hits per 10,000 words."""
        return self.hits[name] * 10_000 / self.words if self.words else 0.0


def count(sources: Iterable[tuple[str, str]]) -> dict[str, Count]:
    """Count the prose of files, given as paths and texts, by area and in total."""
    counts = {area: Count() for area in AREAS}
    for path, text in sources:
        for passage in passages(path, text):
            if passage.kind in PROSE:
                counts[area_of(path)].add(passage.text)
    counts["total"] = sum(counts.values(), Count())
    return counts


def area_of(path: str) -> str:
    """Return the area that a file is counted in."""
    if path.endswith(".md"):
        return "docs"
    if path.startswith("web/"):
        return "web"
    return "Python" if path.endswith(".py") else "other"


def working_tree() -> Iterator[tuple[str, str]]:
    """Yield the files of the working tree."""
    for path in files():
        yield path, (ROOT / path).read_text()


def revision(name: str) -> Iterator[tuple[str, str]]:
    """Yield the files of a git revision."""
    for path in _git("ls-tree", "-r", "--name-only", name).splitlines():
        if is_prose(path):
            yield path, _git("show", f"{name}:{path}")


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def table(after: Mapping[str, Count], before: Mapping[str, Count] | None = None) -> str:
    """Return the counts as a Markdown table, each cell as "before → after" if both are given."""
    areas = [*AREAS, "total"]
    rows = [["per 10,000 words", *areas], ["---", *("---:" for _ in areas)]]
    for name in MEASURES:
        rows.append([name, *_cells(areas, after, before, partial(_rate, name))])
    rows.append(["words in all", *_cells(areas, after, before, lambda count: f"{count.words:,}")])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _rate(name: str, count: Count) -> str:
    return f"{count.rate(name):.1f}"


def _cells(
    areas: Sequence[str],
    after: Mapping[str, Count],
    before: Mapping[str, Count] | None,
    show: Callable[[Count], str],
) -> list[str]:
    if before is None:
        return [show(after[area]) for area in areas]
    return [f"{show(before[area])} → {show(after[area])}" for area in areas]


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.words")
    parser.add_argument("--base", metavar="REV", help="a git revision to compare with")
    options = parser.parse_args(arguments)
    before = count(revision(options.base)) if options.base else None
    print(table(count(working_tree()), before))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
