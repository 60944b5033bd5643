"""The AWS emulator with the guard at its own port.

`python -m local.emulator`, with the Python of the emulator's own environment. Variables configure
it (`local/demo.py`), as they configure the program `ministack`.

`GET /_local/calls` returns how often each operation was called, `{"DynamoDB_20120810.GetItem": 5}`.
"""

import importlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from local.guard import is_cors, refusal
from local.settings import PORTS

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

SITES = (f"http://localhost:{PORTS.site}", f"http://127.0.0.1:{PORTS.site}")
"""Origins of the site, whose requests the forwarder passes on."""


def guarded(application: Application) -> Application:
    """Return an ASGI application that responds with 403 to requests from other websites.

    No page may read its responses: their CORS headers are removed.
    """
    calls: Counter[str] = Counter()

    async def guard(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await application(scope, receive, send)
            return
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        if reason := refusal(headers, SITES):
            await _refuse(scope["type"], reason, send)
            return
        if scope["path"] == "/_local/calls":
            await _respond(send, 200, json.dumps(calls))
            return
        calls.update(value for name, value in headers if name.lower() == "x-amz-target")

        async def send_without_cors(message: Message) -> None:
            if "headers" in message:
                message = message | {
                    "headers": [
                        (name, value)
                        for name, value in message["headers"]
                        if not is_cors(bytes(name).decode("latin-1"))
                    ]
                }
            await send(message)

        await application(scope, receive, send_without_cors)

    return guard


async def _refuse(kind: str, reason: str, send: Send) -> None:
    if kind == "websocket":  # before the handshake, a close is a 403
        await send({"type": "websocket.close"})
        return
    await _respond(send, 403, f"{reason}\n")


async def _respond(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until the process is terminated."""
    ministack: Any = importlib.import_module("ministack.app")
    ministack.app = guarded(ministack.app)  # its `main` serves the module's `app`
    ministack.main()


if __name__ == "__main__":
    main()
