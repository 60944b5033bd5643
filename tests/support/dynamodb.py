"""The DynamoDB of a run, and what its table contains, without botocore.

Moto by default, because it is fast: the table is in the tests' process. With `--dynamodb dynoxide`,
each process of a run starts a dynoxide of its own, which refuses what DynamoDB refuses. In `bench`,
the table is the emulator's. `docs/dynamodb.md` lists what differs.
"""

import json
import os
import pickle
import shutil
import socket
import subprocess
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, Protocol

import pytest
import urllib3
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from footlight import settings
from local.settings import path_with_tools
from tests.support._moto import SIGNATURE

CHOICES: Final = ("moto", "dynoxide")
REGION: Final = "us-east-1"
START_SECONDS: Final = 20
BATCH: Final = 25
"""The most items that one BatchWriteItem takes."""

Attributes = dict[str, Any]
"""An item in DynamoDB's JSON."""
Stored = dict[tuple[str, str], Attributes]
"""Items by key."""


class Table(Protocol):
    """The table and its contents."""

    def exists(self) -> bool:
        """Return False if a test has deleted the table."""
        ...

    def items(self) -> Stored:
        """Return all items."""
        ...

    def put(self, items: Iterable[Attributes]) -> None:
        """Write items, each of which replaces an item with the same key."""
        ...

    def snapshot(self) -> Any:
        """Return all items, for `restore`."""
        ...

    def restore(self, snapshot: Any) -> None:
        """Replace all items."""
        ...

    def empty(self) -> None:
        """Delete all items."""
        ...


def table() -> Table:
    """Return the table that the code uses in this process."""
    url = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get("AWS_ENDPOINT_URL")
    return _server(url) if url else Moto()


class Moto:
    """Moto's own table, without its parser. A scan would take 60 ms."""

    @property
    def _tables(self) -> Any:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables

    @property
    def _table(self) -> Any:
        return self._tables[settings.table()]

    def exists(self) -> bool:
        return settings.table() in self._tables

    def items(self) -> Stored:
        items = [item.to_json()["Attributes"] for item in self._table.all_items()]
        return {_key(item): item for item in items}

    def put(self, items: Iterable[Attributes]) -> None:
        for item in items:
            self._table.put_item(item, overwrite=True)

    def snapshot(self) -> bytes:
        """Return the items pickled, because that is much faster than a deep copy."""
        return pickle.dumps(self._table.items)

    def restore(self, snapshot: bytes) -> None:
        self._table.items = pickle.loads(snapshot)  # noqa: S301 - our own bytes

    def empty(self) -> None:
        self._table.items.clear()


class Server:
    """A table behind an address. `tests.support.table` sees none of these requests."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False, timeout=10)

    def exists(self) -> bool:
        return settings.table() in self._call("ListTables")["TableNames"]

    def items(self) -> Stored:
        items: list[Attributes] = []
        page: Any = {}
        while True:
            page = self._call("Scan", TableName=settings.table(), **_next(page))
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return {_key(item): item for item in sorted(items, key=_key)}

    def put(self, items: Iterable[Attributes]) -> None:
        # A batch takes each key once.
        self._write(
            [{"PutRequest": {"Item": each}} for each in {_key(i): i for i in items}.values()]
        )

    def snapshot(self) -> Stored:
        return self.items()

    def restore(self, snapshot: Stored) -> None:
        now = self.items()
        keys = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in now.keys() - snapshot.keys()]
        changed = [item for key, item in snapshot.items() if now.get(key) != item]
        self._write([{"DeleteRequest": {"Key": key}} for key in keys])
        self.put(changed)

    def empty(self) -> None:
        self.restore({})

    def _write(self, requests: list[Any]) -> None:
        for first in range(0, len(requests), BATCH):
            batch = {settings.table(): requests[first : first + BATCH]}
            while batch:
                batch = self._call("BatchWriteItem", RequestItems=batch)["UnprocessedItems"]

    def _call(self, operation: str, **arguments: Any) -> Any:
        answer = self._pool.request(
            "POST",
            self._url,
            body=json.dumps(arguments),
            headers={
                **SIGNATURE,
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            },
        )
        assert answer.status == 200, answer.data
        return answer.json()


_server = cache(Server)


def _key(item: Attributes) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _next(page: Any) -> dict[str, Any]:
    last = page.get("LastEvaluatedKey")
    return {"ExclusiveStartKey": last} if last else {}


@contextmanager
def chosen(patch: pytest.MonkeyPatch, config: pytest.Config) -> Generator[None]:
    """Send the calls of DynamoDB to the one that the option `--dynamodb` names."""
    if config.getoption("dynamodb") == "moto":
        yield
        return
    with _dynoxide() as url:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        yield


@contextmanager
def _dynoxide() -> Generator[str]:
    """Start an empty dynoxide. Yield its address."""
    program = shutil.which("dynoxide", path=path_with_tools())
    if program is None:
        pytest.fail("dynoxide is missing: run `make test-dynamodb`", pytrace=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([program, "serve", "--port", str(port), "--log", "quiet"])
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            assert process.poll() is None, "dynoxide has ended"
            assert time.monotonic() < deadline, "dynoxide does not listen"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
