"""A channel as the API shows it: a user and their stream, read together."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic import Field

from footlight import clock, standing
from footlight.literals import State
from footlight.live.current import state_at
from footlight.tables import live, users
from footlight.tables.items import Found, Ref, batch_get
from footlight.tables.live import LiveState
from footlight.tables.standing import Standing, standing_ref
from footlight.tables.users import Profile, Stream
from footlight.watching import admission
from footlight.wire import Instant, Wire


class User(Wire):
    """A user with a channel."""

    id: str
    username: str
    image: str | None
    bio: str
    follower_count: int
    created_at: Instant


class StreamView(Wire):
    """A channel's stream: its settings and its live state."""

    title: str
    thumbnail: str | None
    state: State
    is_live: bool = Field(description="True if `state` is `live`")
    viewer_count: int
    started_at: Instant | None
    is_chat_enabled: bool
    is_chat_delayed: bool
    is_chat_followers_only: bool
    is_signed_in_only: bool = Field(description="True if guests can't watch")
    signed_in_only_until: Instant | None = Field(
        description="When guests can watch again. Null if they can, or if there is no end."
    )
    is_for_adults: bool = Field(
        description="True if the host says that the channel is meant for people of 18 or older"
    )
    created_at: Instant
    updated_at: Instant


class ChatRules(Wire):
    """A channel's chat rules, in addition to the three that every stream shows.

    The host and the moderators are exempt from all of them.
    """

    delay_seconds: int = Field(description="Slow mode: seconds between messages of one person")
    followers_minutes: int = Field(
        description="Followers-only chat: how long someone must have followed, in minutes"
    )
    is_signed_in_only: bool = Field(description="True if guests can read but not post")
    are_links_blocked: bool
    are_repeats_blocked: bool = Field(description="True if a text can't be repeated within 30 s")
    moderator_ids: list[str] = Field(description="The moderators' user ids")


class ChatSettings(ChatRules):
    """The chat rules as only the creator sees them."""

    blocked_words: list[str] = Field(description="`*` stands for any letters")


class ShownStream(StreamView):
    """A stream on its own page."""

    chat: ChatRules


class OwnStream(StreamView):
    """A stream as its creator sees it."""

    chat: ChatSettings


class OwnChannel(Wire):
    """A channel as its creator sees it."""

    user: User
    stream: OwnStream


class Channel(Wire):
    """A channel in a list."""

    user: User
    stream: StreamView


class ChannelRefs(NamedTuple):
    """References to the three items of a channel, and to its owner's standing."""

    profile: Ref[Profile]
    stream: Ref[Stream]
    state: Ref[LiveState]
    standing: Ref[Standing]


class ChannelItems(NamedTuple):
    """The three items of a channel. It has no live state before its first stream key."""

    profile: Profile
    stream: Stream
    state: LiveState | None


def channel_refs(user_id: str) -> ChannelRefs:
    return ChannelRefs(
        users.profile(user_id),
        users.stream(user_id),
        live.live_state(user_id),
        standing_ref(user_id),
    )


def channel_items(user_id: str, found: Found) -> ChannelItems | None:
    """Return the items of a channel, or None if there is no such channel.

    `found` has read `channel_refs(user_id)`. The owner may be suspended.
    """
    refs = channel_refs(user_id)
    profile, stream = found.get(refs.profile), found.get(refs.stream)
    if profile is None or stream is None:
        return None
    return ChannelItems(profile, stream, found.get(refs.state))


def user_view(profile: Profile) -> User:
    return User(
        id=profile.user_id,
        username=profile.username,
        image=profile.image,
        bio=profile.bio,
        follower_count=max(0, profile.follower_count),
        created_at=profile.created_at,
    )


def stream_view(stream: Stream, live_state: LiveState | None) -> StreamView:
    now = clock.now()
    state = state_at(now, live_state)
    until = stream.signed_in_only_until
    is_signed_in_only = admission.is_signed_in_only(until, now)
    return StreamView(
        title=stream.title,
        thumbnail=stream.thumbnail,
        state=state,
        is_live=state == "live",
        viewer_count=live_state.viewers if live_state and state == "live" else 0,
        started_at=live_state.session_started_at if live_state and state != "offline" else None,
        is_chat_enabled=stream.is_chat_enabled,
        is_chat_delayed=stream.is_chat_delayed,
        is_chat_followers_only=stream.is_chat_followers_only,
        is_signed_in_only=is_signed_in_only,
        signed_in_only_until=until if is_signed_in_only and until != users.ALWAYS else None,
        is_for_adults=stream.is_for_adults,
        created_at=stream.created_at,
        updated_at=stream.updated_at,
    )


def chat_rules_view(stream: Stream) -> ChatRules:
    return ChatRules(
        delay_seconds=stream.chat_delay_seconds,
        followers_minutes=stream.chat_followers_minutes,
        is_signed_in_only=stream.is_chat_signed_in_only,
        are_links_blocked=stream.are_chat_links_blocked,
        are_repeats_blocked=stream.are_chat_repeats_blocked,
        moderator_ids=sorted(stream.moderators or ()),
    )


def shown_stream_view(stream: Stream, live_state: LiveState | None) -> ShownStream:
    """Return a stream as its own page shows it."""
    return ShownStream(**dict(stream_view(stream, live_state)), chat=chat_rules_view(stream))


def own_stream_view(stream: Stream, live_state: LiveState | None) -> OwnStream:
    """Return a stream as its creator sees it."""
    chat = ChatSettings(
        **dict(chat_rules_view(stream)), blocked_words=sorted(stream.chat_blocked_words or ())
    )
    return OwnStream(**dict(stream_view(stream, live_state)), chat=chat)


def shown_streams(user_ids: Iterable[str]) -> dict[str, ShownStream]:
    """Return the streams of these users, as their own pages show them, by user id."""
    refs = {user_id: (users.stream(user_id), live.live_state(user_id)) for user_id in user_ids}
    found = batch_get(*(ref for pair in refs.values() for ref in pair), consistent=True)
    return {
        user_id: shown_stream_view(stream, found.get(state_ref))
        for user_id, (stream_ref, state_ref) in refs.items()
        if (stream := found.get(stream_ref))
    }


def channels(user_ids: Iterable[str]) -> dict[str, Channel]:
    """Return the channels of these users, in this order, with one read for each 25.

    Users who are suspended or deleted have none.
    """
    ordered = list(dict.fromkeys(user_ids))
    return channels_in(batch_get(*refs_of_channels(ordered)), ordered)


def refs_of_channels(user_ids: Iterable[str]) -> list[Ref[Any]]:
    """Return the references to all that the channels of these users show."""
    return [ref for user_id in user_ids for ref in channel_refs(user_id)]


def channels_in(found: Found, user_ids: Iterable[str]) -> dict[str, Channel]:
    """Return the channels of these users, in this order, from what was read before.

    Users who are suspended or deleted have none.
    """
    return {
        user_id: Channel(
            user=user_view(items.profile), stream=stream_view(items.stream, items.state)
        )
        for user_id in dict.fromkeys(user_ids)
        if (items := channel_items(user_id, found)) and standing.is_in_good_standing(user_id, found)
    }


def live_first(shown: Iterable[Channel]) -> list[Channel]:
    """Return live channels first, by viewers. The rest keep their order."""
    return sorted(shown, key=lambda c: (not c.stream.is_live, -c.stream.viewer_count))
