"""Pure: where the links in a message are. Pages make links of these ranges and of nothing else."""

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
    return [
        Link(_units(text[: found.index]), _units(text[: found.last_index]), _secure(found))
        for found in _finder().match(text) or ()
    ]


def _secure(found: Any) -> str:
    # The library takes a name without a scheme for http.
    return found.url if found.schema else found.url.replace("http://", "https://", 1)


def _units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
