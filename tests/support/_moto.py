"""Shortcuts through moto's internals. They more than halve the time of a DynamoDB call.

- moto looks up each member of an attribute value, `S` to `NULL`, under four possible names.
- moto makes a deep copy of the table for each item of a transaction, in case it has to roll back.
- moto adds up the size of an item at each of its attributes.
- moto lists the methods of its response class at each call.
- moto checks each node of an update expression against abstract classes, ten times.
- moto converts the keys of all items, several times each, to sort them for a query.

- botocore signs each request, and neither moto nor dynoxide checks signatures.

One more shortcut is `tests.support.dynamodb.Moto`. It reads and writes moto's table without
botocore, HTTP, and moto's parser.

https://github.com/getmoto/moto/blob/5.2.0/moto/core/serialize.py
https://github.com/getmoto/moto/blob/5.2.0/moto/dynamodb/models/__init__.py
"""

import pickle
import threading
from functools import cache
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.httpsession import URLLib3Session
from moto.core import utils
from moto.core.models import botocore_stubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser

SCALARS = {"S", "N", "BOOL", "NULL", "SS", "NS"}
"""Types whose value moto copies as it is."""

SIGNATURE = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/dynamodb/aws4_request,"
    " SignedHeaders=host, Signature=0",
    "X-Amz-Date": "20260101T000000Z",
}
"""Headers of a signed request. dynoxide checks that they are there."""

SIGN: Any = SigV4Auth.add_auth
"""The real signature, for tests of it."""


def answer_json_api(patch: pytest.MonkeyPatch) -> None:
    """Send what `footlight.aws.json_api` sends to moto, like the requests of botocore's clients."""
    send: Any = URLLib3Session.send

    def to_moto(self: URLLib3Session, request: Any) -> Any:
        return botocore_stubber("before-send", request) or send(self, request)

    patch.setattr(URLLib3Session, "send", to_moto)


def speed_up(patch: pytest.MonkeyPatch) -> None:
    """Patch moto until the end of the run."""
    serialize: Any = ResponseSerializer._serialize_type_structure  # pyright: ignore[reportPrivateUsage]

    def _serialize_type_structure(
        self: Any, serialized: Any, value: Any, shape: Any, key: str
    ) -> None:
        if (
            key
            and shape.name == "AttributeValue"
            and type(value) is dict
            and SCALARS & value.keys()
        ):
            self._default_serialize(serialized, value, shape, key)
        else:
            serialize(self, serialized, value, shape, key)

    backups: dict[int, Table] = {}
    lock = threading.Lock()  # for the backups: moto has one transaction at a time

    def copy(self: Table, memo: dict[int, Any]) -> Table:
        """Return a copy. A transaction makes one copy, although it asks for many."""
        del memo
        if id(self) not in backups:
            backup = object.__new__(Table)
            vars(backup).update(vars(self))
            backup.items = pickle.loads(pickle.dumps(self.items))  # noqa: S301 - our own bytes
            backups[id(self)] = backup
        return backups[id(self)]

    write: Any = DynamoDBBackend.transact_write_items

    def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        with lock:
            try:
                write(self, transact_items)
            finally:
                backups.clear()

    def all_items(self: Table) -> list[Item]:
        """Return the items in the order of their keys, which are strings."""
        items = [item for by_range in self.items.values() for item in by_range.values()]
        return sorted(items, key=key)

    def key(item: Any) -> tuple[str, str]:
        return item.hash_key.value, item.range_key.value

    @cache
    def is_processed(traverser: type, node: type) -> bool:
        types: Any = DepthFirstTraverser.nodes_to_be_processed(object.__new__(traverser))
        return issubclass(node, types)

    def traverse(self: Any, node: Any, child_id: int = -1) -> Any:
        """Do the same as moto, without `isinstance` of abstract classes, which is slow."""
        if not hasattr(node, "children"):
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            self.pre_processing_of_child(node, number)
            traverse(self, child, number)
        if is_processed(type(self), type(node)):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[child_id] = node
        return node

    def add_auth(self: Any, request: Any) -> None:
        del self
        for name, value in SIGNATURE.items():
            request.headers[name] = value

    patch.setattr(ResponseSerializer, "_serialize_type_structure", _serialize_type_structure)
    patch.setattr(Table, "__deepcopy__", copy, raising=False)
    patch.setattr(Table, "all_items", all_items)
    patch.setattr(DepthFirstTraverser, "traverse_node_recursively", traverse)
    patch.setattr(SigV4Auth, "add_auth", add_auth)
    patch.setattr(DynamoDBBackend, "transact_write_items", transact_write_items)
    patch.delattr(LimitedSizeDict, "__setitem__")
    patch.setattr(
        "moto.core.responses.method_names_from_class", cache(utils.method_names_from_class)
    )
