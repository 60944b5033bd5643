"""Chat events, which the server sends to everyone in a room. Viewers can't publish data.

Events are JSON on LiveKit's reliable data channel, with the topic `chat.v1`. Pages deduplicate
messages by id, so a message may be sent more than once.
https://docs.livekit.io/home/client/data/packets/
"""

from typing import Literal

from pydantic import Field

from footlight import identities
from footlight.literals import Role
from footlight.livekit.data import send_data
from footlight.wire import Instant, Wire

TOPIC = "chat.v1"

SEND_SECONDS = 2.0
"""A request for a message takes at most 2.5 s."""


class MessageSender(Wire):
    """The sender of a message, with the name and role at that time."""

    identity: str
    name: str
    role: Role


class ChatLink(Wire):
    """A link in a message's text, by UTF-16 code units."""

    start: int
    end: int
    url: str = Field(description="http or https")


class ChatMessage(Wire):
    """A message. Pages sort messages by `sentAt`, then `id`."""

    id: str
    text: str
    sent_at: int = Field(description="Milliseconds since 1970")
    sender: MessageSender = Field(serialization_alias="from")
    links: list[ChatLink]


class MessagePosted(ChatMessage):
    """A new message."""

    type: Literal["message"] = "message"


class MessageDeleted(Wire):
    """A message was deleted."""

    type: Literal["deleted"] = "deleted"
    id: str


class ViewerPurged(Wire):
    """A viewer was blocked. The viewer's messages up to `at` are deleted."""

    type: Literal["purged"] = "purged"
    viewer_id: str
    at: int


class ViewerTimedOut(Wire):
    """A viewer can't write until `until`, and the viewer's messages up to `at` are deleted.

    If `until` is null, the timeout was lifted.
    """

    type: Literal["timedOut"] = "timedOut"
    viewer_id: str
    at: int
    until: Instant | None


class ChatCleared(Wire):
    """All messages up to `at` were deleted."""

    type: Literal["cleared"] = "cleared"
    at: int


ChatEvent = MessagePosted | MessageDeleted | ViewerPurged | ViewerTimedOut | ChatCleared


def send_event(host_id: str, event: ChatEvent, seconds: float | None = None) -> None:
    """Send an event to everyone in a host's room, within `SEND_SECONDS` by default.

    Raises:
        Unavailable: LiveKit did not respond, or the room is empty.
    """
    data = event.model_dump_json(by_alias=True).encode()
    send_data(identities.room_of(host_id), TOPIC, data, seconds or SEND_SECONDS)
