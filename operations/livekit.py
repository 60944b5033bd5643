"""LiveKit's server API with two keys: Twirp over JSON, and signatures as LiveKit makes them.

https://docs.livekit.io/reference/server/server-apis/
"""

import base64
import hashlib
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final

import jwt

from operations import web
from operations.checks import Failed

TOKEN_SECONDS: Final = 300


@dataclass(frozen=True)
class Keys:
    """LiveKit's API key and secret."""

    key: str
    secret: str = field(repr=False)

    def sign(self, **claims: Any) -> str:
        """Return a token with these claims, valid for five minutes."""
        now = int(time.time())
        all_claims = {"iss": self.key, "nbf": now, "exp": now + TOKEN_SECONDS} | claims
        return jwt.encode(all_claims, self.secret, algorithm="HS256")

    def sign_webhook(self, body: bytes) -> str:
        """Return the `Authorization` header of a webhook with this body.

        https://docs.livekit.io/home/server/webhooks/
        """
        return self.sign(sha256=base64.b64encode(hashlib.sha256(body).digest()).decode())


@dataclass(frozen=True)
class Server:
    """A LiveKit server and the keys of a project."""

    url: str
    """`wss://…`, as browsers use it."""
    keys: Keys

    @property
    def http_url(self) -> str:
        """The address of the server API."""
        return http_url(self.url)

    def call(self, service: str, method: str, body: Any = None) -> tuple[Any, web.Response]:
        """Call a method. Return its JSON and the whole response. Raises Failed for refusals."""
        grants = {"roomCreate": True, "roomList": True, "roomAdmin": True, "ingressAdmin": True}
        response = web.request(
            "POST",
            f"{self.http_url}/twirp/livekit.{service}/{method}",
            body=body or {},
            headers={"Authorization": f"Bearer {self.keys.sign(video=grants)}"},
        )
        if response.status == 401:
            raise Failed(
                f"LiveKit at {self.url} doesn't accept the key {self.keys.key} with this secret",
                "copy both from the project's settings, then: make livekit-keys",
            )
        if response.status != 200:
            reason = response.json or response.body[:200].decode(errors="replace")
            raise Failed(f"LiveKit refused {method} with {response.status}: {reason}")
        return response.json, response

    def room_names(self) -> list[str]:
        """Return the names of the rooms in the project. Raises Failed for wrong keys."""
        answer, _ = self.call("RoomService", "ListRooms")
        return [room["name"] for room in (answer or {}).get("rooms", [])]


def http_url(url: str) -> str:
    """Return the address of the server API, for LiveKit's `wss://…` or `ws://…` URL."""
    return "http" + url.removeprefix("ws").rstrip("/")


def clock_skew_seconds(response: web.Response) -> float | None:
    """Return how far this machine's clock is ahead of the server's, or None if unknown."""
    date = response.header("Date")
    return time.time() - parsedate_to_datetime(date).timestamp() if date else None
