"""HTTP connections to AWS, kept between requests, on the standard library alone.

botocore's own (`URLLib3Session`) loads urllib3, a tenth of a cold start. Errors are botocore's.
"""

import ssl
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from select import POLLIN, poll
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)


class Response(NamedTuple):
    """A response with its whole body. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes


class Connections:
    """The connections to one server, given by its URL without a path. Threads may share them.

    A connection serves one request at a time. A warm function keeps it. The server may close it
    while the function is frozen, so that is checked before a request.
    """

    def __init__(self, url: str, *, connect_seconds: float, read_seconds: float) -> None:
        self.url = url
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._idle: list[HTTPConnection] = []

    def post(self, body: bytes, headers: dict[str, str]) -> Response:
        """Return the response to a POST to the path `/`.

        Raises:
            HTTPClientError: the server may have done it. There is no response in time.
            ConnectionError: of botocore. Nothing was sent.
        """
        connection = self._idle_connection() or self._connect()
        try:
            connection.request("POST", "/", body, headers)
            received = connection.getresponse()
            response = Response(
                received.status,
                {name.lower(): value for name, value in received.getheaders()},
                received.read(),
            )
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=self.url, error=error) from error
        except (OSError, HTTPException) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=self.url, error=error) from error
        if connection.sock:  # None if the server closes it after this response
            self._idle.append(connection)
        return response

    def _idle_connection(self) -> HTTPConnection | None:
        """Return a connection that isn't closed, and that no other thread uses from now on."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread has taken it
                break
            poller = poll()
            poller.register(connection.sock, POLLIN)
            if not poller.poll(0):
                return connection
            connection.close()  # It can't have a response: no request is in flight.
        return None

    def _connect(self) -> HTTPConnection:
        connection = self._new_connection()
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise _connect_error(error)(endpoint_url=self.url, error=error) from error
        connection.sock.settimeout(self._read_seconds)
        return connection

    def _new_connection(self) -> HTTPConnection:
        address = urlsplit(self.url)
        options: Any = {"port": address.port, "timeout": self._connect_seconds}
        if address.scheme == "https":
            return HTTPSConnection(address.hostname or "", **options, context=_tls())
        return HTTPConnection(address.hostname or "", **options)


def _connect_error(error: OSError) -> type[BotoCoreError]:
    match error:
        case TimeoutError():
            return ConnectTimeoutError
        case ssl.SSLError():
            return SSLError
        case _:
            return EndpointConnectionError


@cache
def _tls() -> ssl.SSLContext:
    """Return what all connections check certificates with. Loading its roots takes a while."""
    return ssl.create_default_context()
