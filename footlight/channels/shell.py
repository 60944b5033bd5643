"""The site's HTML for a channel's page: its card for link previews, and its public data.

The page is the same for everyone. Browsers find in it what the page would request first.
"""

import re
from functools import cache
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

from footlight import clock, settings
from footlight.channels.page import ChannelPage, channel_page
from footlight.errors import NotFound
from footlight.people.callers import Caller
from footlight.watching.live_status import LiveStatus
from footlight.wire import Wire

FILE = Path(__file__).parents[2] / "web" / "dist" / "index.html"
"""The built site's page, which every path serves. It is in the zip of the function."""

GUEST = Caller(claims=None, cookies={})
CARD_TEXT = 200
"""Previews cut a description at about this number of characters."""

_OWN_HEAD = re.compile(r'<title>.*?</title>|<meta name="description".*?/?>', re.DOTALL)
_NOSCRIPT = re.compile("<noscript>.*?</noscript>", re.DOTALL)
_NOT_FOUND = (
    "<noscript><h1>Page not found</h1>"
    "<p>The page may have moved, or the address may be misspelled.</p></noscript>"
)


class Shell(NamedTuple):
    """The HTML of a page. It also runs for a path without a channel, and says so."""

    html: str
    is_found: bool


def shell(username: str | None) -> Shell:
    """Return the HTML of a channel's page, or the plain one if `username` is None.

    An unknown and a suspended host give the same page: "Page not found".
    """
    if username is None:
        return Shell(_built(), is_found=True)
    try:
        page = channel_page(GUEST, username)
    except NotFound:
        title = f"Page not found · {settings.site_name()}"
        head = [f"<title>{escape(title)}</title>", '<meta name="robots" content="noindex">']
        return Shell(_NOSCRIPT.sub(_NOT_FOUND, _with_head(head), count=1), is_found=False)
    return Shell(_with_head([*_card(page), *_data(page)]), is_found=True)


@cache
def _built() -> str:
    return FILE.read_text()


@cache
def _parts() -> tuple[str, str]:
    """Return the built page's head without its own title and description, and the rest."""
    head, end, rest = _built().partition("</head>")
    return _OWN_HEAD.sub("", head), end + rest


def _with_head(lines: list[str]) -> str:
    """Return the built page with these lines for its own title and description."""
    head, rest = _parts()
    return head + "".join(lines) + rest


def _card(page: ChannelPage) -> list[str]:
    """Return the tags that search engines and link previews read.

    https://ogp.me, https://developer.x.com/en/docs/x-for-websites/cards/overview/markup
    """
    name, stream, site = page.user.username, page.stream, settings.site_name()
    title = " · ".join(filter(None, (stream.title, name)))
    doing = f"{name} is live on {site}." if stream.is_live else f"{name} streams on {site}."
    description = shorten(f"{doing} {page.user.bio}", CARD_TEXT, placeholder="…")
    address = f"{settings.site_url()}/{name}"
    properties = {
        "og:type": "website",
        "og:site_name": site,
        "og:url": address,
        "og:title": title,
        "og:description": description,
    }
    names = {
        "description": description,
        "twitter:card": "summary",
        # https://developers.google.com/search/docs/specialty/explicit/guidelines
        **({"rating": "adult"} if stream.is_for_adults else {}),
    }
    return [
        f"<title>{escape(f'{title} · {site}')}</title>",
        f'<link rel="canonical" href="{escape(address)}">',
        *(f'<meta property="{key}" content="{escape(text)}">' for key, text in properties.items()),
        *(f'<meta name="{key}" content="{escape(text)}">' for key, text in names.items()),
    ]


def _data(page: ChannelPage) -> list[str]:
    """Return what guests get from two routes, each as a data block with the route's path as id.

    Browsers don't run a script of this type, so the content security policy allows it:
    https://html.spec.whatwg.org/multipage/scripting.html#data-block
    """
    name = page.user.username
    status = LiveStatus(**{field: getattr(page.stream, field) for field in LiveStatus.model_fields})
    return [
        _data_block(f"/api/pages/live/{name}", status),
        _data_block(f"/api/pages/channels/{name}", page),
    ]


def _data_block(path: str, data: Wire) -> str:
    """Return the element. `data-at` is the time of reading, in ms since 1970.

    In JSON, `<` only occurs in strings. Unescaped, it could end the element or start a comment.
    """
    attributes = f'type="application/json" id="{escape(path)}" data-at="{clock.now_ms()}"'
    json = data.model_dump_json(by_alias=True).replace("<", "\\u003c")
    return f"<script {attributes}>{json}</script>"
