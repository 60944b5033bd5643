"""The home page: live channels first, then the rest."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from pydantic import Field
from pynamodb.expressions.condition import Condition

from footlight import cursors
from footlight.channels.views import (
    Channel,
    blockers_of,
    channels_of,
    live_first,
)
from footlight.identities import Person
from footlight.people.callers import Caller, viewer_of
from footlight.tables import base, live, relations, users
from footlight.wire import Wire

PAGE = 24
RECOMMENDED = 10
FOLLOWING = 50
WINDOW = 100
"""How much of each list the first page reads: it picks what to recommend out of that."""


class Home(Wire):
    """Live first, then the rest; `following` and `recommended` on the first page alone."""

    streams: list[Channel]
    following: list[Channel]
    recommended: list[Channel]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def home(caller: Caller, cursor: str | None) -> Home:
    """A page of the home page: never anyone who blocked the viewer.

    A page may be shorter than others, since it is read before those who blocked the viewer are
    taken out. Raises InvalidRequest, UsernameRequired.
    """
    place = _read_place(cursor)
    viewer = viewer_of(caller)
    hidden = blockers_of(viewer)
    return _later_page(place, hidden) if place else _first_page(viewer, hidden)


class _Listed(NamedTuple):
    """An entry of a list: whose channel, where in the list, and since when it exists."""

    user_id: str
    place: str
    created_at: str


class _Place(NamedTuple):
    """Where a page begins: after an entry of the live ones, or of the rest."""

    part: Literal["live", "rest"]
    after: str


class _Window(NamedTuple):
    entries: list[_Listed]
    more: bool


def _listed(list_pk: str, after: str | None, limit: int) -> _Window:
    """A window of a list, last first."""
    condition: Condition | None = None if after is None else base.Item.list_sk < after
    with base.faults():
        items = list(
            base.Item.lists.query(
                list_pk, condition, scan_index_forward=False, limit=limit + 1, page_size=limit + 1
            )
        )
    entries = [
        _Listed(
            user_id=item.pk.partition("#")[2],
            place=item.list_sk or "",
            created_at=getattr(item, "created_at", None) or "",
        )
        for item in items[:limit]
    ]
    return _Window(entries, more=len(items) > limit)


def _first_page(viewer: Person | None, hidden: set[str]) -> Home:
    on = _listed(live.LISTED_LIVE, None, WINDOW)
    rest = _listed(users.LISTED_CHANNELS, None, WINDOW)
    follows = [who for who in _follows(viewer) if who not in hidden]
    live_ids = [entry.user_id for entry in on.entries]
    live_follows = set(live_ids) if not on.more else _live_among(follows)
    following = sorted(follows, key=lambda who: who not in live_follows)[:FOLLOWING]

    apart = hidden | set(follows) | ({viewer.id} if viewer else set())
    newest = sorted(rest.entries, key=lambda entry: entry.created_at, reverse=True)
    candidates = dict.fromkeys([*live_ids, *(entry.user_id for entry in newest)])
    recommended = [who for who in candidates if who not in apart][:RECOMMENDED]

    streams, place = _cut(on, rest, skip=hidden)
    found = channels_of([*streams, *following, *recommended])

    def shown(user_ids: Iterable[str]) -> list[Channel]:
        return live_first(found[who] for who in user_ids if who in found)

    return Home(
        streams=shown(streams),
        following=shown(following),
        recommended=shown(recommended),
        next=_write_place(place),
    )


def _later_page(place: _Place, hidden: set[str]) -> Home:
    on = _Window([], more=False)
    if place.part == "live":
        on = _listed(live.LISTED_LIVE, place.after, PAGE)
    rest = _Window([], more=True)
    if len(on.entries) < PAGE:
        rest = _listed(
            users.LISTED_CHANNELS, place.after if place.part == "rest" else None, 2 * PAGE
        )
    ids, following_place = _cut(on, rest, skip=hidden)
    found = channels_of(ids)
    listed_live = {entry.user_id for entry in on.entries}
    # Who is live has been shown among the live ones, before any of the rest.
    streams = [c for who, c in found.items() if who in listed_live or not c.stream.is_live]
    return Home(
        streams=live_first(streams),
        following=[],
        recommended=[],
        next=_write_place(following_place),
    )


def _cut(on: _Window, rest: _Window, *, skip: set[str]) -> tuple[list[str], _Place | None]:
    """A page out of the live ones and then the rest, and where the next begins; None at the end."""
    ids: dict[str, None] = {}
    place: _Place | None = None
    parts: list[tuple[Literal["live", "rest"], _Window]] = [("live", on), ("rest", rest)]
    for part, window in parts:
        for entry in window.entries:
            if len(ids) == PAGE:
                return list(ids), place
            place = _Place(part, entry.place)
            if entry.user_id not in skip:
                ids[entry.user_id] = None
        if window.more:
            return list(ids), place
    return list(ids), None


def _read_place(cursor: str | None) -> _Place | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case ["live", after]:
            return _Place("live", after)
        case ["rest", after]:
            return _Place("rest", after)
        case _:
            raise cursors.invalid()


def _write_place(place: _Place | None) -> str | None:
    return cursors.encode(*place) if place else None


def _follows(viewer: Person | None) -> list[str]:
    """Whom a viewer follows, newest follow first."""
    if viewer is None:
        return []
    with base.faults():
        follows = list(relations.Follow.query(relations.follows_list(viewer.id)))
    return [f.sk for f in sorted(follows, key=lambda f: f.created_at, reverse=True)]


def _live_among(user_ids: list[str]) -> set[str]:
    """Who of these is live."""
    found = base.batch_get(live.live_key(user_id) for user_id in user_ids)
    return {item.user_id for item in found.values() if isinstance(item, live.Live) and item.live}
