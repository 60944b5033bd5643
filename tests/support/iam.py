"""AWS's authorization: the policies of a template, evaluated by cloud-copilot's iam-simulate.

The engine runs in Node, in a process of its own, with all requests of a test module at once. It
knows the actions, resources, and condition keys of each service, and raises for others.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from local.settings import path_with_tools

ENGINE: Final = Path(__file__).with_name("iam-simulate")
ACCOUNT: Final = "123456789012"
REGION: Final = "us-east-1"

Reading = Literal["each item", "all items of an action"]
"""What `dynamodb:LeadingKeys` contains for an action of a transaction.

AWS documents only that the underlying action authorizes each part of a transaction. Under a third
reading, all items of the call, moderation would need the right to delete log entries. `make verify`
finds out on a real account.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""
READINGS: Final[tuple[Reading, ...]] = ("each item", "all items of an action")


@dataclass(frozen=True)
class Action:
    """An action of a call, as policies name it, on items with these partition keys."""

    name: str
    keys: frozenset[str] = frozenset()
    on_index: bool = False


@dataclass(frozen=True)
class Request:
    """A request that AWS authorizes.

    `identity` and `resource_policy` name the policies that apply. `context` has the values of
    condition keys.
    """

    principal: str
    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()
    identity: str | None = None
    resource_policy: str | None = None


def are_allowed(policies: Mapping[str, Any], requests: Sequence[Request]) -> list[bool]:
    """Return whether each request is allowed. Raise if the engine doesn't know a part of it."""
    distinct = list(dict.fromkeys(requests))
    sent = {"policies": policies, "requests": [_sent(request) for request in distinct]}
    node = shutil.which("node", path=path_with_tools())
    if node is None or not (ENGINE / "node_modules").is_dir():
        raise RuntimeError("The IAM engine isn't installed: make tools")
    done = subprocess.run(
        [node, "simulate.mjs"],
        cwd=ENGINE,
        env={**os.environ, "NODE_OPTIONS": ""},
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    allowed = dict(zip(distinct, json.loads(done.stdout), strict=True))
    return [allowed[request] == "Allowed" for request in requests]


def _sent(request: Request) -> dict[str, Any]:
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "context": {name: list(values) for name, values in request.context},
        "identity": request.identity,
        "resourcePolicy": request.resource_policy,
    }


# --- what a call of DynamoDB asks for ---


def table_actions(operation: str, arguments: Any, reading: Reading) -> Iterator[Action]:
    """Yield the actions that DynamoDB authorizes for a call.

    One statement must allow all keys of a batch.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem" | "PutItem":
            yield Action(operation, frozenset({_key(arguments)}))
        case "Query":
            values = arguments["ExpressionAttributeValues"]
            first = arguments["KeyConditionExpression"].partition(" AND ")[0]
            keys = frozenset(value["S"] for name, value in values.items() if f"= {name}" in first)
            yield Action(operation, keys, on_index="IndexName" in arguments)
        case "BatchGetItem":
            tables = arguments["RequestItems"].values()
            yield Action(operation, frozenset(_key({"Key": k}) for t in tables for k in t["Keys"]))
        case "BatchWriteItem":
            writes = [each for table in arguments["RequestItems"].values() for each in table]
            parts = [part for write in writes for part in write.values()]
            yield Action(operation, frozenset(map(_key, parts)))
        case "TransactWriteItems":
            parts = [
                (f"{kind}Item", _key(part))
                for item in arguments["TransactItems"]
                for kind, part in item.items()
            ]
            yield from _of_transaction(parts, reading)
        case _:
            raise AssertionError(operation)


def _of_transaction(parts: list[tuple[str, str]], reading: Reading) -> Iterator[Action]:
    if reading == "each item":
        for name, key in parts:
            yield Action(name, frozenset({key}))
    else:
        for name in dict.fromkeys(name for name, _ in parts):
            yield Action(name, frozenset(key for each, key in parts if each == name))


def _key(part: Any) -> str:
    return (part.get("Key") or part["Item"])["pk"]["S"]


# --- a template, as CloudFormation would create it ---


class Created:
    """The resources of a template with ARNs, as if CloudFormation had created them."""

    def __init__(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        self._resources = resources

    def value(self, value: Any) -> Any:
        """Return a value of the template without references."""
        if isinstance(value, list):
            return [self.value(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(value, dict):
            return value
        match value:  # pyright: ignore[reportUnknownVariableType]
            case {"Ref": str(id)}:
                return self._reference(id)
            case {"Fn::GetAtt": [str(id), "Arn"]}:
                return self.arn(id)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:]+)\}", lambda found: self._reference(found[1]), text)
            case {"Fn::Join": [str(separator), list(parts)]}:
                return separator.join(self.value(parts))
            case _:
                return {name: self.value(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]

    def _reference(self, id: str) -> str:
        pseudo = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
        if id in pseudo:
            return pseudo[id]
        kind = self._resources[id]["Type"]
        by_arn = {"AWS::SecretsManager::Secret", "AWS::Lambda::Alias", "AWS::SNS::Topic"}
        return self.arn(id) if kind in by_arn else id

    def arn(self, id: str) -> str:
        """Return the ARN of a resource."""
        here = f"{REGION}:{ACCOUNT}"
        match self._resources[id]["Type"]:
            case "AWS::DynamoDB::GlobalTable":
                return f"arn:aws:dynamodb:{here}:table/{id}"
            case "AWS::Lambda::Function":
                return f"arn:aws:lambda:{here}:function:{id}"
            case "AWS::Lambda::Alias":
                properties = self._resources[id]["Properties"]
                function = self.value(properties["FunctionName"])
                return f"arn:aws:lambda:{here}:function:{function}:{properties['Name']}"
            case "AWS::Cognito::UserPool":
                return f"arn:aws:cognito-idp:{here}:userpool/{id}"
            case "AWS::Logs::LogGroup":
                return f"arn:aws:logs:{here}:log-group:{id}:*"
            case "AWS::SecretsManager::Secret":
                return f"arn:aws:secretsmanager:{here}:secret:{id}-AbCdEf"
            case "AWS::Scheduler::Schedule":
                return f"arn:aws:scheduler:{here}:schedule/default/{id}"
            case "AWS::SQS::Queue":
                return f"arn:aws:sqs:{here}:{id}"
            case "AWS::SNS::Topic":
                return f"arn:aws:sns:{here}:{id}"
            case "AWS::S3::Bucket":
                return f"arn:aws:s3:::{id.lower()}"
            case "AWS::IAM::Role":
                return f"arn:aws:iam::{ACCOUNT}:role/{id}"
            case kind:
                raise AssertionError(f"No ARN of {kind}: {id}")
