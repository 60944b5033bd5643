"""The words by which search finds a channel, in all scripts, as people type them."""

import re
import unicodedata
from collections.abc import Iterator

from footlight import text

MAX_WORDS = 44
"""The most words of one channel that search finds. A change of title can rewrite twice as many, and
a transaction holds 100 items."""
MAX_LETTERS = 64
"""The most letters of a word. A sort key holds 1,024 bytes; NFKC can turn one letter into 18."""
MAX_UNSPACED = 8
"""The most letters of a word in a script without spaces, in which a word begins at each letter."""

_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{ARABIC TATWEEL}": ""}
    | dict.fromkeys("`\u02bb\u02bc\u2018\u2019", "'")
)
"""Letters that no decomposition makes plain, and the signs that people type as an apostrophe. The
Arabic sign only stretches a word.
https://github.com/unicode-org/cldr/blob/main/common/transforms/Latin-ASCII.xml"""

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
    "\uac00-\ud7a3\U00020000-\U0003ffff"
)
"""Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Japanese, and
Chinese. Korean too, because it writes compounds as one word."""

_SEGMENT = re.compile(rf"(?P<unspaced>\d*[{_UNSPACED}][{_UNSPACED}\d]*)|(?P<word>[^{_UNSPACED}]+)")


def channel_words(username: str, title: str) -> list[str]:
    """Return the words by which a channel is found."""
    words: dict[str, None] = {}
    for name in (username, title):
        for chunk in _folded(name).split():
            words |= dict.fromkeys(_words_of_chunk(chunk))
    return list(words)[:MAX_WORDS]


def terms_of(term: str) -> list[str]:
    """Return the distinct terms of a search, each of which must be the prefix of a word."""
    terms: dict[str, None] = {}
    for chunk in _folded(term).split():
        for segment, is_unspaced in _segments(chunk.replace("'", "")):
            if is_unspaced:
                starts = _starts(segment)
                # The words of the later starts follow from the first, unless they are full.
                terms |= dict.fromkeys(
                    segment[at : at + MAX_UNSPACED]
                    for at in starts
                    if at == 0 or at + MAX_UNSPACED <= len(segment)
                )
            else:
                terms[segment[:MAX_LETTERS]] = None
    return list(terms)


def _folded(raw: str) -> str:
    return text.folded(raw).translate(_PLAIN)


def _words_of_chunk(chunk: str) -> Iterator[str]:
    """Yield the words of a text without spaces.

    It has a word for each way in which people type it: `don't` as `dont`, `l'été` as `ete`, and
    `AC/DC` as `acdc`.
    """
    parts = list(_segments(chunk.replace("'", "")))
    for segment, is_unspaced in parts:
        if is_unspaced:
            yield from (segment[at : at + MAX_UNSPACED] for at in _starts(segment))
        else:
            yield segment[:MAX_LETTERS]
    if len(parts) > 1 and not any(is_unspaced for _, is_unspaced in parts):
        yield "".join(segment for segment, _ in parts)[:MAX_LETTERS]
    for part in chunk.split("'")[1:]:
        segment, is_unspaced = next(_segments(part), ("", True))
        if not is_unspaced and len(segment) > 2:  # `don't` has no word `t`, `we're` none `re`
            yield segment[:MAX_LETTERS]


def _segments(chunk: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of letters, digits, and marks, and whether each is of a script without spaces.

    `+` and `#` at the end of a word belong to it, as in `C++`.
    """
    for run in _runs(chunk):
        for segment in _SEGMENT.finditer(run):
            yield segment[0], segment["unspaced"] is not None


def _runs(chunk: str) -> Iterator[str]:
    run = ""
    for at, char in enumerate(chunk):
        category = unicodedata.category(char)[0]
        if category in "LN" or (category == "M" and run):
            run += char
        elif run:
            yield run + _suffix(chunk, at)
            run = ""
    if run:
        yield run


def _suffix(chunk: str, at: int) -> str:
    """Return the signs at a place that belong to the word before it."""
    signs = re.compile(r"[+#]+").match(chunk, at)
    if signs is None or unicodedata.category(chunk[signs.end() :][:1] or " ")[0] in "LN":
        return ""
    return signs[0]


def _starts(segment: str) -> list[int]:
    """Return the places of the letters and digits in a segment."""
    return [at for at, char in enumerate(segment) if unicodedata.category(char)[0] in "LN"]
