"""A chat as its people know it: they write with viewer tokens, and hear by LiveKit's own client."""

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
CALLING: Final = "calling"
"""Topic of what is sent to find out who hears."""

News = dict[str, Any]


class Member:
    """Somebody with a viewer token of a channel, who hears its room while they are `in_it`."""

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
        """One message, with a new id where none is given."""
        return self._api.post(self._path, {"text": text, "id": id or str(uuid.uuid4())})

    def reads(self, before: str | None = None) -> Answer:
        """A page of the chat."""
        return self._api.get(self._path + (f"?before={before}" if before else ""))

    @property
    def texts(self) -> list[str]:
        """The newest page, oldest first."""
        page = self.reads()
        assert page.status == 200, page
        return [message["text"] for message in page.json["messages"]]

    @contextlib.asynccontextmanager
    async def in_it(self) -> AsyncGenerator[None]:
        """In the room, until the block is left."""
        client = rtc.Room()
        client.on("data_received", self.packets.append)
        # The chat is told to all; nobody here looks at the picture.
        options = rtc.RoomOptions(auto_subscribe=False)
        await client.connect(self._stack.livekit_url, self._token, options)
        self._client = client
        try:
            yield
        finally:
            await client.disconnect()

    @property
    def is_connected(self) -> bool:
        """Whether the server has not put them out."""
        return self._client is not None and self._client.isconnected()

    @property
    def told(self) -> News:
        """What the room's metadata says."""
        return json.loads(self._client.metadata) if self._client and self._client.metadata else {}

    @property
    def news(self) -> list[News]:
        """What they heard of the chat, in its order."""
        return [json.loads(packet.data) for packet in self.packets if packet.topic == TOPIC]

    def heard(self, message_id: str) -> list[News]:
        """What they heard of one message."""
        return [news for news in self.news if news.get("id") == message_id]

    def hears(self, news: News) -> None:
        """Waits until they have heard it."""
        wait_until(
            lambda: news in self.news,
            within=ROOM_WAITS_SECONDS,
            what=f"{self.identity} to hear {news}",
            every=0.02,
        )

    def hears_when(self, news: News) -> News:
        """Waits until they have heard it with the instant until which it goes, and gives that."""

        def heard() -> News | None:
            found = (one for one in self.news if one == news | {"at": one.get("at")})
            return next((one for one in found if type(one["at"]) is int), None)

        what = f"{self.identity} to hear {news} with its instant"
        return wait_until(heard, within=ROOM_WAITS_SECONDS, what=what, every=0.02)


@contextlib.contextmanager
def gathered(stack: Stack, *members: Member) -> Generator[None]:
    """These people in their room, each of whom hears it, until the block is left."""
    with start_blocking_portal() as portal, contextlib.ExitStack() as leaving:
        for member in members:
            leaving.enter_context(portal.wrap_async_context_manager(member.in_it()))
        portal.call(_until_all_hear, stack, *members)
        yield


async def _until_all_hear(stack: Stack, *members: Member) -> None:
    request = SendDataRequest(
        room=members[0].room, topic=CALLING, data=b"?", kind=DataPacket.Kind.RELIABLE
    )
    async with server_api(stack) as client:

        async def all_hear() -> bool:
            await client.room.send_data(request)
            return all(
                any(packet.topic == CALLING for packet in member.packets) for member in members
            )

        await eventually(all_hear, "everybody to hear the room")
