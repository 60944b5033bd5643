"""The AWS account: what a deploy, and then the site, needs of it."""

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from infra.building import ANOTHER_PYTHON, Target, UnsuitablePython
from infra.config import ROOT, Config
from infra.running import RECORD, Template, dropped
from operations.checks import Failed, Warned
from operations.deployment import COMMON_REGION, Deployment, Stack
from operations.leftovers import leftovers
from operations.table import require_backups, require_expiry

GIGABYTE: Final = 10**9
BOOTSTRAP_VERSION: Final = 6
"""The oldest bootstrap that CDK's own templates accept.
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html"""
CONCURRENCY: Final = 1_000
"""Lambda's default quota. New accounts have less.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
REQUESTS_PER_EXECUTION: Final = 10
"""Requests a second that one execution answers, at about 100 ms each."""
MORE_CONCURRENCY: Final = (
    "aws service-quotas request-service-quota-increase --service-code lambda "
    f"--quota-code L-B99A9384 --desired-value {CONCURRENCY}"
)


@dataclass
class Planned:
    """A deployment that is planned, or that a deploy would change."""

    config: Config
    session: Any = field(default_factory=boto3.Session, repr=False)
    stack: Stack | None = None
    template: Template = field(default_factory=dict[str, Any])
    """The running stack's, or an empty one."""

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a client of a service."""
        return self.session.client(service, region_name=region)

    @functools.cached_property
    def account(self) -> str:
        """The account's number."""
        return self.client("sts").get_caller_identity()["Account"]


def machine(planned: Planned) -> str:
    """Require space for the build and a Python that Lambda has. Warn of an old one."""
    free = shutil.disk_usage(ROOT).free
    if free < GIGABYTE:
        raise Failed(f"{free // 10**6} MB are free, the build needs 1 GB", "rm -rf cdk.out")
    try:
        target = Target.lambda_runtime()
        if planned.config.snap_start:
            target.require_snap_start()
    except UnsuitablePython as error:
        raise Failed(error.reason, ANOTHER_PYTHON) from error
    if target.warning:
        raise Warned(target.warning, ANOTHER_PYTHON)
    return f"{free // GIGABYTE} GB free, Python {target.python} for the functions"


def identity(planned: Planned) -> str:
    """Require credentials and a region."""
    region = planned.session.region_name
    if not region:
        raise Failed("no region", "export AWS_REGION=eu-central-1")
    return f"{planned.config.name} → account {planned.account}, {region}"


def bootstrap(planned: Planned) -> str:
    """Require CDK's bootstrap stack in this account and region."""
    try:
        found = planned.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ParameterNotFound":
            raise
        raise Failed("the account and region aren't bootstrapped", "make bootstrap") from error
    version = int(found["Parameter"]["Value"])
    if version < BOOTSTRAP_VERSION:
        raise Failed(f"the bootstrap has version {version}, too old", "make bootstrap")
    return f"version {version}"


