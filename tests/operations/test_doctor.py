"""Each check of `make doctor`, with what it must find."""

import dataclasses
import shutil
from typing import Any

import boto3
import dns.resolver
import pytest

from infra import building
from infra.config import Config, read_config
from operations.checks import Check, Line, result
from operations.deployment import Stack
from operations.doctor import others
from operations.doctor.__main__ import CHECKS
from operations.doctor.account import Planned
from tests.support import templates
from tests.support.answers import answering
from tests.support.aws_answers import answer_with, refuse
from tests.support.dns_server import Zone, resolving
from tests.support.https_server import certificate

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
PROVIDER: dict[str, Any] = {
    "issuer": "ADDRESS",
    "authorization_endpoint": "ADDRESS/authorize",
    "token_endpoint": "ADDRESS/token",
    "jwks_uri": "ADDRESS/keys",
}


@pytest.fixture
def planned(account: boto3.Session) -> Planned:
    return Planned(settings(), account)


def settings(**changed: Any) -> Config:
    return read_config({"livekitUrl": "wss://livekit.example.com"} | changed)


def outcome(name: str, planned: Planned) -> Line:
    (check,) = (check for check in CHECKS if check.name == name)
    return result(check, planned)


def status(name: str, planned: Planned, **changed: Any) -> str:
    return outcome(name, dataclasses.replace(planned, config=settings(**changed))).status


def test_a_full_disk_fails(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=10**8)

    def full(_: object) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", full)
    assert outcome("machine", planned).status == "FAIL"


@pytest.mark.parametrize(
    ("python", "changed", "expected"),
    [
        ("3.10", {}, "FAIL"),
        ("3.11", {}, "WARN"),
        ("3.11", {"snapStart": "true"}, "FAIL"),
        ("3.12", {"snapStart": "true"}, "WARN"),
        ("3.14", {"snapStart": "true"}, "OK"),
        ("3.15", {}, "FAIL"),
    ],
)
def test_the_python_that_builds_must_be_one_of_lambda_s(
    planned: Planned,
    monkeypatch: pytest.MonkeyPatch,
    python: str,
    changed: dict[str, str],
    expected: str,
) -> None:
    monkeypatch.setattr(building, "PYTHON", python)
    line = outcome("machine", dataclasses.replace(planned, config=settings(**changed)))
    assert line.status == expected
    if expected != "OK":
        assert line.help == building.ANOTHER_PYTHON


def test_a_machine_with_space_and_the_functions_python_passes(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=2 * 10**9)

    def free(_: object) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", free)
    monkeypatch.setattr(building, "PYTHON", building.RECOMMENDED)
    line = outcome("machine", planned)
    assert (line.status, line.text.startswith("2 GB free")) == ("OK", True)


def test_credentials_without_a_region_fail(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome("account", planned).status == "OK"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    assert outcome("account", Planned(planned.config, boto3.Session())).status == "FAIL"


def test_an_account_without_a_recent_bootstrap_fails(planned: Planned) -> None:
    assert outcome("bootstrap", planned).help == "make bootstrap"
    ssm = planned.client("ssm")
    for version, expected in (("5", "FAIL"), ("21", "OK")):
        ssm.put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value=version, Type="String", Overwrite=True
        )
        assert outcome("bootstrap", planned).status == expected


@pytest.mark.parametrize(
    "failed",
    ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "UPDATE_IN_PROGRESS", "CREATE_FAILED"],
)
def test_a_stack_that_can_t_be_updated_fails(planned: Planned, failed: str) -> None:
    assert outcome("stack", planned).status == "OK"
    planned.stack = Stack("Footlight", failed, {})
    assert outcome("stack", planned).status == "FAIL"
    planned.stack = Stack("Footlight", "UPDATE_ROLLBACK_COMPLETE", {})
    assert outcome("stack", planned).status == "OK"


def test_a_table_of_an_earlier_attempt_is_a_warning(planned: Planned) -> None:
    assert outcome("leftovers", planned).status == "OK"
    name = "Footlight-TableCD117FA1-1ABCDEFGH"
    planned.client("dynamodb").create_table(TableName=name, **templates.table())
    line = outcome("leftovers", planned)
    assert line.status == "WARN"
    assert f"delete-table --table-name {name}" in line.help
    assert status("leftovers", planned, tableName=name) == "OK"


def test_settings_that_a_deploy_would_drop_fail(planned: Planned) -> None:
    running = {"livekitUrl": "wss://livekit.example.com", "alarmEmail": "ops@example.com"}
    planned.template = {"Metadata": {"FootlightSettings": running}}
    assert status("settings", planned) == "FAIL"
    assert status("settings", planned, alarmEmail="new@example.com") == "OK"


