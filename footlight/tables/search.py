"""Search: each word of a username and title is an item, found by its prefix."""

from collections.abc import Generator

from pynamodb.attributes import UnicodeAttribute

from footlight.tables.faults import unavailable_on_faults
from footlight.tables.items import Item, Ref


class Word(Item, discriminator="word"):
    """One word of one channel. `words` holds all words of the channel, for the other terms."""

    user_id = UnicodeAttribute()
    words = UnicodeAttribute()

    @property
    def word(self) -> str:
        return self.sk.rpartition("#")[0]


def word(text: str, user_id: str) -> Ref[Word]:
    return Ref(Word, words_list(text), f"{text}#{user_id}")


def word_item(text: str, user_id: str, all_words: list[str]) -> Word:
    """Return the item of one of a channel's words."""
    return word(text, user_id).new(user_id=user_id, words=" ".join(all_words))


def words_list(text: str) -> str:
    """Return the `pk` of all words with the same first character."""
    return f"WORD#{text[0]}"


class WordsWithPrefix:
    """Iterates over up to `limit` words with a prefix, after a sort key."""

    def __init__(self, prefix: str, *, after: str | None, limit: int, page_size: int) -> None:
        partition = words_list(prefix)
        self._words = Word.query(
            partition,
            Word.sk.startswith(prefix),
            last_evaluated_key={"pk": {"S": partition}, "sk": {"S": after}} if after else None,
            page_size=page_size,
            limit=limit,
        )

    def __iter__(self) -> Generator[Word]:
        with unavailable_on_faults():
            yield from self._words

    @property
    def has_more(self) -> bool:
        """True if more words may follow, once the iteration has ended."""
        return self._words.last_evaluated_key is not None
