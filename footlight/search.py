"""Search: each term is the beginning of a word of the username or the title."""

from pydantic import Field

from footlight.channels import (
    Channel,
    blockers_of,
    channels_of,
    live_first,
    read_cursor,
    viewer_of,
    write_cursor,
)
from footlight.errors import InvalidRequest
from footlight.signin import Caller
from footlight.tables import base
from footlight.tables.words import Word, words_of
from footlight.wire import Wire

PAGE = 20
MAX_TERMS = 8


class Results(Wire):
    """Channels that match, live first within the page."""

    results: list[Channel]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def search(caller: Caller, term: str, cursor: str | None) -> Results:
    """Channels in which every term begins a word, any case. Raises InvalidRequest."""
    terms = words_of(term)[:MAX_TERMS]
    if not terms:
        raise InvalidRequest({"term": "At least one letter or digit"})
    viewer = viewer_of(caller)
    hidden = blockers_of(viewer)
    longest = max(terms, key=len)
    position = None
    if cursor is not None:
        match read_cursor(cursor):
            case [str(last)] if last.startswith(longest):
                position = {"pk": {"S": f"WORD#{longest[0]}"}, "sk": {"S": last}}
            case _:
                raise InvalidRequest({"cursor": "This is no cursor"})
    ids: dict[str, None] = {}
    last_word: str | None = None
    with base.faults():
        page = Word.query(
            f"WORD#{longest[0]}",
            Word.sk.startswith(longest),
            last_evaluated_key=position,
            page_size=5 * PAGE,
        )
        for item in page:
            if _matches(terms, item.words.split()) and item.user_id not in hidden:
                ids[item.user_id] = None
            last_word = item.sk
            if len(ids) == PAGE:
                break
        else:
            last_word = None
    return Results(
        results=live_first(channels_of(ids)),
        next=write_cursor(last_word) if last_word else None,
    )


def _matches(terms: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(term) for word in words) for term in terms)