@pytest.mark.parametrize(
    ("concurrency", "changed", "expected"),
    [
        (1000, {}, "OK"),
        (10, {}, "WARN"),
        (20, {"crowdRequestsPerSecond": 200}, "OK"),
        (1000, {"reserve": True}, "OK"),
        (999, {"reserve": True}, "FAIL"),
    ],
)
def test_the_concurrency_is_compared_with_the_settings(
    planned: Planned,
    monkeypatch: pytest.MonkeyPatch,
    concurrency: int,
    changed: dict[str, Any],
    expected: str,
) -> None:
    with answering({"AccountLimit": {"ConcurrentExecutions": concurrency}}) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", address)
        assert status("concurrency", planned, **changed) == expected


def test_an_account_that_may_not_list_distributions_fails(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome("CloudFront", planned).status == "OK"
    with answering({}, status=403) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFRONT", address)
        assert outcome("CloudFront", planned).status == "FAIL"


@pytest.mark.parametrize(("plan", "expected"), [("FREE", "WARN"), ("PAID", "OK")])
def test_the_free_plan_is_a_warning(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, plan: str, expected: str
) -> None:
    with answering({"accountId": "1", "accountPlanType": plan}) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_FREETIER", address)
        assert outcome("account plan", planned).status == expected


def test_an_account_without_a_budget_is_a_warning(planned: Planned) -> None:
    assert status("budget", planned) == "WARN"
    assert status("budget", planned, budget=20, alarmEmail="ops@example.com") == "OK"


def test_an_existing_table_needs_the_schema_the_index_and_ttl(planned: Planned) -> None:
    assert status("table", planned) == "OK"
    assert status("table", planned, tableName="missing") == "FAIL"
    dynamodb, schema = planned.client("dynamodb"), templates.table()
    text = {"AttributeType": "S"}
    dynamodb.create_table(
        TableName="other-keys",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", **text}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.create_table(
        TableName="no-index",
        KeySchema=schema["KeySchema"],
        AttributeDefinitions=[{"AttributeName": "pk", **text}, {"AttributeName": "sk", **text}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.create_table(TableName="restored", **schema)
    for name in ("other-keys", "no-index", "restored"):
        assert status("table", planned, tableName=name) == "FAIL"

    dynamodb.update_time_to_live(
        TableName="restored",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
    )
    config = settings(tableName="restored")
    line = outcome("table", dataclasses.replace(planned, config=config))
    assert (line.status, "point-in-time recovery is off" in line.text) == ("WARN", True)
    assert "aws dynamodb update-continuous-backups --table-name restored" in line.help
    dynamodb.update_continuous_backups(
        TableName="restored",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    line = outcome("table", dataclasses.replace(planned, config=config))
    assert (line.status, "deletion protection" in line.text) == ("WARN", True)
    dynamodb.update_table(TableName="restored", DeletionProtectionEnabled=True)
    assert status("table", planned, tableName="restored") == "OK"


def test_a_certificate_must_exist_and_cover_the_domain(planned: Planned) -> None:
    acm = planned.client("acm", "us-east-1")

    def outcome_of(arn: str) -> str:
        return status("certificate", planned, domainName="live.example.com", certificateArn=arn)

    def issued(*names: str) -> str:
        public, private = certificate(list(names))
        return acm.import_certificate(Certificate=public, PrivateKey=private)["CertificateArn"]

    assert outcome_of(CERTIFICATE) == "FAIL"
    requested = acm.request_certificate(DomainName="live.example.com")["CertificateArn"]
    assert outcome_of(requested) == "FAIL"  # not issued yet
    assert outcome_of(issued("other.example.org")) == "FAIL"
    assert outcome_of(issued("example.com")) == "FAIL"
    assert outcome_of(issued("live.example.com")) == "OK"
    assert outcome_of(issued("example.com", "*.example.com")) == "OK"


# ---- the roles of the CDK


def simulate(planned: Planned, decision: str) -> None:
    results = [{"EvalActionName": "sts:AssumeRole", "EvalDecision": decision}]
    answer_with(planned.session, "iam.SimulatePrincipalPolicy", {"EvaluationResults": results})


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("allowed", "OK"), ("implicitDeny", "WARN"), ("explicitDeny", "WARN")],
)
def test_the_cdk_s_roles_must_be_assumable(planned: Planned, decision: str, expected: str) -> None:
    simulate(planned, decision)
    assert outcome("CDK roles", planned).status == expected


def test_a_session_is_simulated_as_its_role_with_its_path(planned: Planned) -> None:
    iam = planned.client("iam")
    iam.create_role(RoleName="Admin", Path="/aws-reserved/", AssumeRolePolicyDocument="{}")
    simulated: list[str] = []

    def note(params: Any, **_: Any) -> None:
        simulated.append(params["PolicySourceArn"])

    events = planned.session.events
    events.register("provide-client-params.iam.SimulatePrincipalPolicy", note)
    simulate(planned, "allowed")
    become(planned, "arn:aws:sts::123456789012:assumed-role/Admin/me")
    assert outcome("CDK roles", planned).status == "OK"
    assert set(simulated) == {"arn:aws:iam::123456789012:role/aws-reserved/Admin"}


def test_the_root_user_and_a_missing_right_to_simulate_are_warnings(planned: Planned) -> None:
    refuse(planned.session, "iam.SimulatePrincipalPolicy")
    line = outcome("CDK roles", planned)
    assert (line.status, "can't be simulated" in line.text) == ("WARN", True)

    become(planned, "arn:aws:iam::123456789012:root")
    line = outcome("CDK roles", planned)
    assert (line.status, "root" in line.text) == ("WARN", True)


def become(planned: Planned, arn: str) -> None:
    """Call AWS as someone else."""

    def caller(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Arn"] = arn

    planned.session.events.register("after-call.sts.GetCallerIdentity", caller)


# ---- DNS

DOMAIN = {"domainName": "live.example.com", "certificateArn": CERTIFICATE}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({}, "OK"),
        ({("live.example.com", "CAA"): ['0 issue "amazon.com"']}, "OK"),
        ({("example.com", "CAA"): ['0 issue "other.org"', '0 issue "amazontrust.com"']}, "OK"),
        ({("example.com", "CAA"): ['0 iodef "mailto:a@example.com"']}, "OK"),
        ({("example.com", "CAA"): ['0 issue "Amazon.com; account=1"']}, "OK"),
        ({("example.com", "CAA"): ['0 issue "letsencrypt.org"']}, "FAIL"),
        ({("example.com", "CAA"): ['0 issue ";"']}, "FAIL"),
        ({("com", "CAA"): ['0 issue "letsencrypt.org"']}, "FAIL"),
        # The closest name decides.
        (
            {
                ("live.example.com", "CAA"): ['0 issue "letsencrypt.org"'],
                ("example.com", "CAA"): ['0 issue "amazon.com"'],
            },
            "FAIL",
        ),
    ],
)
def test_caa_records_must_allow_amazon(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, zone: Zone, expected: str
) -> None:
    assert status("certificate authorities", planned) == "OK"
    with resolving(zone) as resolver:
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        assert status("certificate authorities", planned, **DOMAIN) == expected


@pytest.mark.parametrize(
    ("zone", "expected", "text"),
    [
        ({}, "OK", "no record yet"),
        ({("live.example.com", "A"): ["192.0.2.1"]}, "OK", "leads to an address"),
        ({("live.example.com", "CNAME"): ["other.example.org."]}, "OK", "other.example.org"),
        ({("live.example.com", "CNAME"): ["d1.cloudfront.net."]}, "OK", "d1.cloudfront.net"),
        ({("live.example.com", "CNAME"): ["d2.cloudfront.net."]}, "FAIL", "another distribution"),
    ],
)
def test_the_domain_may_not_lead_to_another_distribution(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, zone: Zone, expected: str, text: str
) -> None:
    assert status("DNS record", planned) == "OK"
    planned.stack = Stack(
        "Footlight", "CREATE_COMPLETE", {"DistributionDomain": "d1.cloudfront.net"}
    )
    planned.config = settings(**DOMAIN)
    with resolving(zone) as resolver:
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        line = outcome("DNS record", planned)
    assert (line.status, text in line.text) == (expected, True)


def test_dns_without_a_response_is_a_warning(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    with resolving({}) as resolver:
        resolver.lifetime = 0.2
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)  # its server is gone
    assert status("certificate authorities", planned, **DOMAIN) == "WARN"


def test_the_web_acl_must_exist(planned: Planned) -> None:
    prefix = "arn:aws:wafv2:us-east-1:123456789012"
    assert status("web ACL", planned, waf=f"{prefix}:regional/webacl/one/1") == "FAIL"
    assert status("web ACL", planned, waf=f"{prefix}:global/webacl/one/1") == "FAIL"
    made = planned.client("wafv2", "us-east-1").create_web_acl(
        Name="one",
        Scope="CLOUDFRONT",
        DefaultAction={"Allow": {}},
        VisibilityConfig={
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "one",
        },
    )["Summary"]
    assert status("web ACL", planned, waf=made["ARN"]) == "OK"


def test_cognito_s_limit_on_emails_is_a_warning(planned: Planned) -> None:
    assert status("sign-up", planned) == "WARN"
    provider = {"oidcIssuer": "https://id.example.com", "oidcClientId": "footlight"}
    assert status("sign-up", planned, **provider) == "OK"


def verify_identities(session: boto3.Session) -> None:
    """Let SES have verified the identities that exist."""

    def verified(parsed: dict[str, Any], **_: Any) -> None:
        if "Error" not in parsed:
            parsed["VerifiedForSendingStatus"] = True

    events: Any = session.events
    events.register("after-call.sesv2.GetEmailIdentity", verified)


@pytest.mark.parametrize("identity", ["no-reply@example.com", "example.com"])
@pytest.mark.parametrize(
    ("ses", "expected"),
    [
        ({"SendingEnabled": True, "ProductionAccessEnabled": True}, "OK"),
        ({"SendingEnabled": True, "ProductionAccessEnabled": False}, "WARN"),
        ({"SendingEnabled": False, "ProductionAccessEnabled": True}, "FAIL"),
    ],
)
def test_ses_must_send_to_everyone(
    planned: Planned, identity: str, ses: dict[str, bool], expected: str
) -> None:
    planned.client("sesv2").create_email_identity(EmailIdentity=identity)
    verify_identities(planned.session)
    answer_with(planned.session, "sesv2.GetAccount", ses)
    assert status("sign-up", planned, emailFrom="no-reply@example.com") == expected


@pytest.mark.parametrize("identities", [[], ["no-reply@example.com"], ["another.example.com"]])
def test_ses_must_have_verified_the_sender(planned: Planned, identities: list[str]) -> None:
    """Moto verifies none that is created."""
    for identity in identities:
        planned.client("sesv2").create_email_identity(EmailIdentity=identity)
    answer_with(
        planned.session,
        "sesv2.GetAccount",
        {"SendingEnabled": True, "ProductionAccessEnabled": True},
    )
    assert status("sign-up", planned, emailFrom="no-reply@example.com") == "FAIL"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "OK"),
        ({"issuer": "ADDRESS/"}, "FAIL"),
        ({"token_endpoint": None}, "FAIL"),
        ({"jwks_uri": None}, "FAIL"),
        ({"code_challenge_methods_supported": ["plain"]}, "FAIL"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "FAIL"),
    ],
)
def test_the_provider_s_metadata_must_fit(
    planned: Planned, changed: dict[str, Any], expected: str
) -> None:
    with answering(PROVIDER | changed) as address:
        check = Check[Planned]("it", lambda _: others.check_provider(address))
        assert result(check, planned).status == expected


