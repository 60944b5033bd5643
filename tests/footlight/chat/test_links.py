"""Links in messages: only http and https, in the UTF-16 code units that browsers count."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footlight.chat import links
from tests.support.processor import at_most_processor_seconds


def found(text: str) -> list[tuple[str, str]]:
    """Return each link as a browser cuts it out of the text, and its URL."""
    units = text.encode("utf-16-le")
    return [
        (units[2 * link.start : 2 * link.end].decode("utf-16-le"), link.url)
        for link in links.find_links(text)
    ]


OTHER_SIGNS = "”’»›…。、，！？）】」；؟।"  # noqa: RUF001 - that is their purpose


@pytest.mark.parametrize(
    ("text", "link", "url"),
    [
        ("http://a.example", "http://a.example", "http://a.example"),
        ("https://a.example/b?c=d&e#f", "https://a.example/b?c=d&e#f", None),
        ("http://localhost:8000/x", "http://localhost:8000/x", None),
        ("http://192.0.2.1/x", "http://192.0.2.1/x", None),
        # schemes in capitals
        ("HTTP://A.com/X", "HTTP://A.com/X", "http://A.com/X"),
        ("hTTpS://A.com", "hTTpS://A.com", "https://A.com"),
        # names without a scheme use https
        ("a.com", "a.com", "https://a.com"),
        ("see www.a.com/b.", "www.a.com/b", "https://www.a.com/b"),
        ("a.com/http://b", "a.com/http://b", "https://a.com/http://b"),
        ("a.de, and more", "a.de", "https://a.de"),
        # names in all scripts
        ("http://münchen.example/ä", "http://münchen.example/ä", None),
        ("пример.рф", "пример.рф", "https://пример.рф"),
        ("https://почта-7.com", "https://почта-7.com", None),
        ("http://日本go.jp", "http://日本go.jp", None),
        ("http://a.com/@b", "http://a.com/@b", None),
        ("http://a.com:80/?u@b", "http://a.com:80/?u@b", None),
        ("http://例え.テスト/あ", "http://例え.テスト/あ", None),
        # punctuation after a link belongs to the sentence
        ("go to http://a.com.", "http://a.com", None),
        ("http://a.com, then", "http://a.com", None),
        ("is it http://a.com/b?", "http://a.com/b", None),
        ("http://a.com/b!!!", "http://a.com/b", None),
        ("http://a.com...", "http://a.com", None),
        ('"http://a.com/b"', "http://a.com/b", None),
        ("'http://a.com/b'", "http://a.com/b", None),
        # brackets around a link don't belong to it, brackets in it do
        ("(http://a.com/b)", "http://a.com/b", None),
        ("(see http://a.com/b_(c))", "http://a.com/b_(c)", None),
        ("http://a.com/b_(c)", "http://a.com/b_(c)", None),
        ("[http://a.com/b]", "http://a.com/b", None),
        ("<http://a.com/b>", "http://a.com/b", None),
        ("«http://a.com/b»", "http://a.com/b", None),
        ('http://a.com"onmouseover="x', "http://a.com", None),
        ("http://a.com/<script>", "http://a.com/", None),
        # punctuation of other scripts
        *[(f"http://a.com/b{sign}", "http://a.com/b", None) for sign in OTHER_SIGNS],
        ("“http://a.com/b”…", "http://a.com/b", None),
        ("a.com/b\u200b\u2069", "a.com/b", "https://a.com/b"),
        ("http://a.com/“b”c", "http://a.com/“b”c", None),
        # two schemes: the link starts at the one of the web
        ("blob:https://a.com/x", "https://a.com/x", None),
        # text before a link is counted as browsers count it
        ("😀 http://a.com/b", "http://a.com/b", None),
        ("👨‍👩‍👧‍👦🏳️‍🌈 http://a.com/b 😀", "http://a.com/b", None),
        ("e\u0301 漢字 \U0001d41d http://a.com/b", "http://a.com/b", None),
        ("http://a.com/😀 x", "http://a.com/😀", None),
    ],
)
def test_a_link_is_found(text: str, link: str, url: str | None) -> None:
    assert found(text) == [(link, url or link)]
    assert found(f"😀 {text} 😀") == [(link, url or link)]


def test_all_links_are_found_in_order() -> None:
    text = "😀 http://a.com 😀 b.com, (https://c.com/😀) 漢字 d.com"
    assert [link for link, _ in found(text)] == [
        "http://a.com",
        "b.com",
        "https://c.com/😀",
        "d.com",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "javascript:alert(1)",
        "JavaScript:alert(1)//http",
        "java\tscript:alert(1)",
        "javascript://%0aalert(1)",
        "javascript://a.com/%0aalert(1)",
        "javascript:a.com",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "mailto:bob@a.com",
        "MAILTO:bob@a.com",
        "bob@a.com",
        # a login name, which reads like the host
        "https://bank.example@a.com",
        "https://bank.example:443@a.com/b",
        "http://@a.com",
        # hosts that read like another one: one Cyrillic letter, one Greek, only Cyrillic
        "https://b\u0430nk.com",
        "https://www.b\u0430nk.com/login",
        "b\u03bfok.com",
        "https://\u0430\u0440\u0440\u04cf\u0435.com",
        "https://\u0430\u0440\u0440\u04cf\u0435-1.com",
        "//a.com/b",
        "ftp://a.com/b",
        "FTP://a.com/b",
        "file:///etc/passwd",
        "ws://a.com",
        "tel:a.com",
        "https:",
        "https://",
        "http:/a.com",
        "http:a.com",
        "xhttp://a.com",
        "node.js",
        "192.0.2.1",
        "3.14",
        "e.g.this",
    ],
)
def test_other_text_is_not_a_link(text: str) -> None:
    assert found(text) == []
    assert found(f"😀 {text} 😀") == []


SCHEMES = ["http://", "https://", "HTTP://", "//", "ftp://", "javascript:", "data:", "mailto:"]
PARTS = ["a.com", "b.de", "рф", ".com", "/b", "?c=d", "#e", ":80", "localhost", "192.0.2.1", "u@"]
SIGNS = [*"()[]<>\"'.,!:@%…”。é😀\u200b\u202e ", "👨\u200d👩"]
PIECES = st.lists(
    st.one_of(st.text(max_size=6), *(map(st.sampled_from, (SCHEMES, PARTS, SIGNS)))), max_size=14
).map("".join)
"""Texts full of parts of links."""


@given(PIECES)
@example("http://a.com http://b.com")
@example("😀" * 100 + "a.com")
def test_each_link_is_within_the_text_and_uses_http(text: str) -> None:
    units = len(text.encode("utf-16-le")) // 2
    end = 0
    for link in links.find_links(text):
        assert end <= link.start < link.end <= units
        assert link.url.startswith(("http://", "https://"))
        end = link.end
    for link, url in found(text):  # no surrogate pair is split
        scheme, _, rest = url.partition("://")
        assert link == rest or link.lower() == f"{scheme}://{rest.lower()}"


@pytest.mark.parametrize(
    "text",
    ["http://a.com", "😀http://a.com", "xHTTPS://a.com", "漢字http://a.com", "a:http://b"],
)
def test_an_address_is_found_anywhere_in_a_text(text: str) -> None:
    assert links.address_in(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        # of any top-level domain
        *("evil.xyz/phish", "www.evil.online", "evil.app", "EVIL.XYZ", "evil.xyz:80", "(evil.top)"),
        *("пример.рф", "vermögensberatung.vermögensberatung", "see evil.link."),
        # disguised so that no link is found
        *(
            "evil。com",
            "evil．com",  # noqa: RUF001
            "evil｡com",
            "evil.\u200bcom",
            "ev\u00adil.com",
            "e\u0301vil.com",
        ),
        *("http:/evil.com", "//evil.com", "ftp://evil.example", "a@evil.com/x", "http:/evil"),
        # IP addresses
        *("192.0.2.1/x", "[::1]", "at 192.0.2.1:80"),
    ],
)
def test_an_address_is_found_even_if_it_is_not_a_link(text: str) -> None:
    assert links.address_in(text) is not None
    assert links.address_in(f"😀 {text} 😀") is not None


@pytest.mark.parametrize(
    "text",
    [
        *("", "hello", "http://", "😀://", "and/or", "bob@a.com", "bob.b@mail.a.com"),
        *("node.js", "e.g.this", "3.14", "1.2.3", "1.2.3.4.5", "v1.2", "10.000.000", "Mr.Smith"),
        *("wow...", "i.e.", "12:30", "ok :/ no", "a.b"),
    ],
)
def test_text_without_an_address_has_none(text: str) -> None:
    assert links.address_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("no.it is fine", "lol.so true", "yes.me too", "haha.do it", "hm.in a minute", "5.to go"),
        *("main.py", "README.md", "test.sh", "hello.world", "done.now watch", "Ok.la", "vs.me"),
        *("it's ok.Next", "Hi.My name", "xD.lol", "Rd.is", "I'm at work.so later", "love.it"),
        *("mom.dad", "thats.cool", "ffs.stop.it", "see.you", "192.168.0.1", "192.0.2.1"),
        *("ok.bye", "wait.what", "node.js", "v1.2.3", "e.g.", "gg.ez", "wow.nice", "index.html"),
        *("U.S.A.", "is it so.me?", "right.is: yes", "ok.so :)", "你好。世界", "привет.дети"),
    ],
)
def test_an_ordinary_text_is_allowed_and_has_no_link(text: str) -> None:
    assert (found(text), links.address_in(text)) == ([], None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        *[
            (text, text)
            for text in ("evil.com", "evil.xyz", "evil.world/x", "evil.it:80", "t.me/x")
        ],
        *[(text, text) for text in ("www.evil.now", "twitch.tv", "hello.world/?a", "discord.gg/a")],
        ("come to evil.com now", "evil.com"),
        ("(https://a.example/b)", "https://a.example/b"),
    ],
)
def test_what_a_page_links_is_what_a_chat_without_links_rejects(text: str, address: str) -> None:
    assert len(found(text)) == 1
    assert links.address_in(text) == address


@given(PIECES)
def test_a_chat_without_links_rejects_every_link(text: str) -> None:
    if found(text):
        assert links.address_in(text) is not None


@pytest.mark.parametrize(
    "piece",
    ["http://", "http://a.com/(", "http://a.com/[", "a.com ", "((", "@", "a@b.", "a."],
)
def test_finding_links_is_fast_for_any_message(piece: str) -> None:
    text = (piece * 500)[:500]
    links.find_links(text)
    with at_most_processor_seconds(0.3):
        links.find_links(text)
        links.address_in(text * 8)
