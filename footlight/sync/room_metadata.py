"""What a room tells everybody in it: the channel's title, settings and live state, as JSON.

The pages in it show a change of these at once and ask nobody for it.
https://docs.livekit.io/home/client/state/room-metadata/
"""

from pydantic import Field

from footlight.channels.views import ChatRules, ShownStream
from footlight.live.state import State
from footlight.wire import Instant, Wire


class RoomMetadata(Wire):
    """The metadata of a host's room; its fields are those of the stream on the wire."""

    title: str
    state: State
    started_at: Instant | None
    is_chat_enabled: bool
    is_chat_delayed: bool
    is_chat_followers_only: bool
    is_signed_in_only: bool
    signed_in_only_until: Instant | None
    chat: ChatRules
    updated_at: Instant = Field(description="Of the settings")


def metadata_of(stream: ShownStream) -> str:
    """The metadata of a stream's room. The same stream always gives the same text."""
    shown = stream.model_dump(include=set(RoomMetadata.model_fields))
    return RoomMetadata(**shown).model_dump_json(by_alias=True)
