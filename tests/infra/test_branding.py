"""Tests of the operator's pages: what the Markdown becomes, and that it can't run code."""

import re

import pytest

from footlight.people import usernames
from infra import branding, config
from infra.branding import html_documents, parse_pages

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <b onclick=alert(1)>bold</b>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&#58;alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    '[a](https://example.com/"onmouseover="alert(1))',
    "![a](javascript:alert(1))",
    '# <script>alert(1)</script> "title"',
    "| a |\n| - |\n| <script>alert(1)</script> |",
    "</main><script>alert(1)</script>",
    "```\n<script>alert(1)</script>\n```",
]


def document(text: str, name: str = "terms") -> str:
    return html_documents(parse_pages({name: text}), "My site")[name]


def test_a_page_has_its_text_the_sites_name_and_links_to_the_other_pages() -> None:
    pages = parse_pages({"terms": "# Rules\n\nBe *kind*.", "imprint": "# Impressum & Co"})
    terms = html_documents(pages, "Tom & Co")["terms"]
    assert "<title>Rules · Tom &amp; Co</title>" in terms
    assert "<p>Be <em>kind</em>.</p>" in terms
    assert '<a href="/">Tom &amp; Co</a>' in terms
    assert '<a href="/imprint">Impressum &amp; Co</a>' in terms
    assert 'href="/terms"' not in terms


def test_a_page_names_the_language_of_its_text() -> None:
    pages = parse_pages({"imprint": "# Impressum"})
    assert '<html lang="en">' in html_documents(pages, "My site")["imprint"]
    assert '<html lang="de">' in html_documents(pages, "My site", "de")["imprint"]


@pytest.mark.parametrize("language", ["de", "pt-BR", "zh-Hant-TW", "gsw"])
def test_the_language_of_the_pages_is_a_setting(language: str) -> None:
    assert config.read_config({}).pages_language == "en"
    assert config.read_config({"pagesLanguage": language}).pages_language == language


def test_a_page_without_a_heading_gets_its_name_as_heading() -> None:
    assert parse_pages({"privacy": "## Part\n\nText"})["privacy"].title == "Privacy"
    assert "<h1>Privacy</h1>\n<h2>Part</h2>" in document("## Part\n\nText", "privacy")
    assert parse_pages({"privacy": "# Data *protection*"})["privacy"].title == "Data protection"
    assert document("# Data").count("<h1>") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_cannot_contain_code(text: str) -> None:
    tags = re.findall(r"<[^>]*>", document(text))
    names = {re.match(r"</?([\w!]+)", tag)[1] for tag in tags}  # pyright: ignore[reportOptionalSubscript]
    assert "script" not in names
    for tag in tags:
        assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag)), tag
        assert not re.search(r'(href|src)="\s*(javascript|vbscript|data):', tag, re.IGNORECASE), tag


def test_braces_in_a_text_stay() -> None:
    assert "{title} {0} {" in document("{title} {0} {")


def test_every_page_has_a_title_and_a_name_that_no_user_can_have() -> None:
    assert tuple(branding.TITLES) == config.PAGES
    for name in config.PAGES:
        assert usernames.problem(name) == "This username is reserved"
