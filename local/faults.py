"""Faults that tests can inject between the browser, LiveKit, and the API.

The forwarder has these routes. Their state is in its memory, so it ends with the process:

- `GET`, `PUT /_local/faults`: `{"webhooks": "lose" or null, "api": "gone", "hang" or null}`.
  `lose` answers webhooks with 200 without forwarding them, so LiveKit doesn't retry. `gone` resets
  connections to the API. `hang` holds all requests to the API until the fault is cleared.
- `GET /_local/webhooks`: the newest 500 webhook requests, oldest first, lost ones included:
  `[{"headers": [[name, value], …], "body": base64}, …]`.
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
MAX_WEBHOOKS: Final = 500
CHOICES: Final[dict[str, tuple[str | None, ...]]] = {
    "webhooks": (None, "lose"),
    "api": (None, "gone", "hang"),
}


class Faults:
    """The faults of one forwarder, none at first, and the webhooks that it received."""

    def __init__(self) -> None:
        self._chosen: dict[str, str | None] = dict.fromkeys(CHOICES)
        self._webhooks: deque[dict[str, Any]] = deque(maxlen=MAX_WEBHOOKS)
        self._responding = asyncio.Event()
        self._responding.set()

    def add_to(self, app: web.Application) -> None:
        """Add the faults to all routes of the application, and add the control routes."""
        app.middlewares.append(self._inject)
        app.router.add_get("/_local/faults", self._get)
        app.router.add_put("/_local/faults", self._put)
        app.router.add_get("/_local/webhooks", self._get_webhooks)

    @web.middleware
    async def _inject(self, request: web.Request, handler: Handler) -> web.StreamResponse:
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
            await self._responding.wait()
        return await handler(request)

    async def _get(self, _: web.Request) -> web.Response:
        return web.json_response(self._chosen)

    async def _put(self, request: web.Request) -> web.Response:
        try:
            faults = json.loads(await request.read())
        except ValueError:
            faults = None
        if not isinstance(faults, Mapping) or any(
            name not in CHOICES or choice not in CHOICES[name] for name, choice in faults.items()
        ):
            return web.Response(
                status=400, text=f"Invalid faults. The choices are {json.dumps(CHOICES)}\n"
            )
        self._chosen = {name: faults.get(name) for name in CHOICES}
        if self._chosen["api"] == "hang":
            self._responding.clear()
        else:
            self._responding.set()
        return web.json_response(self._chosen)

    async def _get_webhooks(self, _: web.Request) -> web.Response:
        return web.json_response(list(self._webhooks))
