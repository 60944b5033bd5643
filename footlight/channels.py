"""A channel as the wire has it: a user and their stream, read together."""

from collections.abc import Iterable

from pydantic import Field

from footlight import admission, clock, settings
from footlight.live.session import State, state_of
from footlight.tables import base, live, users
from footlight.wire import Instant, Wire


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
    is_signed_in_only: bool = Field(description="Whether guests are kept out")
    signed_in_only_until: Instant | None = Field(
        description="Until when; null where they are not, or until it is changed"
    )
    created_at: Instant
    updated_at: Instant


class Channel(Wire):
    """A user and their stream."""

    user: User
    stream: StreamView


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
    now = clock.now()
    started = None
    viewers = 0
    if isinstance(state, live.Live):
        ended = clock.parse(state.ended_at) if state.ended_at else None
        shown = state_of(bool(state.live), ended, now, settings.drop_grace_seconds())
        if shown != "offline" and state.session_started_at:
            started = clock.parse(state.session_started_at)
        viewers = int(state.viewers or 0) if shown == "live" else 0
    until = stream.signed_in_only_until
    is_signed_in_only = admission.is_signed_in_only(until, now)
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
        is_signed_in_only=is_signed_in_only,
        signed_in_only_until=clock.parse(until)
        if is_signed_in_only and until and until != admission.ALWAYS
        else None,
        created_at=clock.parse(stream.created_at),
        updated_at=clock.parse(stream.updated_at),
    )


def channel_keys(user_id: str) -> list[base.Key]:
    return [users.profile_key(user_id), users.stream_key(user_id), live.live_key(user_id)]


def channel_of(user_id: str, found: dict[base.Key, base.Item]) -> Channel | None:
    profile, stream, state = (found.get(key) for key in channel_keys(user_id))
    if not isinstance(profile, users.Profile) or not isinstance(stream, users.Stream):
        return None
    return Channel(user=user_of(profile), stream=stream_of(stream, state))


def channels_of(user_ids: Iterable[str], *, consistent: bool = False) -> dict[str, Channel]:
    """The channels of these users, in this order, in one read for each 33."""
    wanted = list(dict.fromkeys(user_ids))
    keys = [key for user_id in wanted for key in channel_keys(user_id)]
    found = base.batch_get(keys, consistent=consistent)
    channels = {user_id: channel_of(user_id, found) for user_id in wanted}
    return {user_id: channel for user_id, channel in channels.items() if channel}


def live_first(channels: Iterable[Channel]) -> list[Channel]:
    """Live ones first, by viewers; the order of the rest is kept."""
    return sorted(channels, key=lambda c: (not c.stream.is_live, -c.stream.viewer_count))
