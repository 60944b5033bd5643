"""Search: each word of a username and a title is an item, found by its beginning."""

import re
import unicodedata

from pynamodb.attributes import UnicodeAttribute

from footlight.tables.base import Item, Key

_WORD = re.compile(r"[^\W_]+")


class Word(Item, discriminator="word"):
    """One word of one channel; `words` holds all of them, for the other terms of a search."""

    user_id = UnicodeAttribute()
    words = UnicodeAttribute()


def words_of(*texts: str) -> list[str]:
    """The words of the texts: NFKC, case folded, letters and digits; each once, in order."""
    words: dict[str, None] = {}
    for text in texts:
        for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
            words[word] = None
    return list(words)


def word_key(word: str, user_id: str) -> Key:
    return f"WORD#{word[0]}", f"{word}#{user_id}"
