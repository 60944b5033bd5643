"""A channel as a viewer sees it; home and the creator's own view of it."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field

from footlight import clock, settings
from footlight.errors import InvalidRequest, NotFound
from footlight.identities import Person
from footlight.live.session import State, state_of
from footlight.signin import Caller, person_of
from footlight.tables import base, graph, live, users
from footlight.wire import Instant, Wire

PAGE = 24
RECOMMENDED = 10
FOLLOWING = 50


class User(Wire):
    """Somebody with a channel."""

    id: str
    username: str
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant


class StreamView(Wire):
    """A channel's stream: its settings and what it is doing."""

    title: str
    thumbnail: str | None
    state: State
    is_live: bool = Field(description="Whether `state` is `live`")
    viewer_count: int
    started_at: Instant | None
    is_chat_enabled: bool
    is_chat_delayed: bool
    is_chat_followers_only: bool
    created_at: Instant
    updated_at: Instant


class Channel(Wire):
    """A user and their stream."""

    user: User
    stream: StreamView


class ChannelPage(Channel):
    """A channel, and how the viewer stands to it."""

    is_following: bool
    is_host: bool


class Home(Wire):
    """Live first, then the rest; `following` and `recommended` on the first page alone."""

    streams: list[Channel]
    following: list[Channel]
    recommended: list[Channel]
    next: str | None = Field(description="`cursor` of the next page, null at the end")


def user_of(profile: users.Profile) -> User:
    """The user of a profile, as the wire has it."""
    return User(
        id=profile.user_id,
        username=profile.username,
        image=profile.image,
        bio=profile.bio or "",
        follower_count=max(0, int(profile.follower_count or 0)),
        created_at=clock.parse(profile.created_at),
    )


def stream_of(stream: users.Stream, state: base.Item | None) -> StreamView:
    """The stream of a settings item and a live item, as the wire has it."""
    shown: State = "offline"
    started = None
    viewers = 0
    if isinstance(state, live.Live):
        ended = clock.parse(state.ended_at) if state.ended_at else None
        shown = state_of(bool(state.live), ended, clock.now(), settings.drop_grace_seconds())
        if shown != "offline" and state.session_started:
            started = clock.from_nanoseconds(int(state.session_started))
        viewers = int(state.viewers or 0) if shown == "live" else 0
    return StreamView(
        title=stream.title,
        thumbnail=stream.thumbnail,
        state=shown,
        is_live=shown == "live",
        viewer_count=viewers,
        started_at=started,
        is_chat_enabled=bool(stream.is_chat_enabled),
        is_chat_delayed=bool(stream.is_chat_delayed),
        is_chat_followers_only=bool(stream.is_chat_followers_only),
        created_at=clock.parse(stream.created_at),
        updated_at=clock.parse(stream.updated_at),
    )


def _channel_keys(user_id: str) -> list[base.Key]:
    return [users.profile_key(user_id), users.stream_key(user_id), live.live_key(user_id)]


def _channel_of(user_id: str, found: dict[base.Key, base.Item]) -> Channel | None:
    profile, stream, state = (found.get(key) for key in _channel_keys(user_id))
    if not isinstance(profile, users.Profile) or not isinstance(stream, users.Stream):
        return None
    return Channel(user=user_of(profile), stream=stream_of(stream, state))


def channels_of(user_ids: Iterable[str]) -> list[Channel]:
    """The channels of these users, in this order, in one read for each 33."""
    wanted = list(dict.fromkeys(user_ids))
    found = base.batch_get(key for user_id in wanted for key in _channel_keys(user_id))
    channels = (_channel_of(user_id, found) for user_id in wanted)
    return [channel for channel in channels if channel]


def viewer_of(caller: Caller) -> Person | None:
    """The person who calls, None for a guest. Raises UsernameRequired."""
    return person_of(base.get(caller.claims.key)) if caller.claims else None


def channel_page(caller: Caller, username: str) -> ChannelPage:
    """A channel for one viewer, in two reads.

    Unknown, and a host who blocked the viewer, are the same NotFound: a block is not disclosed.
    """
    host_key = users.name_key(username)
    viewer_key = caller.claims.key if caller.claims else None
    who = base.batch_get([host_key, viewer_key] if viewer_key else [host_key])
    viewer = person_of(who.get(viewer_key)) if viewer_key else None
    name = who.get(host_key)
    if not isinstance(name, users.Name):
        raise NotFound
    host = name.user_id
    keys = _channel_keys(host)
    if viewer and viewer.id != host:
        keys += [graph.follow_key(viewer.id, host), graph.block_key(host, viewer.id)]
    found = base.batch_get(keys, consistent=True)
    channel = _channel_of(host, found)
    if channel is None:
        raise NotFound
    is_host = viewer is not None and viewer.id == host
    if viewer and not is_host and graph.block_key(host, viewer.id) in found:
        raise NotFound
    follows = viewer is not None and graph.follow_key(viewer.id, host) in found
    return ChannelPage(
        user=channel.user,
        stream=channel.stream,
        is_following=is_host or follows,
        is_host=is_host,
    )


