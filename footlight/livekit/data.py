"""SendData, which sends data to a room. Each chat message needs it, so it avoids livekit-api.

A warm function keeps its connection between calls, as botocore does for AWS. The server may close
it while the function is frozen. urllib3 checks this before it sends, and reconnects. Data is never
sent twice.
"""

from functools import cache

import urllib3
from urllib3.exceptions import HTTPError

from footlight import settings
from footlight.aws.logs import log
from footlight.errors import Unavailable
from footlight.livekit import tokens

TOKEN_SECONDS = 60


@cache
def _connections() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


def send_data(room: str, topic: str, data: bytes, seconds: float) -> None:
    """Send data to everyone in a room, including hidden viewers.

    If the room is empty, LiveKit waits three seconds and then fails.
    https://docs.livekit.io/home/client/data/packets/
    """
    # Imported on first use: these types take a quarter of the chat function's import time, and
    # reading the chat doesn't need them.
    from livekit.protocol.models import DataPacket
    from livekit.protocol.room import SendDataRequest

    request = SendDataRequest(room=room, topic=topic, data=data, kind=DataPacket.Kind.RELIABLE)
    token = tokens.sign({"roomAdmin": True, "room": room}, seconds=TOKEN_SECONDS)
    url = settings.livekit_url().replace("ws", "http", 1).rstrip("/")
    try:
        response = _connections().request(
            "POST",
            f"{url}/twirp/livekit.RoomService/SendData",
            body=request.SerializeToString(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/protobuf",
            },
            timeout=urllib3.Timeout(total=seconds),
        )
    except HTTPError as error:
        log.warning("LiveKit unavailable", reason=type(error).__name__)
        raise Unavailable from error
    if response.status != 200:
        log.warning("LiveKit refused", status=response.status)
        raise Unavailable
