"""Pure: where the links in a message are. Pages make links of these ranges and of nothing else."""

import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple


class Link(NamedTuple):
    """A stretch of a text, in UTF-16 code units as browsers count, and where it leads."""

    start: int
    end: int
    url: str


@cache
def _finder() -> Any:
    from linkify_it import LinkifyIt  # which whoever reads the chat does not need

    finder = LinkifyIt()
    finder.set({"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "mailto:", "//"):
        finder.add(scheme, None)
    return finder


def find(text: str) -> list[Link]:
    """The links in a text, in their order: `http://…`, `https://…`, and names such as `a.com/b`."""
    return [_link(text, found) for found in _finder().match(text) or ()]


def has_address(text: str) -> bool:
    """Whether an address is written out, be it no link because of what it sticks to."""
    return re.search(r"https?://\w", text, re.IGNORECASE) is not None


def _link(text: str, found: Any) -> Link:
    shown = text[found.index : found.last_index]
    # The library leaves the sentence's own signs out in ASCII alone; phones write “a.com”…
    while not shown[-1].isascii() and unicodedata.category(shown[-1])[0] in "CP":
        shown = shown[:-1]
    start = _units(text[: found.index])
    scheme, _, rest = shown.partition("://") if found.schema else ("https", "", shown)
    return Link(start, start + _units(shown), f"{scheme.lower()}://{rest}")


def _units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
