"""Search: each word of a username and a title is an item, found by its beginning."""

from pynamodb.attributes import UnicodeAttribute

from footlight.tables.base import Item, Key


class Word(Item, discriminator="word"):
    """One word of one channel; `words` holds all of them, for the other terms of a search."""

    user_id = UnicodeAttribute()
    words = UnicodeAttribute()


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
