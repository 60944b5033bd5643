"""Pure: find the links in a message. Pages turn exactly these ranges into links.

One rule decides what a link is, for pages and for chats without links: an address with a scheme,
`www.`, a port, or a path, and a name alone only if its ending is no word (`_ENDINGS`). So `no.it`,
`main.py`, and a sentence without the space after its period are text.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from footlight.chat.blocked_words import undisguise


class Link(NamedTuple):
    """A range of a text, in UTF-16 code units as browsers count, and the URL that it links to."""

    start: int
    end: int
    url: str


@cache
def _finder() -> Any:
    from linkify_it import LinkifyIt  # on first use: the chat can be read without it

    finder = LinkifyIt()
    finder.set({"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "mailto:", "//"):
        finder.add(scheme, None)
    finder.tlds(list(_top_level()))
    return finder


def find_links(text: str) -> list[Link]:
    """Return the links in a text in order: `http://…`, `https://…`, and names like `a.com/b`.

    An address that reads like one of another site is no link, see `_is_misleading`.
    """
    found = (
        _link(text, match)
        for match in _finder().match(text) or ()
        if match.schema or _is_address(match.text)
    )
    return [link for link in found if not _is_misleading(link.url)]


_ENDINGS = frozenset(
    [
        *("com", "net", "org", "edu", "gov", "mil", "info", "biz", "xyz", "io", "dev", "app"),
        *("top", "link", "tv", "co", "ai", "eu", "uk", "ie", "de", "ch", "fr", "nl", "lu", "dk"),
        *("fi", "pl", "cz", "sk", "hu", "ro", "gr", "hr", "lt", "lv", "ee", "pt", "tr", "ua", "ru"),
        *("kz", "br", "ar", "mx", "cl", "pe", "jp", "cn", "kr", "tw", "hk", "sg", "th", "vn", "ph"),
        *("au", "nz", "za", "ng", "ke", "eg", "il", "ae", "sa", "ir", "pk", "ca"),
        *("\u0440\u0444", "\u0443\u043a\u0440", "vermogensberatung", "vermogensberater"),
    ]
)
"""Top-level domains that are known for sites and that no sentence begins with. Others, such as
`it`, `so`, `me`, `py`, or `world`, need a path, a port, or `www.`. In the form of `undisguise`."""


def _is_address(name: str) -> bool:
    """Return True if a name without a scheme is an address: `a.com`, `www.a.it`, or `a.it/b`."""
    host = re.split(r"[/:?#]", name, maxsplit=1)[0]
    ending = undisguise(host).rpartition(".")[2]
    return host != name or host.lower().startswith("www.") or ending in _ENDINGS


_ALPHABETS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN"}
"""Scripts whose letters look alike. Other scripts may be mixed with Latin, as Japanese is."""

_LIKE_LATIN = frozenset("асԁеһіјӏорԗԛѕԝхуъьҽпгѵѡ")
"""Cyrillic letters that look like Latin ones."""


def _is_misleading(url: str) -> bool:
    """Return True if an address reads like one of another site.

    It has a login name before the host (`https://bank.example@a.example`), a label of the host
    mixes alphabets, or a label before an ASCII top-level domain consists of letters that look
    Latin. Browsers show such hosts in Punycode:
    https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md
    """
    authority = re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        return True
    *labels, top = authority.lower().split(".")
    return any(
        len(_ALPHABETS & {_script(letter) for letter in label}) > 1
        or (
            top.isascii()
            and (set(label) - set("-0123456789")) <= _LIKE_LATIN
            and not label.isascii()
        )
        for label in labels
    )


def _script(letter: str) -> str:
    """Return the script of a letter, as the first word of its name."""
    return unicodedata.name(letter, "").partition(" ")[0]


_WRITTEN_OUT = re.compile(
    r"""
    [a-z][a-z0-9+.-]+:/{1,2}\w\S*                                      # a scheme
    | (?<![\w.]) (?:\d{1,3}\.){3}\d{1,3} [/:]\w\S* | (?<!\w) \[[\da-f]*:[\da-f:]+\]\S*  # numbers
    """,
    re.VERBOSE,
)
_NAME = re.compile(
    r"(?<![\w-]) (?P<mailbox>[\w+-]+(?:\.[\w+-]+)*@)?"
    r"(?P<host>[\w-]+(?:\.[\w-]+)*\.(?P<ending>[\w-]+)) (?P<more>(?:/\S|[?#]\w|:\d)\S*)?",
    re.VERBOSE,
)


@cache
def _top_level() -> frozenset[str]:
    """Return all top-level domains, those in other scripts both encoded (`xn--p1ai`) and plain."""
    from linkify_it.tlds import TLDS

    prefix = "xn--"
    names = [name.lower() for name in TLDS]
    decoded = [
        undisguise(name.removeprefix(prefix).encode().decode("punycode"))
        for name in names
        if name.startswith(prefix)
    ]
    return frozenset([*names, *decoded])


def address_in(text: str, found: Sequence[Link] | None = None) -> str | None:
    """Return the first web address in a text, or None. A chat without links rejects the text.

    `found` are its links, if `find_links` has found them already.
    It is found even if pages don't turn it into a link: with another scheme, with the dots of other
    scripts, or broken up by invisible characters. Email addresses don't count.
    """
    for link in find_links(text) if found is None else found:
        return text.encode("utf-16-le")[2 * link.start : 2 * link.end].decode("utf-16-le")
    visible = undisguise(text).replace("。", ".")
    if written_out := _WRITTEN_OUT.search(visible):
        return written_out[0]
    for name in _NAME.finditer(visible):
        more = name["more"] or ""
        if name["ending"] not in _top_level() or (name["mailbox"] and not more):
            continue
        if _is_address(name["host"] + more):
            return name[0]
    return None


def _link(text: str, match: Any) -> Link:
    shown = text[match.index : match.last_index]
    # linkify-it removes trailing punctuation only if it is ASCII. Phones write “a.com”…
    while not shown[-1].isascii() and unicodedata.category(shown[-1])[0] in "CP":
        shown = shown[:-1]
    start = _units(text[: match.index])
    scheme, _, rest = shown.partition("://") if match.schema else ("https", "", shown)
    return Link(start, start + _units(shown), f"{scheme.lower()}://{rest}")


def _units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2
