"""Pure: the words that a creator does not want in their chat, and whether a text has one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from footlight import text

MOST_WORDS = 100
WORD_CHARACTERS = 50

_LISTS_KEPT = 200
"""Compiled lists of words that a container keeps."""

# By Unicode's blocks: what is set over or under letters of any writing, the points of Hebrew and
# Arabic, variation selectors. Not what is a letter's own: vowels in India, voicing in Japan, the
# breve of one Cyrillic letter.
_MARKS = re.compile(
    "(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "\u17b4\u17b5\u180b-\u180f]"
)


def plain(said: str) -> str:
    """A text without what hides a word: case, width, accents, joiners and other invisible ones, and
    more than one blank."""
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", said).casefold())
    visible = (c for c in folded if unicodedata.category(c)[0] != "C" and c not in text.FILLERS)
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def has_any(words: Iterable[str], said: str) -> bool:
    """Whether a text has one of these words, each as a whole word; `*` stands for any letters."""
    pattern = _pattern(frozenset(words))
    return pattern is not None and pattern.search(plain(said)) is not None


@lru_cache(_LISTS_KEPT)
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile("|".join(_whole(plain(word)) for word in sorted(words)))


def _whole(word: str) -> str:
    """A word as a pattern. One that ends in a sign, as `:(` does, may stand beside a letter."""
    # A star before it begins where a word does: else each letter of a long one would be tried.
    before = r"(?<!\w)" if re.match(r"[\w*]", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    first, *rest = re.split(r"\*+", word)
    # Each part as early as may be, and never tried again: else many stars would take for ever.
    parts = [rf"(?>\w*?{re.escape(part)})" for part in rest]
    if parts and after:
        parts[-1] = rf"(?>\w*?{re.escape(rest[-1])}{after})"
    return before + re.escape(first) + "".join(parts) + after


def _word(word: str) -> str:
    try:
        word = text.clean(word, lines=False).casefold()
    except ValueError as error:
        raise PydanticCustomError("word", "{problem}", {"problem": str(error)}) from error
    if not 1 <= len(word) <= WORD_CHARACTERS or not plain(word).replace("*", "").strip():
        problem = f"1 to {WORD_CHARACTERS} characters, not `*` alone"
        raise PydanticCustomError("word", "{problem}", {"problem": problem})
    return word


Word = Annotated[str, AfterValidator(_word)]
"""A word as a creator writes it, with stars."""
