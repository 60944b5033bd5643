"""A channel as the wire has it: a user and their stream, read together."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from footlight import clock, settings
from footlight.identities import Person
from footlight.live.state import State, state_of
from footlight.tables import base, live, relations, users
from footlight.watching import admission
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


class ChatRules(Wire):
    """How a channel's chat is kept, beside the switches that every stream has.

    The host and the moderators are free of all of it.
    """

    delay_seconds: int = Field(description="Between one person's messages, in slow mode")
    followers_minutes: int = Field(
        description="How long one must have followed to write, where the chat is for followers"
    )
    is_signed_in_only: bool = Field(description="Guests read, and don't write")
    are_links_blocked: bool
    are_repeats_blocked: bool = Field(description="The same text twice in 30 s")
    moderator_ids: list[str] = Field(description="User ids of the creator's moderators")


class ChatSettings(ChatRules):
    """The same for the creator alone."""

    blocked_words: list[str] = Field(description="`*` stands for any letters")


class ShownStream(StreamView):
    """A stream as its own page shows it."""

    chat: ChatRules


class OwnStream(StreamView):
    """A stream as its creator sees it."""

    chat: ChatSettings


class OwnChannel(Wire):
    """A creator and their stream, for themselves."""

    user: User
    stream: OwnStream


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
        follower_count=max(0, profile.follower_count),
        created_at=profile.created_at,
    )


def state_at(now: datetime, item: base.Item | None) -> State:
    """What a channel is doing, by its live item; None where it never had an ingress."""
    if not isinstance(item, live.Live):
        return "offline"
    return state_of(item.live, item.ended_at, now, settings.drop_grace_seconds())


def stream_of(stream: users.Stream, state: base.Item | None) -> StreamView:
    """The stream of a settings item and a live item, as the wire has it."""
    now = clock.now()
    shown = state_at(now, state)
    started = None
    viewers = 0
    if isinstance(state, live.Live):
        if shown != "offline" and state.session_started_at:
            started = state.session_started_at
        viewers = state.viewers if shown == "live" else 0
    until = stream.signed_in_only_until
    is_signed_in_only = admission.is_signed_in_only(until, now)
    return StreamView(
        title=stream.title,
        thumbnail=stream.thumbnail,
        state=shown,
        is_live=shown == "live",
        viewer_count=viewers,
        started_at=started,
        is_chat_enabled=stream.is_chat_enabled,
        is_chat_delayed=stream.is_chat_delayed,
        is_chat_followers_only=stream.is_chat_followers_only,
        is_signed_in_only=is_signed_in_only,
        signed_in_only_until=until if is_signed_in_only and until != users.ALWAYS else None,
        created_at=stream.created_at,
        updated_at=stream.updated_at,
    )


def chat_rules_of(stream: users.Stream) -> ChatRules:
    """The rules of a channel's chat, as the wire has them."""
    return ChatRules(
        delay_seconds=stream.chat_delay_seconds,
        followers_minutes=stream.chat_followers_minutes,
        is_signed_in_only=stream.is_chat_signed_in_only,
        are_links_blocked=stream.are_chat_links_blocked,
        are_repeats_blocked=stream.are_chat_repeats_blocked,
        moderator_ids=sorted(stream.moderators or ()),
    )


def shown_stream_of(stream: users.Stream, state: base.Item | None) -> ShownStream:
    """The stream as its own page shows it."""
    return ShownStream(**dict(stream_of(stream, state)), chat=chat_rules_of(stream))


def own_stream_of(stream: users.Stream, state: base.Item | None) -> OwnStream:
    """The stream as its creator sees it."""
    words = sorted(stream.chat_blocked_words or ())
    settings_of_chat = ChatSettings(**dict(chat_rules_of(stream)), blocked_words=words)
    return OwnStream(**dict(stream_of(stream, state)), chat=settings_of_chat)


def shown_streams_of(user_ids: Iterable[str]) -> dict[str, ShownStream]:
    """These users' streams as their own pages show them."""
    wanted = list(user_ids)
    keys = {user_id: (users.stream_key(user_id), live.live_key(user_id)) for user_id in wanted}
    found = base.batch_get((key for pair in keys.values() for key in pair), consistent=True)
    return {
        user_id: shown_stream_of(stream, found.get(live_key))
        for user_id, (stream_key, live_key) in keys.items()
        if isinstance(stream := found.get(stream_key), users.Stream)
    }


def channel_keys(user_id: str) -> list[base.Key]:
    return [users.profile_key(user_id), users.stream_key(user_id), live.live_key(user_id)]


def parts_of(
    user_id: str, found: dict[base.Key, base.Item]
) -> tuple[users.Profile, users.Stream, base.Item | None] | None:
    """What `channel_keys` found: profile, settings, live item; None where there is no channel."""
    profile, stream, state = (found.get(key) for key in channel_keys(user_id))
    if not isinstance(profile, users.Profile) or not isinstance(stream, users.Stream):
        return None
    return profile, stream, state


def channel_of(user_id: str, found: dict[base.Key, base.Item]) -> Channel | None:
    if not (parts := parts_of(user_id, found)):
        return None
    profile, stream, state = parts
    return Channel(user=user_of(profile), stream=stream_of(stream, state))


def channels_of(user_ids: Iterable[str]) -> dict[str, Channel]:
    """The channels of these users, in this order, in one read for each 33."""
    wanted = list(dict.fromkeys(user_ids))
    keys = [key for user_id in wanted for key in channel_keys(user_id)]
    found = base.batch_get(keys)
    channels = {user_id: channel_of(user_id, found) for user_id in wanted}
    return {user_id: channel for user_id, channel in channels.items() if channel}


def live_first(channels: Iterable[Channel]) -> list[Channel]:
    """Live ones first, by viewers; the order of the rest is kept."""
    return sorted(channels, key=lambda c: (not c.stream.is_live, -c.stream.viewer_count))


def blockers_of(viewer: Person | None) -> set[str]:
    """Who blocked this viewer."""
    if viewer is None:
        return set()
    with base.faults():
        blocks = base.Item.lists.query(relations.blockers_list(viewer.id))
        return {relations.host_of(block) for block in blocks}
