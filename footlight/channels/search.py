"""Search: each term is the beginning of a word of the username or the title."""

from pydantic import Field

from footlight import cursors
from footlight.channels.views import Channel, blockers_of, channels_of, live_first
from footlight.channels.words import words_of
from footlight.errors import InvalidRequest
from footlight.people.callers import Caller, viewer_of
from footlight.tables import base
from footlight.tables.search import Word, word_of, words_list
from footlight.wire import Wire

PAGE = 20
READ = 500
"""Most items read for a page, where a term is common and the others match seldom."""


class Results(Wire):
    """Channels that match, live first within the page."""

    results: list[Channel]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def search(caller: Caller, term: str, cursor: str | None) -> Results:
    """Channels in which every term begins a word, any case; in the order of the word found.

    The longest term is looked up, the others are held against all words of what it finds. A page
    may be shorter than others, even empty, with more after it. Raises InvalidRequest,
    UsernameRequired.
    """
    terms = words_of(term)
    if not terms:
        raise InvalidRequest({"term": "At least one letter or digit"})
    longest = max(terms, key=len)
    place = _read_place(cursor, longest)
    ids, last = _find(terms, longest, place, blockers_of(viewer_of(caller)))
    return Results(
        results=live_first(channels_of(ids).values()),
        next=cursors.encode(last) if last else None,
    )


def _read_place(cursor: str | None, longest: str) -> str | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case [str(place)] if place.startswith(longest):
            return place
        case _:
            raise cursors.invalid()


def _find(
    terms: list[str], longest: str, after: str | None, skip: set[str]
) -> tuple[list[str], str | None]:
    """Ids of a page of users, and the place of the last where there may be more."""
    shelf = words_list(longest)
    ids: list[str] = []
    last: str | None = None
    with base.faults():
        items = Word.query(
            shelf,
            Word.sk.startswith(longest),
            last_evaluated_key={"pk": {"S": shelf}, "sk": {"S": after}} if after else None,
            page_size=5 * PAGE,
            limit=READ,
        )
        for item in items:
            if _matches(item, terms, longest) and item.user_id not in skip:
                if len(ids) == PAGE:
                    return ids, last
                ids.append(item.user_id)
            last = item.sk
        return ids, last if items.last_evaluated_key else None


def _matches(item: Word, terms: list[str], longest: str) -> bool:
    words = item.words.split()
    if any(not any(word.startswith(term) for word in words) for term in terms):
        return False
    # One of a channel's words stands for it, so that no page shows it again.
    return word_of(item) == min(word for word in words if word.startswith(longest))
