"""All rights of the functions, except the right to write their own log (`function.py`)."""

from collections.abc import Iterator, Mapping

from aws_cdk import aws_iam as iam

from infra.function import FootlightFunction
from infra.needs import FUNCTIONS, Keys, Needs, SecretName


def grant_rights(
    functions: Mapping[str, FootlightFunction],
    *,
    table_arn: str,
    secret_arns: Mapping[SecretName, str],
    user_pool_arn: str | None,
) -> None:
    """Grant each function the rights that `FUNCTIONS` lists.

    `user_pool_arn` is None if people sign in at the operator's own provider.
    """
    for name, needs in FUNCTIONS.items():
        function = functions[name]
        for statement in _table_statements(needs, table_arn):
            function.allow(statement)
        if needs.starts_checks:
            reconcile_arn = functions["reconcile"].entry.function_arn
            function.allow(_statement(("lambda:InvokeFunction",), reconcile_arn))
        if needs.starts_parts:
            function.allow_itself()
        if needs.users and user_pool_arn:
            actions = tuple(f"cognito-idp:{action}" for action in needs.users)
            function.allow(_statement(actions, user_pool_arn))
        secrets = [secret_arns[secret] for secret in needs.secrets if secret in secret_arns]
        if secrets:
            function.allow(_statement(("secretsmanager:GetSecretValue",), *secrets))


def _table_statements(needs: Needs, table_arn: str) -> Iterator[iam.PolicyStatement]:
    rights: tuple[tuple[Keys, tuple[str, ...]], ...] = (
        (needs.read, ("dynamodb:GetItem", "dynamodb:BatchGetItem")),
        (needs.get, ("dynamodb:GetItem",)),
        (needs.query, ("dynamodb:Query",)),
        (needs.put, ("dynamodb:PutItem",)),
        (needs.update, ("dynamodb:UpdateItem",)),
        (needs.delete, ("dynamodb:DeleteItem",)),
        (needs.check, ("dynamodb:ConditionCheckItem",)),
        (needs.batch_write, ("dynamodb:BatchWriteItem",)),
    )
    for keys, actions in rights:
        if keys:
            yield _statement(actions, table_arn, keys=keys)
    if needs.query_index:
        yield _statement(("dynamodb:Query",), f"{table_arn}/index/lists")


def _statement(actions: tuple[str, ...], *resources: str, keys: Keys = ()) -> iam.PolicyStatement:
    """Allow actions on resources. With `keys`, only on items whose partition key matches one."""
    conditions = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
    return iam.PolicyStatement(
        actions=list(actions),
        resources=list(resources),
        conditions=conditions if keys else None,
    )
