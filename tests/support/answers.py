"""An HTTP server with one answer, for services that nothing here emulates."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from tests.support.http_server import QuietHandler, serving


@contextmanager
def answering(body: Any, status: int = 200) -> Generator[str]:
    """Answer every request with this JSON. `ADDRESS` in it becomes the server's. Yield that."""

    class Handler(QuietHandler):
        def _answer(self) -> None:
            self.read_body()
            content = json.dumps(body).replace("ADDRESS", address).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

    with serving(Handler) as address:
        yield address