def own_channel(creator: Person) -> Channel:
    """A creator's own channel, for their dashboard."""
    channels = channels_of([creator.id])
    if not channels:
        raise NotFound
    return channels[0]


def home(caller: Caller, cursor: str | None) -> Home:
    """A page of the home page: never anyone who blocked the viewer."""
    viewer = viewer_of(caller)
    hidden = blockers_of(viewer)
    phase, position = _position(cursor)
    ids: list[str] = []
    next_cursor: str | None = None
    if phase == LIVE:
        ids, position = _listed(live.LISTED_LIVE, position, PAGE)
        phase = LIVE if position else REST
        next_cursor = write_cursor(phase, position)
    if phase == REST and len(ids) < PAGE:
        rest, position = _listed(users.LISTED_CHANNELS, position, PAGE - len(ids))
        ids += rest
        next_cursor = write_cursor(REST, position) if position else None
    found = [channel for channel in channels_of(ids) if channel.user.id not in hidden]
    if cursor is not None:  # a live channel was on a page of the live ones
        found = [c for c in found if phase == LIVE or not c.stream.is_live]
    streams = live_first(found)
    first = cursor is None
    following = _following(viewer, hidden) if first else []
    known = {channel.user.id for channel in following} | ({viewer.id} if viewer else set())
    return Home(
        streams=streams,
        following=following,
        recommended=[c for c in streams if c.user.id not in known][:RECOMMENDED] if first else [],
        next=next_cursor,
    )


def live_first(channels: list[Channel]) -> list[Channel]:
    """Live ones first, by viewers; the order of the rest is kept."""
    return sorted(channels, key=lambda c: (not c.stream.is_live, -c.stream.viewer_count))


def blockers_of(viewer: Person | None) -> set[str]:
    """Who blocked this viewer."""
    if viewer is None:
        return set()
    with base.faults():
        return {
            item.pk.removeprefix("BLOCK#")
            for item in base.Item.lists.query(f"BLOCKERS#{viewer.id}")
        }


def _following(viewer: Person | None, hidden: set[str]) -> list[Channel]:
    if viewer is None:
        return []
    with base.faults():
        follows = list(base.Item.query(f"FOLLOW#{viewer.id}", limit=500))
    newest = sorted(follows, key=lambda item: str(getattr(item, "created_at", "")), reverse=True)
    ids = [item.sk for item in newest if item.sk not in hidden]
    return live_first(channels_of(ids[:FOLLOWING]))


LIVE: Literal["live"] = "live"
REST: Literal["rest"] = "rest"


def _listed(list_pk: str, position: Any, limit: int) -> tuple[list[str], Any]:
    """User ids of a list from a position on, last first, and the position after them."""
    with base.faults():
        page = base.Item.lists.query(
            list_pk, scan_index_forward=False, limit=limit, last_evaluated_key=position
        )
        ids = [item.pk.partition("#")[2] for item in page]
        return ids, page.last_evaluated_key


def write_cursor(*parts: Any) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> list[Any]:
    """What `write_cursor` wrote. Raises InvalidRequest."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest({"cursor": "This is no cursor"}) from error
    if not isinstance(parts, list):
        raise InvalidRequest({"cursor": "This is no cursor"})
    return parts


def key_position(position: Any) -> Any:
    """A position in an index, checked to be one. Raises InvalidRequest."""
    whole = {"pk", "sk", "list_pk", "list_sk"}
    if position is None:
        return None
    if (
        isinstance(position, dict)
        and set(position) == whole
        and all(
            isinstance(v, dict) and set(v) == {"S"} and isinstance(v["S"], str)
            for v in position.values()
        )
    ):
        return position
    raise InvalidRequest({"cursor": "This is no cursor"})


def _position(cursor: str | None) -> tuple[Literal["live", "rest"], Any]:
    if cursor is None:
        return LIVE, None
    match read_cursor(cursor):
        case ["live", position]:
            return LIVE, key_position(position)
        case ["rest", position]:
            return REST, key_position(position)
        case _:
            raise InvalidRequest({"cursor": "This is no cursor"})