def test_a_provider_without_metadata_fails(planned: Planned) -> None:
    with answering({}, status=404) as address:
        check = Check[Planned]("it", lambda _: others.check_provider(address))
        assert result(check, planned).status == "FAIL"


def test_livekit_must_answer(planned: Planned) -> None:
    for code, expected in ((200, "OK"), (404, "FAIL")):
        with answering("OK", status=code) as address:
            config = dataclasses.replace(planned.config, livekit_url=f"ws{address[4:]}")
            line = outcome("LiveKit", dataclasses.replace(planned, config=config))
        assert line.status == expected
    assert status("LiveKit", planned, livekitUrl="") == "FAIL"


def test_livekit_must_accept_the_stored_keys(planned: Planned) -> None:
    assert outcome("LiveKit's keys", planned).status == "SKIP"
    secrets = planned.client("secretsmanager")
    secrets.create_secret(Name="livekit")
    planned.stack = Stack("Footlight", "CREATE_COMPLETE", {"LiveKitSecretName": "livekit"})
    assert outcome("LiveKit's keys", planned).help == "make livekit-keys"

    keys = '{"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "%s"}' % ("s" * 32)
    secrets.put_secret_value(SecretId="livekit", SecretString=keys)
    for code, expected in ((200, "OK"), (401, "FAIL")):
        with answering({"rooms": []}, status=code) as address:
            config = dataclasses.replace(planned.config, livekit_url=f"ws{address[4:]}")
            assert (
                outcome("LiveKit's keys", dataclasses.replace(planned, config=config)).status
                == expected
            )


def test_a_clock_that_is_off_fails(planned: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = planned.client("secretsmanager")
    keys = '{"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "%s"}' % ("s" * 32)
    secrets.create_secret(Name="livekit", SecretString=keys)
    planned.stack = Stack("Footlight", "CREATE_COMPLETE", {"LiveKitSecretName": "livekit"})
    monkeypatch.setattr(others, "MAX_SKEW_SECONDS", -1)
    with answering({"rooms": []}) as address:
        config = dataclasses.replace(planned.config, livekit_url=f"ws{address[4:]}")
        line = outcome("LiveKit's keys", dataclasses.replace(planned, config=config))
    assert line.status == "FAIL"
    assert "clock" in line.text
