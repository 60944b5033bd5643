"""All rights of the functions, except the right to write their own log (`function.py`)."""

from collections.abc import Iterator, Mapping
from typing import Final

from aws_cdk import aws_iam as iam

from infra.function import FootlightFunction
from infra.needs import ALL, FUNCTIONS, Keys, Needs, SecretName

GET: Final = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
PUT: Final = ("dynamodb:PutItem",)
UPDATE: Final = ("dynamodb:UpdateItem",)
DELETE: Final = ("dynamodb:DeleteItem",)
CHECK: Final = ("dynamodb:ConditionCheckItem",)
BATCH_WRITE: Final = ("dynamodb:BatchWriteItem",)
QUERY: Final = ("dynamodb:Query",)


def grant_rights(
    functions: Mapping[str, FootlightFunction],
    *,
    table_arn: str,
    secret_arns: Mapping[SecretName, str],
) -> None:
    """Grant each function the rights that `FUNCTIONS` lists."""
    for name, needs in FUNCTIONS.items():
        function = functions[name]
        for statement in _table_statements(needs, table_arn):
            function.allow(statement)
        if needs.starts_checks:
            reconcile_arn = functions["reconcile"].entry.function_arn
            function.allow(_statement(("lambda:InvokeFunction",), reconcile_arn))
        if needs.starts_parts:
            function.allow_itself()
        secrets = [secret_arns[secret] for secret in needs.secrets if secret in secret_arns]
        if secrets:
            function.allow(_statement(("secretsmanager:GetSecretValue",), *secrets))


def _table_statements(needs: Needs, table_arn: str) -> Iterator[iam.PolicyStatement]:
    index = f"{table_arn}/index/lists"
    rights: tuple[tuple[tuple[str, ...], str, Keys], ...] = (
        (GET, table_arn, needs.read),
        (QUERY, table_arn, needs.query),
        (QUERY, index, ALL if needs.query_index else ()),
        ((*PUT, *UPDATE, *DELETE, *CHECK), table_arn, needs.write),
        (BATCH_WRITE, table_arn, needs.batch_write),
        (PUT, table_arn, needs.put),
        (UPDATE, table_arn, needs.update),
        (CHECK, table_arn, needs.check),
    )
    for actions, resource, keys in rights:
        if keys:
            yield _statement(actions, resource, keys=keys)


def _statement(actions: tuple[str, ...], *resources: str, keys: Keys = ALL) -> iam.PolicyStatement:
    """Allow actions on resources, limited to items whose partition keys match `keys`."""
    conditions = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
    return iam.PolicyStatement(
        actions=list(actions),
        resources=list(resources),
        conditions=None if keys == ALL else conditions,
    )
