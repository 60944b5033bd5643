"""A proxy in front of the site that plants faults in its responses."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3

from tests.support.http_server import QuietHandler, serving


@dataclass
class Passed:
    """A response on its way to the client, which a fault may change."""

    method: str
    path: str
    request_headers: Mapping[str, str]
    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


Fault = Callable[[Passed], None]


@contextmanager
def proxy(to: str, fault: Fault) -> Generator[str]:
    """Forward requests to a site, and apply the fault to each response. Yield the address."""
    pool = urllib3.PoolManager(timeout=30, retries=False)

    class Handler(QuietHandler):
        def _forward(self) -> None:
            sent = {name: value for name, value in self.headers.items() if name != "Host"}
            if sent.get("Origin") == address:
                sent["Origin"] = to
            answer = pool.request(
                self.command,
                to + self.path,
                body=self.read_body() or None,
                headers=sent,
                redirect=False,
                decode_content=False,
            )
            dropped = {"transfer-encoding", "connection", "content-length"}
            headers = {
                name.title(): value
                for name, value in answer.headers.items()
                if name.lower() not in dropped
            }
            passed = Passed(self.command, self.path, sent, answer.status, headers, answer.data)
            fault(passed)
            self.send_response(passed.status)
            for name, value in passed.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(passed.body)))
            self.end_headers()
            self.wfile.write(passed.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward

    with serving(Handler) as address:
        yield address
