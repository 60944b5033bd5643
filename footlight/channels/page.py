"""One channel: its page for a viewer, and the creator's dashboard."""

from footlight import standing
from footlight.channels.views import (
    ChannelItems,
    OwnChannel,
    ShownStream,
    User,
    channel_items,
    channel_refs,
    own_stream_view,
    shown_stream_view,
    user_view,
)
from footlight.errors import NotFound
from footlight.identities import Person
from footlight.live.repair import repair_if_stale
from footlight.people import usernames
from footlight.people.callers import Caller, host_and_viewer
from footlight.tables import relations
from footlight.tables.items import Found, batch_get
from footlight.wire import Wire


class ChannelPage(Wire):
    """A channel, and the viewer's relation to it."""

    user: User
    stream: ShownStream
    is_following: bool
    is_host: bool


def channel_page(caller: Caller, username: str) -> ChannelPage:
    """Return a channel for one viewer, with at most two reads.

    An unknown host, a suspended one, and one who blocked the viewer give the same `NotFound`, so
    that a block is not disclosed.
    """
    host_id, viewer = host_and_viewer(caller, usernames.parse(username))
    if host_id is None:
        raise NotFound
    if viewer is None or viewer.id == host_id:
        found = batch_get(*channel_refs(host_id), consistent=True)
        is_host = is_following = viewer is not None
    else:
        follow, block = relations.follow(viewer.id, host_id), relations.block(host_id, viewer.id)
        found = batch_get(*channel_refs(host_id), follow, block, consistent=True)
        if block in found:
            raise NotFound
        is_host, is_following = False, follow in found
    if not standing.is_in_good_standing(host_id, found):
        raise NotFound
    items = _require_channel(host_id, found)
    repair_if_stale(items.state)
    return ChannelPage(
        user=user_view(items.profile),
        stream=shown_stream_view(items.stream, items.state),
        is_following=is_following,
        is_host=is_host,
    )


def own_channel(creator: Person) -> OwnChannel:
    """Return a creator's own channel, for their dashboard."""
    found = batch_get(*channel_refs(creator.id), consistent=True)
    items = _require_channel(creator.id, found)
    return OwnChannel(
        user=user_view(items.profile), stream=own_stream_view(items.stream, items.state)
    )


def _require_channel(user_id: str, found: Found) -> ChannelItems:
    items = channel_items(user_id, found)
    if items is None:
        raise NotFound
    return items
