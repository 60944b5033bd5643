"""The words by which search finds a channel."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 40
"""The most words of one channel that search finds. A change of title can rewrite twice as many, and
a transaction holds 100 items."""
MAX_LETTERS = 64
"""The most letters of a word. A sort key holds 1,024 bytes; NFKC can turn one letter into 18."""


def words_of(*texts: str) -> list[str]:
    """Return the distinct words of the texts in order: NFKC, case folded, letters and digits."""
    words: dict[str, None] = {}
    for text in texts:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        for word in _WORD.findall(folded):
            words[word[:MAX_LETTERS]] = None
    return list(words)


def channel_words(username: str, title: str) -> list[str]:
    """Return the words by which a channel is found."""
    return words_of(username, title)[:MAX_WORDS]
