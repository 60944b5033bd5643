"""What a room hears of its chat: the server is the only voice in it, since no viewer may publish.

JSON on LiveKit's reliable data channel, by SendData, with the topic `chat.v1`. Pages know a message
again by its id, so one that is told twice is shown once.
https://docs.livekit.io/home/client/data/packets/
"""

from typing import Literal

from pydantic import Field

from footlight import identities
from footlight.chat.rules import Role
from footlight.wire import Instant, Wire

TOPIC = "chat.v1"

TELL_SECONDS = 2.0
"""Of the 2.5 in which a message is answered."""


class Sender(Wire):
    """Who wrote a message, as they were then."""

    identity: str
    name: str
    role: Role


class ChatLink(Wire):
    """A link in a message's text, by UTF-16 code units."""

    start: int
    end: int
    url: str = Field(description="http or https")


class ChatMessage(Wire):
    """A message. Everybody has them in the order of `sentAt`, then `id`."""

    id: str
    text: str
    sent_at: int = Field(description="Milliseconds since 1970")
    sender: Sender = Field(serialization_alias="from")
    links: list[ChatLink]


class Said(ChatMessage):
    """Somebody has written."""

    type: Literal["message"] = "message"


class Deleted(Wire):
    """A message is gone."""

    type: Literal["deleted"] = "deleted"
    id: str


class Purged(Wire):
    """All that somebody wrote until then is gone, and they are out."""

    type: Literal["purged"] = "purged"
    viewer_id: str
    at: int


class TimedOut(Wire):
    """Somebody may not write `until` then, and what they wrote until `at` is gone; null: they may
    again."""

    type: Literal["timedOut"] = "timedOut"
    viewer_id: str
    at: int
    until: Instant | None


class Cleared(Wire):
    """All that was written until then is gone."""

    type: Literal["cleared"] = "cleared"
    at: int


News = Said | Deleted | Purged | TimedOut | Cleared


def tell(host_id: str, news: News, seconds: float | None = None) -> None:
    """Tells everybody in a host's room, in TELL_SECONDS if not given others.

    Raises Unavailable, also where nobody is in it.
    """
    from footlight.livekit.data import send_data  # which whoever reads the chat does not need

    data = news.model_dump_json(by_alias=True).encode()
    send_data(identities.room_of(host_id), TOPIC, data, seconds or TELL_SECONDS)