def roles(planned: Planned) -> str:
    """Warn if the credentials may not assume the roles by which the CDK deploys.

    The CDK then continues with the credentials themselves, which need every right of a deploy. The
    roles are those of the bootstrap stack. The root user can assume no role.
    https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    caller = planned.client("sts").get_caller_identity()["Arn"]
    if caller.endswith(":root"):
        raise Warned("the root user can't assume the CDK's roles", "use an administrator's role")
    iam = planned.client("iam")
    refused: list[str] = []
    try:
        source = _policy_source(iam, caller)
        for role in ("deploy", "file-publishing"):
            name = f"cdk-hnb659fds-{role}-role-{planned.account}-{planned.session.region_name}"
            found = iam.simulate_principal_policy(
                PolicySourceArn=source,
                ActionNames=["sts:AssumeRole"],
                ResourceArns=[f"arn:aws:iam::{planned.account}:role/{name}"],
            )["EvaluationResults"]
            if any(each["EvalDecision"] != "allowed" for each in found):
                refused.append(name)
    except ClientError as error:
        raise Warned(
            f"whether {caller} may assume the CDK's roles can't be simulated: {error}",
            "the deploy shows it; or allow iam:GetRole and iam:SimulatePrincipalPolicy",
        ) from error
    if refused:
        raise Warned(
            f"{caller} may not assume {', '.join(refused)}",
            "allow sts:AssumeRole on arn:aws:iam::*:role/cdk-hnb659fds-*",
        )
    return "the CDK's roles can be assumed"


def _policy_source(iam: Any, caller: str) -> str:
    """Return the user or the role whose policies count. A role's session doesn't name its path."""
    kind, _, rest = caller.rpartition(":")[2].partition("/")
    if kind == "assumed-role":
        return iam.get_role(RoleName=rest.partition("/")[0])["Role"]["Arn"]
    return caller


def stack(planned: Planned) -> str:
    """Require a stack that CloudFormation can create or update."""
    name = planned.config.name
    if planned.stack is None:
        return f"{name} will be created"
    status = planned.stack.status
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        raise Failed(
            f"{name} is {status}: an earlier attempt failed, and it can't be updated",
            f"aws cloudformation delete-stack --stack-name {name}",
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise Failed(
            f"{name} is {status}",
            f"aws cloudformation continue-update-rollback --stack-name {name}",
        )
    if status.endswith("_IN_PROGRESS"):
        raise Failed(
            f"{name} is {status}",
            f"aws cloudformation describe-stack-events --stack-name {name}",
        )
    return f"{name} is {status}"


def orphans(planned: Planned) -> str:
    """Warn of tables and user pools that earlier attempts or stacks have left."""
    running = planned.stack or Stack(planned.config.name, "", {})
    found = [
        each
        for each in leftovers(Deployment(running, planned.session))
        if each.name != planned.config.table_name
    ]
    if found:
        names = ", ".join(f"{each.kind} {each.name}" for each in found)
        raise Warned(
            f"of an earlier stack: {names}",
            "if you don't need the data: " + " && ".join(found[0].commands),
        )
    return "none"


def losses(planned: Planned) -> str:
    """Require every setting of the running stack, so that a deploy drops none."""
    new: Mapping[str, Any] = {
        "Metadata": {RECORD: planned.config.recorded},
        "Resources": planned.template.get("Resources", {}),
    }
    lines = dropped(planned.template, new, allowed=planned.config.allow)
    if lines:
        raise Failed("; ".join(lines), "cp docs/footlight.example.toml footlight.toml, and set it")
    return "the deploy drops none"


def concurrency(planned: Planned) -> str:
    """Compare Lambda's concurrency with what the settings expect."""
    limits = planned.client("lambda").get_account_settings()["AccountLimit"]
    found: int = limits["ConcurrentExecutions"]
    if planned.config.reserve and found < CONCURRENCY:
        raise Failed(
            f"`reserve` needs a concurrency of {CONCURRENCY}, the account has {found}",
            MORE_CONCURRENCY,
        )
    answers, expected = found * REQUESTS_PER_EXECUTION, planned.config.crowd_requests_per_second
    if answers < expected:
        raise Warned(
            f"a concurrency of {found} answers about {answers} requests a second, and "
            f"crowdRequestsPerSecond is {expected}: a large audience gets errors",
            MORE_CONCURRENCY,
        )
    return f"{found}"


def cloudfront(planned: Planned) -> str:
    """Require that the account may list distributions.

    A new account may still be refused its first distribution ("Your account must be verified"),
    which only `--try-cloudfront` or a deploy shows.
    """
    found = planned.client("cloudfront").list_distributions().get("DistributionList", {})
    if planned.stack is None and not found.get("Items"):
        return 'no distribution yet; a new account: make doctor ARGS="--try-cloudfront"'
    return "distributions can be listed"


def plan(planned: Planned) -> str:
    """Warn of AWS's free plan, which ends after six months.

    https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
    """
    found = planned.client("freetier", COMMON_REGION).get_account_plan_state()
    if found["accountPlanType"] == "FREE":
        raise Warned(
            "the account is on the free plan, which ends after six months",
            "aws freetier upgrade-account-plan --account-plan-type PAID --region us-east-1",
        )
    return found["accountPlanType"]


def money(planned: Planned) -> str:
    """Warn without a budget."""
    if planned.config.budget_dollars:
        return f"${planned.config.budget_dollars} a month"
    budgets = planned.client("budgets", COMMON_REGION)
    if not budgets.describe_budgets(AccountId=planned.account).get("Budgets"):
        raise Warned("no budget warns of costs", "set budget and alarmEmail in footlight.toml")
    return "the account has one"


