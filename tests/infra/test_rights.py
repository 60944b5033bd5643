"""Tests that each function has exactly the rights that it needs."""

import importlib
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest

from infra.needs import FUNCTIONS
from tests.support.clock import Clock
from tests.support.recorded import Recorded
from tests.support.routes import ROUTES, Route
from tests.support.table import watched
from tests.support.world import World

if TYPE_CHECKING:
    from .conftest import Template

GET = {"dynamodb:GetItem"}
READ = GET | {"dynamodb:BatchGetItem"}
WRITE = {
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
}
QUERY = {"dynamodb:Query"}

ON_THE_TABLE: dict[str, set[str]] = {
    "token": READ | {"dynamodb:UpdateItem"},
    "ingress": READ | WRITE,
    "webhook": READ | {"dynamodb:PutItem"},
    "pages": READ | QUERY,
    "account": READ | WRITE,
    "social": READ | WRITE,
    "chat": READ | QUERY | {"dynamodb:PutItem", "dynamodb:UpdateItem"},
    "moderation": READ | WRITE | QUERY | {"dynamodb:BatchWriteItem"},
    "session": set(),
    "reconcile": READ | WRITE | QUERY,
}
STARTS_CHECKS = {"token", "ingress", "webhook", "pages", "account", "moderation"}
SECRETS = {
    "token": {"LiveKit", "Site", "CloudFront"},
    "ingress": {"LiveKit", "CloudFront"},
    "webhook": {"LiveKit", "CloudFront"},
    "pages": {"CloudFront"},
    "account": {"CloudFront"},
    "social": {"CloudFront"},
    "chat": {"LiveKit", "Site", "CloudFront"},
    "moderation": {"LiveKit", "CloudFront"},
    "session": {"Site", "CloudFront"},
    "reconcile": {"LiveKit"},
}

each_function = pytest.mark.parametrize("function", FUNCTIONS)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def actions(statements: list[dict[str, Any]], service: str) -> set[str]:
    allowed = {action for statement in statements for action in as_list(statement["Action"])}
    return {action for action in allowed if action.startswith(f"{service}:")}


@each_function
def test_no_action_and_no_resource_is_a_wildcard(production: "Template", function: str) -> None:
    for statement in production.statements(function):
        assert statement["Effect"] == "Allow"
        assert not [action for action in as_list(statement["Action"]) if "*" in action]
        assert not [resource for resource in as_list(statement["Resource"]) if "*" in str(resource)]


@each_function
def test_a_function_has_exactly_the_listed_rights(production: "Template", function: str) -> None:
    statements = production.statements(function)
    assert actions(statements, "dynamodb") == ON_THE_TABLE[function]
    assert actions(statements, "secretsmanager") == {"secretsmanager:GetSecretValue"}
    assert actions(statements, "logs") == {"logs:CreateLogStream", "logs:PutLogEvents"}
    is_invoking = function in STARTS_CHECKS | {"reconcile"}  # which invokes itself
    invokes = {"lambda:InvokeFunction"} if is_invoking else set[str]()
    assert actions(statements, "lambda") == invokes
    services = {action.partition(":")[0] for s in statements for action in as_list(s["Action"])}
    assert services <= {"dynamodb", "secretsmanager", "logs", "lambda"}


def test_functions_invoke_only_the_reconciler(production: "Template", full: "Template") -> None:
    for template in (production, full):
        invoked = {
            str(statement["Resource"])
            for function in STARTS_CHECKS
            for statement in template.statements(function)
            if "lambda" in str(statement["Action"])
        }
        assert len(invoked) == 1
        assert "Reconcile" in invoked.pop()


def test_a_policy_of_its_own_lets_only_the_reconciler_invoke_itself(
    production: "Template", full: "Template"
) -> None:
    """A policy that the function depends on can't name the function."""
    for template in (production, full):
        invokers = {
            function
            for function in FUNCTIONS
            if "lambda:InvokeFunction" in str(template.statements(function))
        }
        assert invokers == STARTS_CHECKS | {"reconcile"}
        (policy,) = (
            policy
            for _, policy in template.all("AWS::IAM::Policy")
            if {"Ref": template.role_of("reconcile")} in policy["Roles"]
            and "lambda:InvokeFunction" in str(policy)
        )
        (statement,) = policy["PolicyDocument"]["Statement"]
        schedule = template.one("AWS::Scheduler::Schedule")
        assert statement["Resource"] == schedule["Target"]["Arn"]


@each_function
def test_a_function_reads_exactly_the_secrets_that_it_needs(
    production: "Template", function: str
) -> None:
    names = {
        id: secret["Description"].split(" ")[0]
        for id, secret in production.all("AWS::SecretsManager::Secret")
    }
    readable = {
        names[resource["Ref"]]
        for statement in production.statements(function)
        if "secretsmanager" in str(statement["Action"])
        for resource in as_list(statement["Resource"])
    }
    assert readable == SECRETS[function]


