"""The home page: live channels first, then all others that have streamed, by their last start."""

from collections.abc import Generator, Iterable
from typing import Literal, NamedTuple

from pydantic import Field

from footlight import cursors
from footlight.channels.views import (
    Channel,
    channels,
    channels_in,
    live_first,
    refs_of_channels,
)
from footlight.channels.visibility import hosts_blocking
from footlight.identities import Person
from footlight.people.callers import Caller, viewer_of
from footlight.tables import live, relations
from footlight.tables.items import ListEntry, batch_get, listed_newest
from footlight.tables.notices import notice_ref
from footlight.wire import Instant, Wire

PAGE = 24
RECOMMENDED = 10
FOLLOWING = 50
WINDOW = 100
"""How many entries of each list the first page reads, to choose recommendations from."""


class Notice(Wire):
    """A text of the operators for everyone, which every page of the site shows."""

    text: str
    at: Instant


class Home(Wire):
    """A page of channels. Only the first page has `following`, `recommended`, and the notice."""

    streams: list[Channel]
    following: list[Channel]
    recommended: list[Channel]
    notice: Notice | None = Field(description="Null if there is none")
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def home(caller: Caller, cursor: str | None) -> Home:
    """Return a page of the home page, without hosts who blocked the viewer.

    A channel that has never streamed is on no page. Only its followers have it, in `following`.

    Blocking hosts are removed after a page is read, so a page can be shorter than others.
    """
    after = _decode(cursor)
    viewer = viewer_of(caller)
    hidden = hosts_blocking(viewer)
    return _later_page(after, hidden) if after else _first_page(viewer, hidden)


class _Place(NamedTuple):
    """A place in the two lists: after a live channel, or after one that has streamed."""

    section: Literal["live", "rest"]
    list_sk: str


class _Section(NamedTuple):
    """The entries of one list that were read, and whether the list has more."""

    name: Literal["live", "rest"]
    entries: list[ListEntry]
    has_more: bool

    @property
    def user_ids(self) -> list[str]:
        return [entry.owner_id for entry in self.entries]


_NO_LIVE_LEFT = _Section("live", [], has_more=False)
_REST_NOT_READ = _Section("rest", [], has_more=True)


def _live_channels(*, after: str | None, limit: int) -> _Section:
    return _Section("live", *listed_newest(live.LISTED_LIVE, before=after, limit=limit))


def _streamed_channels(*, after: str | None, limit: int) -> _Section:
    return _Section("rest", *listed_newest(live.LISTED_STREAMED, before=after, limit=limit))


def _first_page(viewer: Person | None, hidden: set[str]) -> Home:
    on_air = _live_channels(after=None, limit=WINDOW)
    rest = _streamed_channels(after=None, limit=WINDOW)
    follows = [host_id for host_id in _follows_of(viewer) if host_id not in hidden]
    live_follows = _live_among(follows) if on_air.has_more else set(on_air.user_ids)
    following = sorted(follows, key=lambda host_id: host_id not in live_follows)[:FOLLOWING]

    not_recommended = hidden | set(follows) | ({viewer.id} if viewer else set())
    candidates = dict.fromkeys([*on_air.user_ids, *rest.user_ids])
    recommended = [host_id for host_id in candidates if host_id not in not_recommended]
    recommended = recommended[:RECOMMENDED]

    page, next_place = _page(on_air, rest, hidden)
    user_ids = list(dict.fromkeys([*page, *following, *recommended]))
    found = batch_get(*refs_of_channels(user_ids), notice_ref())
    by_id = channels_in(found, user_ids)
    notice = found.get(notice_ref())

    def shown(user_ids: Iterable[str]) -> list[Channel]:
        return live_first(by_id[user_id] for user_id in user_ids if user_id in by_id)

    return Home(
        streams=shown(page),
        following=shown(following),
        recommended=shown(recommended),
        notice=Notice(text=notice.text, at=notice.at) if notice else None,
        next=_encode(next_place),
    )


def _later_page(after: _Place, hidden: set[str]) -> Home:
    on_air, rest = _NO_LIVE_LEFT, _REST_NOT_READ
    if after.section == "live":
        on_air = _live_channels(after=after.list_sk, limit=PAGE)
    if len(on_air.entries) < PAGE:
        rest_after = after.list_sk if after.section == "rest" else None
        rest = _streamed_channels(after=rest_after, limit=2 * PAGE)
    page, next_place = _page(on_air, rest, hidden)
    live_ids = set(on_air.user_ids)
    streams = [
        channel
        for user_id, channel in channels(page).items()
        # Other live channels were shown with the live ones, before any of the rest.
        if user_id in live_ids or not channel.stream.is_live
    ]
    return Home(
        streams=live_first(streams),
        following=[],
        recommended=[],
        notice=None,
        next=_encode(next_place),
    )


def _page(on_air: _Section, rest: _Section, hidden: set[str]) -> tuple[list[str], _Place | None]:
    """Return the user ids of a page, and the place where the next one begins, None at the end."""
    user_ids: dict[str, None] = {}
    place: _Place | None = None
    for next_place, user_id in _entries(on_air, rest):
        if len(user_ids) == PAGE:
            return list(user_ids), place
        place = next_place
        if user_id not in hidden:
            user_ids[user_id] = None
    return list(user_ids), place if on_air.has_more or rest.has_more else None


def _entries(on_air: _Section, rest: _Section) -> Generator[tuple[_Place, str]]:
    """Yield the place and the user id of each entry. Stop if unread live channels come next."""
    for section in (on_air, rest):
        for entry in section.entries:
            yield _Place(section.name, entry.list_sk), entry.owner_id
        if section.has_more:
            return


def _decode(cursor: str | None) -> _Place | None:
    if cursor is None:
        return None
    match cursors.decode(cursor):
        case ["live", list_sk]:
            return _Place("live", list_sk)
        case ["rest", list_sk]:
            return _Place("rest", list_sk)
        case _:
            raise cursors.invalid()


def _encode(place: _Place | None) -> str | None:
    return cursors.encode(*place) if place else None


def _follows_of(viewer: Person | None) -> list[str]:
    """Return the ids of the hosts that a viewer follows, newest follow first."""
    if viewer is None:
        return []
    follows = relations.follows_of(viewer.id)
    return [follow.sk for follow in sorted(follows, key=lambda f: f.created_at, reverse=True)]


def _live_among(user_ids: list[str]) -> set[str]:
    refs = {user_id: live.live_state(user_id) for user_id in user_ids}
    found = batch_get(*refs.values())
    return {user_id for user_id, ref in refs.items() if (state := found.get(ref)) and state.live}
