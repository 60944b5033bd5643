"""SendData, by which the server speaks in a room: hot, and so without livekit-api.

A connection is kept between the calls of a warm function, as botocore keeps those to AWS. One that
the server has closed meanwhile, as it may while the function is frozen, is made anew: urllib3 looks
before it sends. Nothing is sent twice.
"""

import time
from functools import cache

import jwt
import urllib3
from livekit.protocol.models import DataPacket
from livekit.protocol.room import SendDataRequest
from urllib3.exceptions import HTTPError

from footlight import settings
from footlight.aws import secrets
from footlight.aws.logs import log
from footlight.errors import Unavailable

TOKEN_SECONDS = 60


@cache
def _connections() -> urllib3.PoolManager:
    return urllib3.PoolManager(retries=False)


def send_data(room: str, topic: str, data: bytes, seconds: float) -> None:
    """Sends data to everybody in a room, hidden ones too. Raises Unavailable.

    To a room with nobody in it LiveKit waits for three seconds, and fails then.
    https://docs.livekit.io/home/client/data/packets/
    """
    request = SendDataRequest(room=room, topic=topic, data=data, kind=DataPacket.Kind.RELIABLE)
    url = settings.livekit_url().replace("ws", "http", 1).rstrip("/")
    try:
        answer = _connections().request(
            "POST",
            f"{url}/twirp/livekit.RoomService/SendData",
            body=request.SerializeToString(),
            headers={
                "Authorization": f"Bearer {_token(room)}",
                "Content-Type": "application/protobuf",
            },
            timeout=urllib3.Timeout(total=seconds),
        )
    except HTTPError as error:
        log.warning("livekit_unavailable", reason=type(error).__name__)
        raise Unavailable from error
    if answer.status != 200:
        log.warning("livekit_refused", status=answer.status)
        raise Unavailable


def _token(room: str) -> str:
    """An access token for this room's administration, by our own key."""
    keys, now = secrets.livekit_keys(), int(time.time())
    claims = {
        "iss": keys.key,
        "nbf": now,
        "exp": now + TOKEN_SECONDS,
        "video": {"roomAdmin": True, "room": room},
    }
    return jwt.encode(claims, keys.secret, algorithm="HS256")