@each_function
def test_a_role_belongs_to_one_function_and_has_no_other_policies(
    production: "Template", function: str
) -> None:
    roles = [properties["Role"]["Fn::GetAtt"][0] for properties in production.functions().values()]
    role = production.functions()[function]["Role"]["Fn::GetAtt"][0]
    assert roles.count(role) == 1
    properties = production.resources[role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    assert "Policies" not in properties
    (trusted,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "lambda.amazonaws.com"}


def leading_keys(statement: dict[str, Any]) -> set[str]:
    return set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def test_the_webhook_writes_only_live_state_and_reads_only_what_it_needs(
    production: "Template",
) -> None:
    allowed = {
        action: leading_keys(statement)
        for statement in production.statements("webhook")
        for action in as_list(statement["Action"])
        if action.startswith("dynamodb:")
    }
    reads = {"INGRESS#*", "LIVE#*", "BLOCK#*", "USER#*"}
    assert allowed == {
        "dynamodb:GetItem": reads,
        "dynamodb:BatchGetItem": reads,
        "dynamodb:PutItem": {"LIVE#*", "SESSION#*"},
    }


def test_the_reconciler_writes_only_live_state_leases_and_users(production: "Template") -> None:
    for statement in production.statements("reconcile"):
        if "dynamodb:PutItem" in as_list(statement["Action"]):
            assert leading_keys(statement) == {"LIVE#*", "SESSION#*", "LEASE#*", "USER#*"}


def test_only_moderation_adds_to_the_audit_log_and_no_function_changes_it(
    production: "Template",
) -> None:
    changes = (WRITE - {"dynamodb:ConditionCheckItem"}) | {"dynamodb:BatchWriteItem"}
    for function in FUNCTIONS:
        for statement in production.statements(function):
            allowed = changes & set(as_list(statement["Action"]))
            keys = leading_keys(statement) if allowed else set[str]()
            if any(fnmatch("MODLOG#a", pattern) for pattern in keys):
                assert (function, allowed) == ("moderation", {"dynamodb:PutItem"})


def test_only_pages_and_the_reconciler_query_the_index(production: "Template") -> None:
    readers = {name for name in FUNCTIONS if "/index/" in str(production.statements(name))}
    assert readers == {"pages", "reconcile"}


def test_the_token_function_reads_neither_ingress_owners_nor_the_index(
    production: "Template",
) -> None:
    for statement in production.statements("token"):
        if "dynamodb" in str(statement["Action"]):
            assert leading_keys(statement) == (
                {"LIMIT#*"}
                if "dynamodb:UpdateItem" in as_list(statement["Action"])
                else {"NAME#*", "SUBJECT#*", "BLOCK#*", "LIVE#*", "USER#*"}
            )
            assert "index" not in str(statement["Resource"])


# --- every call is allowed: neither moto nor the emulator checks rights ---


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
def test_a_function_may_make_every_table_call_of_its_routes(
    production: "Template", recorded: Recorded, row: Route
) -> None:
    requests = recorded[row.name].cold.requests
    assert not_allowed(production.statements(row.function), requests) == []


def test_the_reconciler_may_make_every_table_call_of_its_run(
    production: "Template", world: World, time: Clock
) -> None:
    world.livekit.rooms.clear()
    time.moves(minutes=1)
    run = importlib.import_module("functions.reconcile.handler").handler
    with watched() as wire:
        run({}, None)
    assert "PutItem" in wire.made  # ann is no longer live
    assert not_allowed(production.statements("reconcile"), wire.asked) == []


def not_allowed(
    statements: list[dict[str, Any]], requests: list[tuple[str, Any]]
) -> list[tuple[str, str]]:
    """Return the actions, each with its partition key, that no statement allows."""
    return [
        (action, key)
        for operation, arguments in requests
        for action, key in required_rights(operation, arguments)
        if not any(is_allowed_by(statement, action, key) for statement in statements)
    ]


def is_allowed_by(statement: dict[str, Any], action: str, key: str) -> bool:
    """Return whether a statement allows an action on a partition key (empty for the index)."""
    on_index = any("/index/" in str(resource) for resource in as_list(statement["Resource"]))
    if f"dynamodb:{action}" not in as_list(statement["Action"]) or (not key and not on_index):
        return False
    return "Condition" not in statement or any(
        fnmatch(key, pattern) for pattern in leading_keys(statement)
    )


def required_rights(operation: str, arguments: Any) -> list[tuple[str, str]]:
    """Return the actions of a call, as policies name them, each with its partition key.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem":
            return [(operation, arguments["Key"]["pk"]["S"])]
        case "PutItem":
            return [(operation, arguments["Item"]["pk"]["S"])]
        case "Query":
            (partition_key,) = [
                value["S"]
                for name, value in arguments["ExpressionAttributeValues"].items()
                if f"= {name}" in arguments["KeyConditionExpression"].partition(" AND ")[0]
            ]
            return [(operation, "" if "IndexName" in arguments else partition_key)]
        case "BatchGetItem":
            return [
                (operation, key["pk"]["S"])
                for table in arguments["RequestItems"].values()
                for key in table["Keys"]
            ]
        case "BatchWriteItem":
            return [
                (operation, request["PutRequest"]["Item"]["pk"]["S"])
                for requests in arguments["RequestItems"].values()
                for request in requests
            ]
        case "TransactWriteItems":
            return [
                (f"{kind}Item", (part.get("Key") or part["Item"])["pk"]["S"])
                for action in arguments["TransactItems"]
                for kind, part in action.items()
            ]
        case "GetSecretValue":
            return []
        case _:
            raise AssertionError(operation)
