"""Search: each term must be a prefix of a word of the username or the title."""

from collections.abc import Collection
from typing import NamedTuple

from pydantic import Field

from footlight import cursors
from footlight.channels.views import Channel, channels_in, live_first, refs_of_channels
from footlight.channels.visibility import hosts_blocking
from footlight.channels.words import terms_of
from footlight.people.callers import Caller, viewer_of
from footlight.tables import live
from footlight.tables.items import batch_get
from footlight.tables.search import Word, WordsWithPrefix
from footlight.wire import Wire

PAGE = 20
READ = 500
"""The most items read for one page, if one term is common and the others rarely match."""


class Results(Wire):
    """A page of matching channels.

    Within the page, live channels come first, then others that have streamed.
    """

    results: list[Channel]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def search(caller: Caller, term: str, cursor: str | None) -> Results:
    """Return channels in which every term is the prefix of a word, ordered by the matched word.

    Unlike home, search finds channels that have never streamed, because people look for a name.

    The longest term is looked up. The others are compared with all words of the channels found. A
    page can be shorter than others, even empty, although more pages follow.
    """
    query = parse_query(term, cursor)
    user_ids, following = find_users(query, hosts_blocking(viewer_of(caller)))
    return Results(results=_ranked(user_ids), next=following)


def _ranked(user_ids: list[str]) -> list[Channel]:
    """Return channels with one read: live, then others that have streamed, then the rest."""
    streamed_refs = {user_id: live.last_broadcast(user_id) for user_id in user_ids}
    found = batch_get(*refs_of_channels(user_ids), *streamed_refs.values())
    shown = channels_in(found, user_ids)
    ordered = sorted(shown, key=lambda user_id: streamed_refs[user_id] not in found)
    return live_first(shown[user_id] for user_id in ordered)


class Query(NamedTuple):
    """The words to search for, the longest of them, and the place after which a page begins."""

    terms: list[str]
    longest: str
    after: str | None


def parse_query(term: str, cursor: str | None) -> Query:
    """Return a query. A text of only symbols has no terms, and finds nothing.

    Raises:
        InvalidRequest: the cursor is invalid.
    """
    terms = terms_of(term)
    longest = max(terms, key=len, default="")
    return Query(terms, longest, _decode(cursor, longest))


def find_users(query: Query, hidden: Collection[str] = ()) -> tuple[list[str], str | None]:
    """Return the ids of the users on a page of results, and the cursor of the next page, if any."""
    if not query.terms:
        return [], None
    user_ids, last = _find(*query, hidden)
    return user_ids, cursors.encode(last) if last else None


def _decode(cursor: str | None, longest: str) -> str | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case [str(place)] if place.startswith(longest):
            return place
        case _:
            raise cursors.invalid()


def _find(
    terms: list[str], longest: str, after: str | None, hidden: Collection[str]
) -> tuple[list[str], str | None]:
    """Return the user ids of a page, and the sort key of its last word if more may follow."""
    user_ids: list[str] = []
    last: str | None = None
    words = WordsWithPrefix(longest, after=after, limit=READ, page_size=5 * PAGE)
    for word in words:
        if _matches(word, terms, longest) and word.user_id not in hidden:
            if len(user_ids) == PAGE:
                return user_ids, last
            user_ids.append(word.user_id)
        last = word.sk
    return user_ids, last if words.has_more else None


def _matches(word: Word, terms: list[str], longest: str) -> bool:
    words = word.words.split()
    if any(not any(text.startswith(term) for text in words) for term in terms):
        return False
    # Only the first matching word of a channel counts, so that no other page repeats the channel.
    return word.word == min(text for text in words if text.startswith(longest))
