"""The metadata of a room: the channel's title, settings, and live state, as JSON.

LiveKit sends it to everyone in the room, so open pages show a change immediately and without a
request.
https://docs.livekit.io/home/client/state/room-metadata/
"""

from pydantic import Field

from footlight.channels.views import ChatRules, ShownStream
from footlight.literals import State
from footlight.wire import Instant, Wire


class RoomMetadata(Wire):
    """The metadata of a host's room. The fields are named as in the API's stream."""

    title: str
    state: State
    started_at: Instant | None
    is_chat_enabled: bool
    is_chat_delayed: bool
    is_chat_followers_only: bool
    is_signed_in_only: bool
    signed_in_only_until: Instant | None
    is_for_adults: bool
    chat: ChatRules
    updated_at: Instant = Field(description="When the settings last changed")


def metadata_of(stream: ShownStream) -> str:
    """Return the metadata of a stream's room. The same stream always results in the same text."""
    shown = stream.model_dump(include=set(RoomMetadata.model_fields))
    return RoomMetadata(**shown).model_dump_json(by_alias=True)
