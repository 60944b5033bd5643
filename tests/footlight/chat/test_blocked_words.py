"""Blocked words are found however they are disguised, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from footlight.chat import blocked_words
from tests.support.processor import at_most_processor_seconds

HIDDEN = "\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0\ufe0f\u034f\U000e0080\U000e0101"
"""Invisible characters, one of each kind in Unicode."""


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("darn", "darn"),
        ("darn", "well, darn!"),
        ("darn", "(darn)"),
        ("darn", "no-darn-way"),
        ("darn", "😀darn😀"),
        # case, in scripts that have it
        ("darn", "DaRN"),
        ("DARN", "darn"),
        ("straße", "STRASSE"),
        ("привет", "ПРИВЕТ"),
        ("σας", "ΣΑΣ"),
        ("istanbul", "İstanbul"),
        # accents, composed or combining, in the word or in the text
        ("cafe", "café"),
        ("ёлка", "елка"),
        ("мой", "МОЙ"),
        ("злой", "зло\u0301й"),
        ("cafe", "cafe\u0301"),
        ("café", "cafe"),
        ("darn", "d\u0336a\u0336r\u0336n\u0336"),
        ("darn", "da" + "\u0300" * 50 + "rn"),
        # joiners and other invisible characters
        ("darn", "d\u200ba\u200cr\u200dn"),
        ("darn", "da\u00adrn"),
        ("darn", "\ufeffdarn\u2060"),
        ("d\u200barn", "darn"),
        *[("darn", f"da{hidden}rn") for hidden in HIDDEN],
        # width and other variants of letters
        ("darn", "\uff44\uff41\uff52\uff4e"),
        ("darn", "\U0001d41d\U0001d41a\U0001d42b\U0001d427"),
        ("darn", "\u24d3\u24d0\u24e1\u24dd"),
        ("\uff44\uff41\uff52\uff4e", "darn"),
        ("office", "o\ufb03ce"),
        # phrases
        ("buy now", "Buy now!"),
        ("buy now", "buy   now"),
        ("buy now", "buy\u00a0now"),
        ("buy  now", "buy now"),
        # signs
        (":(", "oh :("),
        (":(", "oh:("),
        (":(", ":(("),
        ("c++", "c++"),
        ("c++", "c+++"),
        ("$$$", "make $$$$ fast"),
        ("🍆", "a🍆b"),
        ("a.b", "a.b"),
        ("[x]", "[x]"),
        ("\\", "a\\b"),
        # stars
        ("darn*", "darn"),
        ("darn*", "darned"),
        ("*darn", "goddarn"),
        ("*darn", "darn"),
        ("*darn", "darndarn"),
        ("*darn*", "goddarned"),
        ("d*n", "dn"),
        ("d*n", "darn"),
        ("d*n", "dnxn"),
        ("d*r*n", "daaarnrn"),
        ("d**n", "darn"),
        ("*r*", "darn"),
        ("*:(", "oh:("),
        ("buy*now", "buynow"),
        ("buy* now", "buying now"),
        ("d*n", "d漢字n"),
        ("*坏*", "很坏的"),
        ("darn\uff0a", "darned"),
    ],
)
def test_a_word_is_found(word: str, text: str) -> None:
    assert blocked_words.has_any([word], text)
    assert blocked_words.has_any(["something", word, "else"], f"before {text} after")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("darn", ""),
        ("darn", "darned"),
        ("darn", "goddarn"),
        ("darn", "darn1"),
        ("darn", "darn_it"),
        ("darn", "d a r n"),
        ("darn", "dar n"),
        ("ass", "class"),
        ("ass", "assassin"),
        ("ass", "passé"),
        ("c++", "c+"),
        ("c++", "abc++"),
        (":(", ": ("),
        ("darn*", "goddarn"),
        ("*darn", "darned"),
        ("d*n", "d n"),
        ("d*n", "d-n"),
        ("d*n", "dnx"),
        ("d*n", "xdn"),
        ("d*r*n", "dnr"),
        ("buy now", "buynow"),
        ("buy now", "buy nowhere"),
        ("buy*now", "buy now"),
        ("a.b", "axb"),
        ("[abc]", "a"),
        ("a|b", "a"),
        ("(?i)x", "x"),
        ("d.*n", "darn"),
        # marks that belong to a letter don't disguise it
        ("कुल", "कल"),
        ("はは", "ばば"),
        ("мои", "мой"),
    ],
)
def test_other_text_is_not_found(word: str, text: str) -> None:
    assert not blocked_words.has_any([word], text)


def test_an_empty_list_of_words_matches_nothing() -> None:
    assert not blocked_words.has_any([], "anything")
    assert not blocked_words.has_any([], "")


LETTERS = "ab"
PATTERNS = st.text(alphabet=f"{LETTERS}* -", min_size=1, max_size=8).map(str.strip)


def by_backtracking(word: str, text: str) -> bool:
    """The same search by plain backtracking, with a star for any letters."""
    middle = "".join(r"\w*" if c == "*" else re.escape(c) for c in word)
    before = r"(?<!\w)" if re.match(r"\w", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    return re.search(before + middle + after, text) is not None


@given(word=PATTERNS, text=st.text(alphabet=f"{LETTERS} -", max_size=16))
def test_the_search_without_backtracking_misses_no_match(word: str, text: str) -> None:
    text, word = " ".join(text.split()), " ".join(word.split())
    if word.replace("*", ""):
        assert blocked_words.has_any([word], text) == by_backtracking(word, text)


@pytest.mark.parametrize(
    "word",
    [
        "*" * 49 + "x",
        "a*" * 25,
        "a*" * 24 + "x",
        "*a" * 24 + "*x",
        "a" * 49 + "*",
        "*" + "a" * 49,
        "-*" * 25,
    ],
)
@pytest.mark.parametrize(
    "text", ["a" * 500, "a " * 250, "-" * 500, "-a" * 250, "\ufdf4" * 500, "\ufdfa" * 500]
)
def test_the_search_is_fast_for_any_words_and_text(word: str, text: str) -> None:
    """With a hundred words, the most that a creator may have, and 500 characters of text."""
    words = {word[:-2] + f"{number:02d}"[-2:] for number in range(100)} | {word}
    blocked_words.has_any(words, "compile them")
    with at_most_processor_seconds(0.3):
        blocked_words.has_any(words, text)


WORD: TypeAdapter[str] = TypeAdapter(blocked_words.Word)


@pytest.mark.parametrize(
    ("given_word", "kept"),
    [("Darn", "darn"), ("  buy now ", "buy now"), ("cafe\u0301", "café"), ("x" * 50, "x" * 50)],
)
def test_a_word_is_stored_as_it_is_compared(given_word: str, kept: str) -> None:
    assert WORD.validate_python(given_word) == kept


@pytest.mark.parametrize(
    "word", ["", " ", "*", "** *", "x" * 51, "\u200b", "*\u0301", "\x00", "a\nb", "\ud800"]
)
def test_an_invalid_word_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        WORD.validate_python(word)
