"""Pure: find a creator's blocked words in a text, however they are disguised."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from footlight import text

MAX_BLOCKED_WORDS = 100
MAX_WORD_CHARACTERS = 50

_CACHED_LISTS = 200
"""Compiled word lists that a container caches."""

# Unicode blocks of marks above or below letters of any script, Hebrew and Arabic points, and
# variation selectors. Not marks that belong to a letter: Indic vowels, Japanese voicing marks, and
# the breve of one Cyrillic letter.
_MARKS = re.compile(
    "(?<!\u0438)\u0306|[\u0300-\u0305\u0307-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u064b-\u065f\u0670\ufe00-\ufe0f\U000e0100-\U000e01ef"
    "\u17b4\u17b5\u180b-\u180f]"
)


def undisguise(raw: str) -> str:
    """Return a text without anything that could disguise a word.

    It has no case, width variants, accents, invisible characters, or repeated blanks.
    """
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", raw).casefold())
    visible = (c for c in folded if unicodedata.category(c)[0] != "C" and c not in text.FILLERS)
    return unicodedata.normalize("NFC", " ".join("".join(visible).split()))


def has_any(words: Iterable[str], raw: str) -> bool:
    """Return True if a text contains one of the words as a whole word. `*` matches any letters."""
    pattern = _pattern(frozenset(words))
    return pattern is not None and pattern.search(undisguise(raw)) is not None


@lru_cache(_CACHED_LISTS)
def _pattern(words: frozenset[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    return re.compile("|".join(_whole_word(undisguise(word)) for word in sorted(words)))


def _whole_word(word: str) -> str:
    """Return the pattern of a word. A letter may follow a word that ends in a sign, like `:(`."""
    # A leading star only matches from the start of a word. Otherwise the search would start again
    # at each letter of a long word.
    before = r"(?<!\w)" if re.match(r"[\w*]", word) else ""
    after = r"(?!\w)" if re.search(r"\w$", word) else ""
    first, *rest = re.split(r"\*+", word)
    # Each part matches as early as possible. Atomic groups prevent backtracking, which is slow for
    # many stars.
    parts = [rf"(?>\w*?{re.escape(part)})" for part in rest]
    if parts and after:
        parts[-1] = rf"(?>\w*?{re.escape(rest[-1])}{after})"
    return before + re.escape(first) + "".join(parts) + after


def _word(word: str) -> str:
    try:
        word = text.clean(word, lines=False).casefold()
    except ValueError as error:
        raise PydanticCustomError("word", "{problem}", {"problem": str(error)}) from error
    if not 1 <= len(word) <= MAX_WORD_CHARACTERS or not undisguise(word).replace("*", "").strip():
        problem = f"1 to {MAX_WORD_CHARACTERS} characters, not only `*`"
        raise PydanticCustomError("word", "{problem}", {"problem": problem})
    return word


Word = Annotated[str, AfterValidator(_word)]
"""A blocked word as its creator entered it, with `*` as a wildcard."""
