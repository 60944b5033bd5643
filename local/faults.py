"""What does the local stack lose on request, as the internet does?

The forwarder answers these itself, for tests; they are kept in memory and forgotten with it:

- `GET`, `PUT /_local/faults`: `{"webhooks": "lose" or null, "api": "gone", "hang" or null}`.
  Lost webhooks are answered 200, so that LiveKit believes them delivered; while the API is gone its
  connections are reset; while it hangs nothing is answered, and all of it once it hangs no more.
- `GET /_local/webhooks`: the newest webhook requests as they came, the oldest first, lost ones
  included: `[{"headers": [[name, value], …], "body": base64}, …]`.
"""

import asyncio
import base64
import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

API: Final = "/api/"
WEBHOOK: Final = "/api/webhook/livekit"
KEPT_WEBHOOKS: Final = 500
CHOICES: Final[dict[str, tuple[str | None, ...]]] = {
    "webhooks": (None, "lose"),
    "api": (None, "gone", "hang"),
}


class Faults:
    """The faults of one forwarder, none at first, and the webhooks that came to it."""

    def __init__(self) -> None:
        self._chosen: dict[str, str | None] = dict.fromkeys(CHOICES)
        self._webhooks: deque[dict[str, Any]] = deque(maxlen=KEPT_WEBHOOKS)
        self._answering = asyncio.Event()
        self._answering.set()

    def add_to(self, app: web.Application) -> None:
        """Put them before all that the application answers, and their control beside it."""
        app.middlewares.append(self._before)
        app.router.add_get("/_local/faults", self._get)
        app.router.add_put("/_local/faults", self._put)
        app.router.add_get("/_local/webhooks", self._get_webhooks)

    @web.middleware
    async def _before(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "POST" and request.path == WEBHOOK:
            self._webhooks.append(
                {
                    "headers": list(request.headers.items()),
                    "body": base64.b64encode(await request.read()).decode(),
                }
            )
            if self._chosen["webhooks"] == "lose":
                return web.Response()
        if request.path.startswith(API):
            if self._chosen["api"] == "gone" and request.transport:
                request.transport.abort()
                return web.Response(status=502)
            await self._answering.wait()
        return await handler(request)

    async def _get(self, _: web.Request) -> web.Response:
        return web.json_response(self._chosen)

    async def _put(self, request: web.Request) -> web.Response:
        try:
            wanted = json.loads(await request.read())
        except ValueError:
            wanted = None
        if not isinstance(wanted, Mapping) or any(
            name not in CHOICES or choice not in CHOICES[name] for name, choice in wanted.items()
        ):
            return web.Response(status=400, text=f"Choose of {json.dumps(CHOICES)}\n")
        self._chosen = {name: wanted.get(name) for name in CHOICES}
        if self._chosen["api"] == "hang":
            self._answering.clear()
        else:
            self._answering.set()
        return web.json_response(self._chosen)

    async def _get_webhooks(self, _: web.Request) -> web.Response:
        return web.json_response(list(self._webhooks))