def table(planned: Planned) -> str:
    """Require the schema, the index, and the protection of an existing table (`tableName`).

    A restored table lacks TTL, point-in-time recovery, and deletion protection.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
    """
    name = planned.config.table_name
    if not name:
        return "the stack's own"
    client = planned.client("dynamodb")
    try:
        found = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        raise Failed(f"there is no table {name}", "aws dynamodb list-tables") from None
    if _keys(found) != {"HASH": "pk", "RANGE": "sk"}:
        raise Failed(f"the keys of {name} aren't pk and sk", "aws dynamodb list-tables")
    indexes = {each["IndexName"]: each for each in found.get("GlobalSecondaryIndexes", [])}
    lists = indexes.get("lists")
    if (
        lists is None
        or _keys(lists) != {"HASH": "list_pk", "RANGE": "list_sk"}
        or lists["Projection"]["ProjectionType"] != "ALL"
    ):
        raise Failed(
            f"{name} lacks the index lists with all attributes",
            "restore the table again, with its indexes",
        )
    require_expiry(client, name)
    require_backups(client, name)
    if not found.get("DeletionProtectionEnabled"):
        raise Warned(
            f"{name} has no deletion protection",
            f"aws dynamodb update-table --table-name {name} --deletion-protection-enabled",
        )
    return name


def _keys(described: Mapping[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in described["KeySchema"]}


def certificate(planned: Planned) -> str:
    """Require an issued certificate in us-east-1 that covers the domain."""
    domain = planned.config.domain
    if domain is None:
        return "CloudFront's"
    found = planned.client("acm", COMMON_REGION).describe_certificate(
        CertificateArn=domain.certificate_arn
    )["Certificate"]
    if found["Status"] != "ISSUED":
        raise Failed(
            f"the certificate is {found['Status']}",
            "create the DNS record that this shows: aws acm describe-certificate "
            f"--region {COMMON_REGION} --certificate-arn {domain.certificate_arn}",
        )
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    if not {domain.name, f"*.{domain.name.partition('.')[2]}"} & names:
        raise Failed(
            f"the certificate is for {', '.join(sorted(names))}, not {domain.name}",
            f"aws acm request-certificate --region {COMMON_REGION} --validation-method DNS "
            f"--domain-name {domain.name}",
        )
    return f"issued for {domain.name}"


def web_acl(planned: Planned) -> str:
    """Require the web ACL of the setting `waf`."""
    arn = planned.config.waf
    if not isinstance(arn, str):
        return "created by the stack" if arn else "off"
    listing = f"aws wafv2 list-web-acls --scope CLOUDFRONT --region {COMMON_REGION}"
    if ":global/webacl/" not in arn or f":{COMMON_REGION}:" not in arn:
        raise Failed(f"{arn} isn't a web ACL for CloudFront", listing)
    name, id = arn.partition(":global/webacl/")[2].split("/")[:2]
    client = planned.client("wafv2", COMMON_REGION)
    try:
        client.get_web_acl(Name=name, Scope="CLOUDFRONT", Id=id)
    except client.exceptions.WAFNonexistentItemException:
        raise Failed(f"there is no web ACL {name}", listing) from None
    return name


def sign_up(planned: Planned) -> str:
    """Warn of Cognito's limit on emails. Require that SES may send those of `emailFrom`.

    https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
    """
    if planned.config.identity_provider:
        return "by your identity provider"
    if planned.config.sender is None:
        raise Warned(
            "Cognito sends 50 emails a day, so 50 people a day can sign up",
            "for more, set emailFrom, or use an identity provider of your own (docs/operating.md)",
        )
    return _ses(planned.client("sesv2"), planned.config.sender.address)


def _ses(ses: Any, address: str) -> str:
    """Require a verified address or domain, and warn if the account is in SES's sandbox.

    https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html
    """
    if not any(_is_verified(ses, identity) for identity in (address, address.partition("@")[2])):
        raise Failed(
            f"neither {address} nor its domain is verified in SES in this region",
            f"aws sesv2 create-email-identity --email-identity {address}",
        )
    account = ses.get_account()
    if not account.get("SendingEnabled"):
        raise Failed("SES sends no emails of this account", "aws sesv2 get-account")
    if not account.get("ProductionAccessEnabled"):
        raise Warned(
            "SES is in its sandbox: it sends 200 emails a day, and only to verified addresses",
            "https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html",
        )
    return f"SES sends emails from {address}"


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NotFoundException":
            raise
        return False
