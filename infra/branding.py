"""The pages that an operator writes in `branding/`, as HTML: terms, privacy, copyright, imprint."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

TITLES: Final = {
    "terms": "Terms",
    "privacy": "Privacy",
    "copyright": "Copyright",
    "imprint": "Imprint",
}
"""The titles of pages whose text has no heading of the first level."""

_HTML: Final = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>{title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header><a href="/">{site_name}</a></header>
<main>
{content}</main>
<footer>
<nav>
{links}
</nav>
</footer>
</body>
</html>
"""


@dataclass(frozen=True)
class Page:
    """A page that an operator has written."""

    title: str
    content: str
    """HTML."""


def parse_pages(texts: Mapping[str, str]) -> dict[str, Page]:
    """Return the operator's pages by name, from their Markdown."""
    return {name: _parse(text, TITLES[name]) for name, text in texts.items()}


def html_documents(
    pages: Mapping[str, Page], site_name: str, language: str = "en"
) -> dict[str, str]:
    """Return an HTML document for each page, with links to the others.

    `language` is the BCP 47 tag of all texts. Screen readers choose their voice by it:
    https://www.w3.org/WAI/WCAG22/Understanding/language-of-page
    """
    return {name: _document(name, pages, site_name, language) for name in pages}


def _parse(text: str, default_title: str) -> Page:
    """Return a page from its Markdown.

    Tags in the text are escaped, and links may not run code, so the text can't contain a script:
    https://markdown-it-py.readthedocs.io/en/latest/security.html
    """
    markdown, renderer = MarkdownIt("js-default"), RendererHTML()
    tokens = markdown.parse(text)
    content = renderer.render(tokens, markdown.options, {})
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open" and heading.tag == "h1":
            title = renderer.renderInlineAsText(inline.children, markdown.options, {})
            return Page(title or default_title, content)
    return Page(default_title, f"<h1>{default_title}</h1>\n{content}")


def _document(name: str, pages: Mapping[str, Page], site_name: str, language: str) -> str:
    page = pages[name]
    return _HTML.format(
        language=escape(language),
        title=escape(f"{page.title} · {site_name}"),
        site_name=escape(site_name),
        content=page.content,
        links="\n".join(
            f'<a href="/{other}">{escape(pages[other].title)}</a>'
            for other in pages
            if other != name
        ),
    )
