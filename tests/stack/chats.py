"""Chat members, who post with viewer tokens and listen with LiveKit's client library."""

import contextlib
import json
import uuid
from collections.abc import AsyncGenerator, Generator
from typing import Any, Final

from anyio.from_thread import start_blocking_portal
from livekit import rtc
from livekit.protocol.models import DataPacket
from livekit.protocol.room import SendDataRequest

from tests.stack.rooms import ROOM_WAITS_SECONDS, admitted, eventually, server_api
from tests.stack.support import Answer, Api, Stack, wait_until

TOPIC: Final = "chat.v1"
PROBE: Final = "probe"
"""The topic of packets that show who receives data."""

News = dict[str, Any]


class Member:
    """A person with a viewer token of a channel, who listens to its room during `join`."""

    def __init__(self, stack: Stack, host: str, caller: Api) -> None:
        admission = admitted(caller, host)
        self.identity, self.room = admission["identity"], admission["room"]
        self.viewer_id = self.identity.rpartition(":")[0].removeprefix("Host-")
        self.packets: list[rtc.DataPacket] = []
        self._stack, self._path = stack, f"/api/chat/{host}"
        self._token = admission["token"]
        self._api = Api(stack.site_url, self._token)
        self._client: rtc.Room | None = None

    def says(self, text: str = "hello", id: str | None = None) -> Answer:
        """Post a message, by default with a new id."""
        return self._api.post(self._path, {"text": text, "id": id or str(uuid.uuid4())})

    def reads(self, before: str | None = None) -> Answer:
        """Read a page of the chat."""
        return self._api.get(self._path + (f"?before={before}" if before else ""))

    @property
    def texts(self) -> list[str]:
        """The texts of the newest page, oldest first."""
        page = self.reads()
        assert page.status == 200, page
        return [message["text"] for message in page.json["messages"]]

    @contextlib.asynccontextmanager
    async def join(self) -> AsyncGenerator[None]:
        """Join the room, and leave it after the block."""
        client = rtc.Room()
        client.on("data_received", self.packets.append)
        # Only data is needed, no media.
        options = rtc.RoomOptions(auto_subscribe=False)
        await client.connect(self._stack.livekit_url, self._token, options)
        self._client = client
        try:
            yield
        finally:
            await client.disconnect()

    @property
    def is_connected(self) -> bool:
        """Whether the server hasn't removed this member."""
        return self._client is not None and self._client.isconnected()

    @property
    def room_metadata(self) -> News:
        """The room's metadata."""
        return json.loads(self._client.metadata) if self._client and self._client.metadata else {}

    @property
    def news(self) -> list[News]:
        """The chat events that this member has received, in order of arrival."""
        return [json.loads(packet.data) for packet in self.packets if packet.topic == TOPIC]

    def heard(self, message_id: str) -> list[News]:
        """Return the received events about one message."""
        return [news for news in self.news if news.get("id") == message_id]

    def hears(self, news: News) -> None:
        """Wait until this member has received an event."""
        wait_until(
            lambda: news in self.news,
            within=ROOM_WAITS_SECONDS,
            what=f"{self.identity} to hear {news}",
            every=0.02,
        )

    def hears_when(self, news: News) -> News:
        """Wait until this member has received an event with any `at`, and return it."""

        def heard() -> News | None:
            events = (event for event in self.news if event == news | {"at": event.get("at")})
            return next((event for event in events if type(event["at"]) is int), None)

        what = f"{self.identity} to hear {news} with a time"
        return wait_until(heard, within=ROOM_WAITS_SECONDS, what=what, every=0.02)


@contextlib.contextmanager
def gathered(stack: Stack, *members: Member) -> Generator[None]:
    """Join all members to their room, and wait until each receives data."""
    with start_blocking_portal() as portal, contextlib.ExitStack() as stack_of_members:
        for member in members:
            stack_of_members.enter_context(portal.wrap_async_context_manager(member.join()))
        portal.call(_until_all_hear, stack, *members)
        yield


async def _until_all_hear(stack: Stack, *members: Member) -> None:
    request = SendDataRequest(
        room=members[0].room, topic=PROBE, data=b"?", kind=DataPacket.Kind.RELIABLE
    )
    async with server_api(stack) as client:

        async def all_hear() -> bool:
            await client.room.send_data(request)
            return all(
                any(packet.topic == PROBE for packet in member.packets) for member in members
            )

        await eventually(all_hear, "all members to receive data")
