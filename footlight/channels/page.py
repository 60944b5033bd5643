"""What a visitor's page shows of channels: one of them, one's own, and home."""

from footlight.channels.views import (
    OwnChannel,
    ShownStream,
    User,
    channel_keys,
    own_stream_of,
    parts_of,
    shown_stream_of,
    user_of,
)
from footlight.errors import NotFound
from footlight.identities import Person
from footlight.live.repair import repair_if_stale
from footlight.people import usernames
from footlight.people.callers import Caller, host_and_viewer
from footlight.tables import base, relations
from footlight.wire import Wire


class ChannelPage(Wire):
    """A channel, and how the viewer stands to it."""

    user: User
    stream: ShownStream
    is_following: bool
    is_host: bool


def channel_page(caller: Caller, username: str) -> ChannelPage:
    """A channel for one viewer, in two reads at most.

    Unknown, and a host who blocked the viewer, are the same NotFound: a block is not disclosed.
    """
    host, viewer = host_and_viewer(caller, usernames.parse(username))
    if host is None:
        raise NotFound
    is_host = viewer is not None and viewer.id == host
    keys = channel_keys(host)
    if viewer and not is_host:
        keys += [relations.follow_key(viewer.id, host), relations.block_key(host, viewer.id)]
    found = base.batch_get(keys, consistent=True)
    parts = parts_of(host, found)
    if parts is None or (viewer and relations.block_key(host, viewer.id) in found):
        raise NotFound
    profile, stream, state = parts
    repair_if_stale(state)
    return ChannelPage(
        user=user_of(profile),
        stream=shown_stream_of(stream, state),
        is_following=is_host
        or (viewer is not None and relations.follow_key(viewer.id, host) in found),
        is_host=is_host,
    )


def own_channel(creator: Person) -> OwnChannel:
    """A creator's own channel, for their dashboard."""
    found = base.batch_get(channel_keys(creator.id), consistent=True)
    parts = parts_of(creator.id, found)
    if parts is None:
        raise NotFound
    profile, stream, state = parts
    return OwnChannel(user=user_of(profile), stream=own_stream_of(stream, state))
