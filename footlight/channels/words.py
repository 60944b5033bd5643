"""The words by which search finds a channel."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 40
"""Words of one channel that search finds: a change of title rewrites twice as many, and a
transaction holds 100 items."""
MAX_LETTERS = 64
"""Of each word: a sort key holds 1024 bytes, and NFKC makes up to 18 letters out of one."""


def words_of(*texts: str) -> list[str]:
    """The words of the texts: NFKC, case folded, letters and digits; each once, in order."""
    words: dict[str, None] = {}
    for text in texts:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        for word in _WORD.findall(folded):
            words[word[:MAX_LETTERS]] = None
    return list(words)


def channel_words(username: str, title: str) -> list[str]:
    """The words by which a channel is found."""
    return words_of(username, title)[:MAX_WORDS]
