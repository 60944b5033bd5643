"""Pure: find a creator's blocked words in a text, however they are disguised."""

import re
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


def undisguise(raw: str) -> str:
    """Return a text without anything that could disguise a word.

    It has no case, width variants, accents, invisible characters, or repeated blanks.
    """
    return " ".join(text.folded(raw).split())


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
