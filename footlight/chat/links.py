"""Pure: where the links in a message are. Pages make links of these ranges and of nothing else."""

import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple

from footlight.chat.blocked_words import plain


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


_WRITTEN_OUT = re.compile(
    r"""
    [a-z][a-z0-9+.-]+:/{1,2}\w                                         # a scheme
    | (?<![\w.]) (?:\d{1,3}\.){3}\d{1,3} (?![\w.]) | (?<!\w) \[[\da-f]*:[\da-f:]+\]  # numbers
    """,
    re.VERBOSE,
)
_NAME = re.compile(
    r"(?<![\w-]) (?P<mailbox>[\w+-]+(?:\.[\w+-]+)*@)?"
    r"[\w-]+(?:\.[\w-]+)*\.(?P<top>[\w-]+) (?P<more>[/:?#])?",
    re.VERBOSE,
)


@cache
def _top_level() -> frozenset[str]:
    """As `plain` has them, those of other alphabets (`XN--P1AI`) as they are written too."""
    from linkify_it.tlds import TLDS

    prefix = "xn--"
    names = [name.lower() for name in TLDS]
    written = [
        plain(name.removeprefix(prefix).encode().decode("punycode"))
        for name in names
        if name.startswith(prefix)
    ]
    return frozenset([*names, *written])


def has_address(text: str) -> bool:
    """Whether an address is written out, be it no link on a page: one whose dots are of another
    writing, one that is broken up by what can't be seen, one of any top-level domain there is.

    A mailbox is none.
    """
    said = plain(text).replace("。", ".")
    if _WRITTEN_OUT.search(said):
        return True
    return any(
        name["top"] in _top_level()
        for name in _NAME.finditer(said)
        if name["more"] or not name["mailbox"]
    )


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
