"""Search: each word of a username and a title is an item, found by its beginning."""

import re
import unicodedata

from pynamodb.attributes import UnicodeAttribute

from footlight.tables.base import Item, Key

_WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 40
"""Words of one channel that search finds: a change of title rewrites twice as many, and a
transaction holds 100 items."""
MAX_LETTERS = 64
"""Of each word: a sort key holds 1024 bytes, and NFKC makes up to 18 letters out of one."""


class Word(Item, discriminator="word"):
    """One word of one channel; `words` holds all of them, for the other terms of a search."""

    user_id = UnicodeAttribute()
    words = UnicodeAttribute()


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


def word_item(word: str, user_id: str, all_words: list[str]) -> Word:
    """The item of one of a channel's words."""
    return Word(*word_key(word, user_id), user_id=user_id, words=" ".join(all_words))


def word_key(word: str, user_id: str) -> Key:
    return words_list(word), f"{word}#{user_id}"


def words_list(word: str) -> str:
    """`pk` of all words that begin as this one."""
    return f"WORD#{word[0]}"


def word_of(item: Word) -> str:
    """The word itself."""
    return item.sk.rpartition("#")[0]
